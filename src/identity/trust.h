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
// is always aud, as in AWS. Operators: StringEquals, StringNotEquals, StringEqualsIgnoreCase,
// StringLike, StringNotLike, alone or with ForAnyValue: or ForAllValues:, and Null. Anything else
// does not load: a condition that is not understood must not be ignored.
namespace strait::identity {

struct TrustOptions {
  // Claims that name the subject well enough to stand in for "sub": one of these must be
  // constrained by StringEquals or StringLike (not by a bare `*`) in every Allow.
  std::vector<std::string> subject_claims = {"sub"};
};

enum class TrustTest : std::uint8_t {
  kEquals,
  kNotEquals,
  kEqualsIgnoreCase,
  kLike,
  kNotLike,
  kNull
};
enum class TrustSet : std::uint8_t { kSingle, kAny, kAll };

struct TrustCondition {
  TrustTest test = TrustTest::kEquals;
  TrustSet set = TrustSet::kSingle;
  std::string text;   // "ForAnyValue:StringLike", as written, for explanations
  std::string claim;  // "sub"
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

// kInvalidConfiguration, naming file and statement. Every Allow must constrain the subject
// (TrustOptions), else it would trust everyone who has an account at the issuer.
Result<TrustPolicy> parse_trust(std::string_view json, std::string_view file,
                                const TrustOptions& options = {});

// OK, or kDenied with the statement and condition that came nearest. An explicit Deny wins.
Status evaluate(const TrustPolicy& policy, const journey::Principal& principal);

}  // namespace strait::identity
