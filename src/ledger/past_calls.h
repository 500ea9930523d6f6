// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/leaf.h"

// The calls that a record tells of, gathered from its leaves: what was asked, what policy said,
// what came of it. For those who ask the past about a policy. Pure.
namespace strait::ledger {

struct PastSession {
  std::string id, issuer, subject, role, name;
  Timestamp issued{}, expires{};
  std::string claims_commit;  // 32 raw bytes; "" when the leaf has none
};

struct PastNeed {
  std::string action, resource;
  bool may = false;  // AWS may check it; only a Deny counts
};

struct PastCall {
  std::uint64_t index = 0;  // of its INTENT or REFUSED
  std::string id;
  std::shared_ptr<const PastSession> session;
  Timestamp time{};
  std::string service, operation, protocol, partition, account, region, host;
  std::string peer, agent;
  std::vector<PastNeed> needs;
  bool needs_cut = false;
  std::string effect;  // "allow", "ask", "deny"; "" when it was refused before it was judged
  std::vector<std::string> by;
  std::string error;  // of a REFUSED: its code
  std::string policy_hash;
  std::string input_commit;  // 32 raw bytes; "" when the leaf has none
  bool input_cut = false;

  bool sent = false;  // it has an INTENT
  int status = 0;     // AWS's answer; 0 when none is known
};

// Takes every leaf of a log in order, and gives each call when its end is known: a RESULT, an
// OUTCOME_UNKNOWN, or its REFUSED itself.
class PastCalls {
 public:
  // nullopt: this leaf ends no call. Refusals without a proven session or without a call that was
  // understood are left out.
  std::optional<PastCall> take(const Leaf& leaf, std::uint64_t index);
  // Calls whose end has not come, in order.
  std::vector<PastCall> rest();

 private:
  std::shared_ptr<const PastSession> session_of(const Leaf& leaf);
  PastCall begin(const Leaf& leaf, std::uint64_t index);

  std::unordered_map<std::string, std::shared_ptr<const PastSession>> sessions_;
  std::unordered_map<std::uint64_t, PastCall> open_;
};

}  // namespace strait::ledger
