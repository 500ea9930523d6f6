// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/time.h"

// A role as configuration describes it: plain data, texts already read from their files. Who checks
// what: identity the trust policy, policy the documents, desk the approvers and times, mask the
// opt-outs, keys the connection.
namespace strait::policy {

struct PolicyText {
  std::string file;  // as the configuration names it; stands in verdicts: "policies/ci.json"
  std::string text;
};

// What compile() needs of a role.
struct RoleSource {
  std::string arn;  // "arn:aws:iam::123456789012:role/developer"
  std::vector<PolicyText> allow;
  std::vector<PolicyText>
      ask;  // Allow statements here mean: after a human says yes. Deny means deny
};

struct RoleConfig {
  RoleSource policies;
  PolicyText trust;
  std::string connection;
  std::vector<std::string>
      approvers;               // "group:platform", "sub:<issuer>|<subject>", "email:lee@acme.dev"
  int approvals_required = 1;  // distinct humans
  Seconds hold{0};             // how long a call waits in place; at most limits::kHoldMax
  Seconds approval_expiry = limits::kApprovalExpiryDefault;
  Seconds session_max = limits::kSessionDefault;
  std::vector<std::string> mask_opt_outs;  // "lambda:Invoke"
};

}  // namespace strait::policy
