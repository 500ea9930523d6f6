// SPDX-License-Identifier: Apache-2.0
#include "wire/sts.h"

#include <charconv>

#include "codec/xml.h"
#include "wire/place.h"

namespace strait::wire {
namespace {

constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

bool is_sts(const journey::Call& call, std::string_view operation) {
  return call.operation.service().name() == "sts" && call.operation.name() == operation;
}

Result<std::string> required_text(const journey::Call& call, std::string_view name) {
  const auto* value = call.input.find(name);
  if (value == nullptr || value->string() == nullptr || value->string()->empty()) {
    return fail(ErrorCode::kInvalidInput, "AssumeRoleWithWebIdentity needs " + std::string(name));
  }
  return *value->string();
}

// STS writes instants with whole seconds.
std::string iso_seconds(Timestamp time) { return rfc3339(time).substr(0, 19) + "Z"; }

void close_with_metadata(codec::XmlWriter& xml, std::string_view request_id) {
  xml.open("ResponseMetadata").leaf("RequestId", request_id).close().close();
}

}  // namespace

bool is_assume_role_with_web_identity(const journey::Call& call) {
  return is_sts(call, "AssumeRoleWithWebIdentity");
}
bool is_get_caller_identity(const journey::Call& call) { return is_sts(call, "GetCallerIdentity"); }

Result<WebIdentityRequest> web_identity_request(const journey::Call& call) {
  for (const auto name : {"Policy", "PolicyArns", "ProviderId"}) {
    if (call.input.find(name) != nullptr) {
      return fail(ErrorCode::kUnsupported,
                  std::string(name) + " is not taken with AssumeRoleWithWebIdentity: leave it out");
    }
  }
  WebIdentityRequest out;
  TRY(out.role_arn, required_text(call, "RoleArn"));
  TRY(out.session_name, required_text(call, "RoleSessionName"));
  TRY(auto token, required_text(call, "WebIdentityToken"));
  out.token = Secret(std::move(token));
  const auto* duration = call.input.find("DurationSeconds");
  if (duration != nullptr && duration->number() != nullptr) {
    const auto& text = duration->number()->token;
    long seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds <= 0) {
      return fail(ErrorCode::kInvalidInput, "DurationSeconds must be a positive number");
    }
    out.duration = Seconds(seconds);
  }
  return out;
}

std::vector<journey::ContextEntry> login_context(const journey::Call& call) {
  std::vector<journey::ContextEntry> out;
  for (const auto key : kLoginKeys) {
    // Nothing is signed, so the region is that of the AWS host it was sent to; the gateway's own
    // names say none.
    if (key == "aws:RequestedRegion" && !endpoint_named(call.host, *call.catalog)) continue;
    const auto* value = call.context.source(call, key, out);
    if (value != nullptr) out.push_back({.key = std::string(key), .values = {*value}});
  }
  return out;
}

std::string render(const WebIdentityReply& reply, std::string_view request_id) {
  std::string body;
  codec::XmlWriter xml(body);
  xml.open("AssumeRoleWithWebIdentityResponse").attribute("xmlns", kNamespace);
  xml.open("AssumeRoleWithWebIdentityResult");
  xml.leaf("SubjectFromWebIdentityToken", reply.subject);
  xml.leaf("Audience", reply.audience);
  xml.open("AssumedRoleUser")
      .leaf("Arn", reply.assumed_role_arn)
      .leaf("AssumedRoleId", reply.assumed_role_id)
      .close();
  xml.open("Credentials");
  xml.leaf("AccessKeyId", reply.access_key_id);
  xml.leaf("SecretAccessKey", reply.secret_access_key.reveal());
  xml.leaf("SessionToken", reply.session_token.reveal());
  xml.leaf("Expiration", iso_seconds(reply.expiration)).close();
  xml.leaf("Provider", reply.provider);
  xml.close();
  close_with_metadata(xml, request_id);
  return body;
}

std::string render(const CallerIdentity& identity, std::string_view request_id) {
  std::string body;
  codec::XmlWriter xml(body);
  xml.open("GetCallerIdentityResponse").attribute("xmlns", kNamespace);
  xml.open("GetCallerIdentityResult");
  xml.leaf("Arn", identity.arn)
      .leaf("UserId", identity.user_id)
      .leaf("Account", identity.account)
      .close();
  close_with_metadata(xml, request_id);
  return body;
}

}  // namespace strait::wire
