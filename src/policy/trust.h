// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/call.h"
#include "journey/session.h"
#include "policy/condition.h"

// Who may take a role: a role trust policy, the language of document.h over a token's claims. Pure;
// immutable once parsed.
//
//   {"Version": "2012-10-17", "Statement": [{
//     "Effect": "Allow",
//     "Principal": {"Federated": "token.actions.githubusercontent.com"},
//     "Action": "sts:AssumeRoleWithWebIdentity",
//     "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub":
//     "repo:acme/app:*"}}}]}
//
// Federated is the issuer without its scheme, or arn:aws:iam::<account>:oidc-provider/<the same>.
// Conditions are those of condition.h, variables included. Their keys:
//
//   <issuer>:<claim>             the token's claim, letter for letter; absent in a token of another
//                                issuer. `:aud` is azp when the token has one, `:oaud` is always
//                                aud, as in AWS. The issuer is one that the statement trusts.
//   aws:RequestTag/<name>,       the session tags and the source identity that the token asks for,
//     aws:TagKeys,               in the two forms that AWS takes (IAM user guide, "Passing session
//     sts:TransitiveTagKeys,     tags using AssumeRoleWithWebIdentity"); a session of Strait's has
//     sts:SourceIdentity         none of them
//   any other aws: or sts:       what the caller knows of the login; else absent or "false" where
//                                nobody who logs in has one (context.h); else unknown
//   any other                    does not load
//
// Unknown does not allow and does deny. A claim with several values under an operator without
// ForAnyValue: or ForAllValues: must fit with every value in an Allow, and with any one in a Deny.
namespace strait::policy {

struct TrustOptions {
  // Claims that name the subject well enough to stand in for "sub". Every Allow must constrain one
  // of these by StringEquals, StringEqualsIgnoreCase or StringLike; a value must not begin with a
  // wildcard or a variable and, for GitHub's issuer, must name the owner in full
  // ("repo:acme/..."), else it would trust everyone who has an account there.
  std::vector<std::string> subject_claims = {"sub"};
};

// A condition key, or a variable.
struct TrustKey {
  std::string name;    // as written
  std::string issuer;  // without scheme; "" for aws: and sts:
  std::string claim;   // "sub"
};

struct TrustCondition {
  Condition condition;
  TrustKey key;
};

struct TrustStatement {
  std::string sid;  // its Sid, or its number from 1
  bool allow = false;
  std::vector<std::string> issuers;  // without scheme, one of which must be the principal's
  std::vector<TrustCondition> conditions;
  std::vector<TrustKey> variables;
};

struct TrustPolicy {
  std::string file;
  std::vector<TrustStatement> statements;
};

// kInvalidConfiguration, as `file:line:column: trust policy: statement 1: ...`.
Result<TrustPolicy> parse_trust(std::string_view file, std::string_view text,
                                const TrustOptions& options = {});

// Whether a token, or what a login is, decides a key that is no claim; any other is the caller's.
bool answered_by_token(std::string_view key);

// OK, or kDenied with the statement and condition that came nearest. An explicit Deny wins. `login`
// is what is known of it beside the token: aws:SourceIp, sts:RoleSessionName and the like.
Status check_trust(const TrustPolicy& policy, const journey::Principal& principal,
                   std::span<const journey::ContextEntry> login);

}  // namespace strait::policy
