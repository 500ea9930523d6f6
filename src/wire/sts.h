// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "journey/call.h"

// The two STS operations that Strait answers itself, in exactly AWS's shapes (STS API reference,
// version 2011-06-15).
namespace strait::wire {

// Which of them a call is.
bool is_assume_role_with_web_identity(const journey::Call& call);
bool is_get_caller_identity(const journey::Call& call);

struct WebIdentityRequest {
  std::string role_arn;
  std::string session_name;
  Secret token;
  std::optional<Seconds> duration;
};

// From the decoded input of AssumeRoleWithWebIdentity. A session policy (Policy, PolicyArns) or
// ProviderId is refused with kUnsupported: silently ignoring one would give the caller more than it
// asked for.
Result<WebIdentityRequest> web_identity_request(const journey::Call& call);

// What conditions of a role's trust policy can ask of the request that a token comes with: aws:
// keys from `call.context`, sts: keys from the input. A key that is not in the answer is unknown.
inline constexpr auto kLoginKeys = std::to_array<std::string_view>(
    {"aws:CurrentTime", "aws:EpochTime", "aws:SourceIp", "aws:SecureTransport", "aws:UserAgent",
     "aws:RequestedRegion", "aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce",
     "sts:RoleSessionName"});
std::vector<journey::ContextEntry> login_context(const journey::Call& call);

struct WebIdentityReply {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;
  Timestamp expiration{};
  std::string subject;          // SubjectFromWebIdentityToken
  std::string assumed_role_id;  // "AROA...:session-name"
  std::string assumed_role_arn;
  std::string provider;  // the issuer
  std::string audience;
};
std::string render(const WebIdentityReply& reply, std::string_view request_id);

struct CallerIdentity {
  std::string user_id;
  std::string account;
  std::string arn;
};
std::string render(const CallerIdentity& identity, std::string_view request_id);

// "text/xml", which is what STS sends with both.
inline constexpr std::string_view kStsContentType = "text/xml";

}  // namespace strait::wire
