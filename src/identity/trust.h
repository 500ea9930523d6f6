// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/session.h"

// Who may take a role: a role trust policy, plain IAM JSON over OIDC claims. Pure; immutable once
// parsed.
//
//   {"Version": "2012-10-17", "Statement": [{
//     "Effect": "Allow",
//     "Principal": {"Federated": "token.actions.githubusercontent.com"},
//     "Action": "sts:AssumeRoleWithWebIdentity",
//     "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub":
//     "repo:acme/app:*"}}}]}
//
// Federated is the issuer without its scheme, or arn:aws:iam::<account>:oidc-provider/<the same>.
// Condition keys are <issuer without scheme>:<claim>; `:aud` is azp when the token has one, `:oaud`
// is always aud, as in AWS. Claims are texts, so the operators are those of String, alone or with
// ForAnyValue:, ForAllValues: and IfExists, and Null. Anything else does not load: a condition that
// is not understood must not be ignored.
//
// A claim with several values under an operator without ForAnyValue: or ForAllValues: must fit with
// every value in an Allow, and with any one in a Deny.
namespace strait::identity {

struct TrustOptions {
  // Claims that name the subject well enough to stand in for "sub". Every Allow must constrain one
  // of these by StringEquals, StringEqualsIgnoreCase or StringLike; a pattern must not begin with a
  // wildcard and, for GitHub's issuer, must name the owner in full ("repo:acme/..."), else it would
  // trust everyone who has an account there.
  std::vector<std::string> subject_claims = {"sub"};
};

enum class TrustTest : std::uint8_t {
  kEquals,
  kNotEquals,
  kEqualsIgnoreCase,
  kNotEqualsIgnoreCase,
  kLike,
  kNotLike,
  kNull
};
enum class TrustSet : std::uint8_t { kSingle, kAny, kAll };

struct TrustCondition {
  TrustTest test = TrustTest::kEquals;
  TrustSet set = TrustSet::kSingle;
  bool if_exists = false;
  std::string text;    // "ForAnyValue:StringLike", as written, for explanations
  std::string issuer;  // of the condition key, without scheme; absent in a token of another issuer
  std::string claim;   // "sub"
  std::vector<std::string> values;
};

struct TrustStatement {
  std::string sid;  // its Sid, or its number from 1
  bool allow = false;
  std::vector<std::string> issuers;  // without scheme, one of which must be the principal's
  std::vector<TrustCondition> conditions;
};

struct TrustPolicy {
  std::string file;
  std::vector<TrustStatement> statements;
};

// kInvalidConfiguration, as `file:line:column: trust policy: statement 1: ...`.
Result<TrustPolicy> parse_trust(std::string_view json, std::string_view file,
                                const TrustOptions& options = {});

// OK, or kDenied with the statement and condition that came nearest. An explicit Deny wins.
Status evaluate(const TrustPolicy& policy, const journey::Principal& principal);

}  // namespace strait::identity
