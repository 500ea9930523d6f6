// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/merkle.h"

// The offline verifier: leaves in order, signed checkpoints and the keys one trusts go in; a report
// of what was checked and of everything that does not hold comes out. It recomputes all of it and
// trusts no file of the log. A pure function in pieces, so that a log of any size streams through;
// memory grows with sessions and open approvals only.
namespace strait::ledger {

enum class Check : std::uint8_t {
  kSchema,       // every leaf is one that Strait writes
  kGenesis,      // one GENESIS, first, naming the log and a trusted key
  kCheckpoints,  // each checkpoint is signed by a trusted key, and its root is that of the leaves
  kSessions,     // numbers without gap, hashes linked, the same person throughout
  kCalls,        // an INTENT, then exactly one RESULT or OUTCOME_UNKNOWN
  kApprovals,    // what needed people had their yes, for exactly that call, from somebody else, as
                 // often as said
  kTime,         // time goes forward
};
inline constexpr int kChecks = 7;

struct Violation {
  std::uint64_t index = 0;  // of the leaf, or the log's size
  Check check = Check::kSchema;
  std::string message;
};

struct Report {
  std::string origin;
  std::uint64_t leaves = 0;
  crypto::Digest root{};
  Timestamp first{};
  Timestamp last{};
  std::array<std::uint64_t, kChecks> checked{};  // how many things each check looked at
  std::uint64_t calls = 0;
  std::uint64_t refused = 0;
  std::uint64_t outcome_unknown = 0;
  std::uint64_t open_calls = 0;     // INTENTs still without an end, in a live log
  std::uint64_t signed_leaves = 0;  // under the newest good checkpoint
  std::uint64_t checkpoints = 0;
  std::vector<std::string> signers;   // verifier keys that signed
  std::vector<Violation> violations;  // the first kViolationsMax
  std::uint64_t violation_count = 0;

  bool ok() const { return violation_count == 0; }
};
inline constexpr std::size_t kViolationsMax = 100;

// For people: what was checked, a line each, then VERIFIED or NOT VERIFIED.
std::string report_text(const Report& report);
std::string report_json(const Report& report);

// A live log may end in calls that are under way and leaves that no checkpoint covers yet.
enum class LogState : std::uint8_t { kAtRest, kLive };

class Verifier {
 public:
  // `notes` are the signed checkpoints, in any order.
  Verifier(std::vector<Vkey> vkeys, std::vector<std::string> notes, LogState state);
  ~Verifier();

  void add(std::string_view leaf);
  Report finish() &&;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace strait::ledger
