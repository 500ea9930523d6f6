// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "crypto/sha256.h"
#include "journey/journey.h"
#include "journey/scope.h"

// What each kind of leaf says, as JSON without the head (leaf.h adds that under the log's lock, in
// order). Views must live for the call only. Every text must be UTF-8; bytes that are not become
// U+FFFD. Pure functions.
namespace strait::ledger {

// Parts of several kinds.
struct Target {
  std::string_view service, op, protocol, partition, account, region, host;
};
Target target_of(const journey::Call& call);

struct Client {
  std::string_view peer, agent, invocation;
};

// A body that is kept elsewhere, by SHA-256(salt || body): nobody can guess a short body from its
// hash, and erasing the body and its salt leaves the record whole. A body over kBodyBytesMax is
// committed to, and kept, up to there.
struct Body {
  crypto::Digest commitment{};
  std::uint64_t bytes = 0;  // of the whole body
  bool cut = false;
};
inline constexpr std::size_t kSaltBytes = 32;
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;
crypto::Digest commit(std::string_view salt, std::string_view body);

struct Failure {
  std::string_view code, message;
};

// A list of needs that does not fit stands cut in the leaf, with the number and SHA-256 of all:
// lines of "action resource\n" in order.
inline constexpr std::size_t kNeedsBytesMax = 12 * 1024;

struct GenesisBody {
  std::string_view origin, vkey, version;
};

struct SessionOpenBody {
  const journey::Session& session;
  std::string_view peer = {};
  bool joined =
      false;  // opened on another node, or before this log began; seen here for the first time
  const Body* claims = nullptr;  // what the token said, as a JSON object of lists of texts
};

struct IntentBody {
  std::string_view id;
  Timestamp arrived;
  const journey::Session& session;
  Target target;
  std::span<const journey::Need> needs;
  const journey::Verdict& verdict;
  const journey::Approval* approval = nullptr;
  Body input;
  Client client;
  const journey::SessionPolicy* scope = nullptr;  // what the credential is cut down to; null: not
};

enum class Outcome : std::uint8_t { kReplied, kWithheld, kNotSent };

struct ResultBody {
  std::string_view id;
  std::uint64_t intent = 0;
  Outcome outcome = Outcome::kReplied;
  int status = 0;
  std::string_view aws_request_id = {};
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t micros = 0;
  const Body* body = nullptr;
  std::string_view stream_sha256 = {};
  std::span<const journey::MaskedMember> masked = {};
  std::optional<Failure> error = std::nullopt;
};

struct RefusedBody {
  std::string_view id = {};
  const journey::Session* session = nullptr;
  std::string_view asked_as = {};  // the access key id that was claimed and not proven
  const Target* target = nullptr;
  std::span<const journey::Need> needs = {};
  const journey::Verdict* verdict = nullptr;
  const Body* input = nullptr;
  Client client = {};
  Failure error;
  std::string_view rule = {};
  int status = 0;
  std::string_view request = {};
};

struct ApprovalRequestedBody {
  std::string_view request, digest, id;
  const journey::Session& session;
  Target target;
  std::string_view action, resource, policy, reason;
  Timestamp expires;
};

struct ApprovalDecidedBody {
  std::string_view request, digest;
  bool approved = false;
  std::string_view grant, issuer, subject, reason;
  std::uint32_t uses = 1;
  Timestamp expires{};
};

std::string genesis_body(const GenesisBody& body);
std::string session_open_body(const SessionOpenBody& body);
std::string session_close_body(std::string_view reason);
std::string intent_body(const IntentBody& body);
std::string result_body(const ResultBody& body);
std::string refused_body(const RefusedBody& body);
std::string outcome_unknown_body(std::string_view id, std::uint64_t intent, std::string_view why);
std::string approval_requested_body(const ApprovalRequestedBody& body);
std::string approval_decided_body(const ApprovalDecidedBody& body);
std::string approval_consumed_body(std::string_view request, std::string_view grant,
                                   std::string_view digest, std::string_view id);
std::string approval_expired_body(std::string_view request, std::string_view digest);
std::string policy_change_body(std::string_view policy, std::string_view previous,
                               std::string_view who, std::string_view summary);
// `detail_json` is an object or "".
std::string admin_body(std::string_view what, std::string_view who, std::string_view detail_json);

}  // namespace strait::ledger
