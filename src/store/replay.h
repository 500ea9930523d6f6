// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "store/blob_store.h"
#include "store/log_reader.h"

// A session as an auditor steps through it: one step per call, with what was asked, what policy
// said and by which statement, who approved, and what came of it. Made of the record alone, with
// bodies where they are still kept.
namespace strait::store {

struct ReplayStep {
  enum class Kind : std::uint8_t { kOpened, kCall, kRefused, kAsked, kClosed };
  Kind kind = Kind::kCall;
  std::uint64_t index = 0;  // of its first leaf
  std::uint64_t seq = 0;
  Timestamp time{};
  std::string call;  // id, "" for opening and closing
  std::string service, operation, region, account;
  std::vector<std::pair<std::string, std::string>> needs;  // action, resource
  std::string effect;  // "allow", "ask", "deny", "" when it was not judged
  std::string rule;    // "policies/ci.json#NoDelete", "none", or several with ", "
  std::string policy_hash;
  std::string against;  // what another policy would say, when the caller asked one: "deny by none"
  std::string scope;    // "role", "exact", ..., "unscoped"; "" when it was not sent
  std::string scope_policy;  // SHA-256 of the session policy
  std::string request;       // approval
  std::vector<std::string> approvers;
  std::optional<std::string> input_json;  // when kept
  bool input_cut = false;

  // What came of it. A call without an end has no outcome yet.
  std::string outcome;  // "replied", "withheld", "not_sent", "unknown", "refused", ""
  int status = 0;
  std::string aws_request_id;
  std::string error_code, error_message;
  std::vector<std::string> masked;  // paths
  std::uint64_t sent = 0, received = 0;
  std::uint64_t micros = 0;
  std::optional<std::string> reply_body;  // masked, when kept
  bool reply_cut = false;
};

// `bodies` may be empty. kMalformedRequest when a leaf cannot be understood.
Result<std::vector<ReplayStep>> replay_steps(const std::vector<LeafAt>& leaves,
                                             const SessionBodies& bodies);

// One line a step, and with `with_bodies` the input below it, for people.
std::string replay_text(const std::vector<ReplayStep>& steps, bool with_bodies);
// One JSON object a line.
std::string replay_json_lines(const std::vector<ReplayStep>& steps);

}  // namespace strait::store
