// SPDX-License-Identifier: Apache-2.0
#include "keys/sts.h"

#include <algorithm>

#include "codec/uri.h"
#include "codec/xml.h"
#include "keys/credential_json.h"
#include "net/client.h"
#include "sigv4/own_request.h"

namespace strait::keys {

namespace {

constexpr auto kDeadline = std::chrono::seconds(10);

std::unexpected<Error> unavailable(std::string why, std::string detail = {}) {
  return fail(ErrorCode::kUnavailable, std::move(why), std::move(detail));
}

void add_parameter(std::string& form, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  if (!form.empty()) form.push_back('&');
  form.append(name).push_back('=');
  form.append(codec::percent_encode(value, false));
}

constexpr std::string_view kPackedTooLarge = "PackedPolicyTooLarge";

void add_tags(std::string& form, const CredentialSpec& spec) {
  for (std::size_t i = 0; i < spec.tags.size(); ++i) {
    const auto member = "Tags.member." + std::to_string(i + 1);
    add_parameter(form, member + ".Key", spec.tags[i].first);
    add_parameter(form, member + ".Value", spec.tags[i].second);
  }
}

std::string form_of(std::string_view action, const CredentialSpec& spec) {
  std::string form;
  add_parameter(form, "Action", action);
  add_parameter(form, "Version", "2011-06-15");
  add_parameter(form, "RoleArn", spec.role_arn);
  add_parameter(form, "RoleSessionName", spec.session_name);
  add_parameter(form, "ExternalId", spec.external_id);
  add_parameter(form, "SourceIdentity", spec.source_identity);
  if (spec.duration.count() > 0)
    add_parameter(form, "DurationSeconds", std::to_string(spec.duration.count()));
  add_tags(form, spec);
  return form;
}

// The error code of STS, when it has the form of one: it goes into messages, what STS says beside
// it does not.
std::string code_of(const codec::XmlElement& reply) {
  const auto* error = reply.child("Error");
  const auto* code = error != nullptr ? error->child("Code") : nullptr;
  if (code == nullptr || code->text.empty() || code->text.size() > 64) return "no error code";
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.';
  };
  return std::ranges::all_of(code->text, is_letter) ? code->text : "no error code";
}

const codec::XmlElement* credentials_of(const codec::XmlElement& reply, std::string_view action) {
  const auto* result = reply.child(std::string(action) + "Result");
  return result != nullptr ? result->child("Credentials") : nullptr;
}

// What the role's trust policy must let Strait's own credential do, for what was asked.
std::string trust_advice(const CredentialSpec& spec) {
  std::string wants = "the role's trust policy must allow sts:AssumeRole";
  if (!spec.source_identity.empty()) wants += ", sts:SetSourceIdentity";
  if (!spec.tags.empty()) wants += ", sts:TagSession";
  return wants;
}

Result<std::shared_ptr<sigv4::AwsCredentials>> read_reply(const net::ClientReply& reply,
                                                          std::string_view action,
                                                          const CredentialSpec& spec) {
  const auto parsed = codec::parse_xml(reply.body);
  if (reply.status != 200) {
    const auto code = parsed ? code_of(*parsed) : std::string("no error code");
    const auto advice =
        code == "AccessDenied" ? trust_advice(spec) : "look at the role's trust policy";
    return unavailable("STS refuses " + std::string(action) + " of " +
                           strait::quoted(spec.role_arn) + " with status " +
                           std::to_string(reply.status) + " and " + code + "; " + advice,
                       code);
  }
  const auto* found = parsed ? credentials_of(*parsed, action) : nullptr;
  if (found == nullptr)
    return unavailable("the answer of STS to " + std::string(action) + " holds no credentials");
  const auto text = [&](std::string_view name) {
    const auto* child = found->child(name);
    return child != nullptr ? child->text : std::string();
  };
  auto made = std::make_shared<sigv4::AwsCredentials>();
  made->access_key_id = text("AccessKeyId");
  made->secret_key = Secret(text("SecretAccessKey"));
  made->session_token = Secret(text("SessionToken"));
  made->expires = parse_rfc3339(text("Expiration"));
  const bool whole = is_credential_text(made->access_key_id) &&
                     is_credential_text(made->secret_key.reveal()) &&
                     is_credential_text(made->session_token.reveal()) && made->expires;
  if (!whole)
    return unavailable("the answer of STS to " + std::string(action) +
                       " lacks a part of the credentials");
  return made;
}

Result<net::Url> url_of(const CredentialSpec& spec) {
  auto text = spec.sts_endpoint.empty() ? sts_endpoint(spec.region) : spec.sts_endpoint;
  if (!text.ends_with('/')) text.push_back('/');
  return net::parse_url(text);
}

async::Task<Result<net::ClientReply>> post(Surroundings around, net::Url url,
                                           journey::Headers headers, std::string form) {
  net::ClientRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.body = std::move(form);
  request.tls = around.tls;
  request.deadline = kDeadline;
  request.reply_bytes_max = 64 * limits::kKiB;
  auto reply = co_await net::fetch(*around.loop, std::move(request));
  if (!reply) co_return unavailable("STS does not answer", reply.error().message);
  co_return *std::move(reply);
}

constexpr std::string_view kFormType = "application/x-www-form-urlencoded; charset=utf-8";

}  // namespace

async::Task<Result<AwsCredentialsPtr>> assume_role(Surroundings around, CredentialSpec spec,
                                                   AwsCredentialsPtr base, std::size_t rung) {
  CO_TRY(auto url, url_of(spec));
  auto form = form_of("AssumeRole", spec);
  if (spec.policies) add_parameter(form, "Policy", (*spec.policies)[rung].json);
  journey::RequestHead head{.method = "POST", .target = url.target, .headers = {}};
  head.headers.add("content-type", std::string(kFormType));
  const auto host = url.authority();
  const sigv4::Target target{.host = host, .region = spec.region, .service = "sts"};
  CO_TRY(auto done, sigv4::sign_own(std::move(head), form, target, *base, around.clock->now()));
  // The client adds these two itself.
  done.headers.remove("host");
  done.headers.remove("content-length");
  CO_TRY(const auto reply,
         co_await post(around, std::move(url), std::move(done.headers), std::move(form)));
  CO_TRY(auto made, read_reply(reply, "AssumeRole", spec));
  if (spec.policies) made->scope = {spec.policies, &(*spec.policies)[rung]};
  co_return made;
}

bool is_packed_too_large(const Error& error) { return error.detail.starts_with(kPackedTooLarge); }

async::Task<Result<AwsCredentialsPtr>> assume_role_with_web_identity(Surroundings around,
                                                                     CredentialSpec spec,
                                                                     Secret token) {
  CO_TRY(auto url, url_of(spec));
  auto form = form_of("AssumeRoleWithWebIdentity", spec);
  add_parameter(form, "WebIdentityToken", token.reveal());
  journey::Headers headers;
  headers.add("content-type", std::string(kFormType));
  headers.add("user-agent", std::string(sigv4::kUserAgent));
  CO_TRY(const auto reply,
         co_await post(around, std::move(url), std::move(headers), std::move(form)));
  co_return read_reply(reply, "AssumeRoleWithWebIdentity", spec);
}

std::string sts_endpoint(std::string_view region) {
  const std::string host = "https://sts." + std::string(region);
  if (region.starts_with("cn-")) return host + ".amazonaws.com.cn";
  if (region.starts_with("eusc-")) return host + ".amazonaws.eu";
  if (region.starts_with("us-isob-")) return host + ".sc2s.sgov.gov";
  if (region.starts_with("us-iso-")) return host + ".c2s.ic.gov";
  return host + ".amazonaws.com";
}

bool is_role_arn(std::string_view arn) {
  if (!arn.starts_with("arn:aws")) return false;
  const auto iam = arn.find(":iam::");
  if (iam == std::string_view::npos || arn.find(':', 4) != iam) return false;
  const auto rest = arn.substr(iam + 6);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return rest.size() > 18 && std::ranges::all_of(rest.substr(0, 12), is_digit) &&
         rest.substr(12).starts_with(":role/") && is_credential_text(rest);
}

}  // namespace strait::keys
