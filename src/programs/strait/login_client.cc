// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/login_client.h"

#include "codec/json.h"
#include "codec/uri.h"
#include "codec/xml.h"
#include "net/client.h"
#include "programs/strait/admin_client.h"

namespace strait::programs {
namespace {

std::string text(const codec::XmlElement* element, std::string_view name) {
  const auto* found = element == nullptr ? nullptr : element->child(name);
  return found == nullptr ? std::string() : found->text;
}

Result<LoginCredential> read_reply(const net::ClientReply& reply) {
  TRY(const auto root, codec::parse_xml(reply.body));
  if (reply.status != 200) {
    const auto* error = root.child("Error");
    return fail(ErrorCode::kInvalidToken, text(error, "Code") + ": " + text(error, "Message"));
  }
  const auto* result = root.child("AssumeRoleWithWebIdentityResult");
  const auto* found = result == nullptr ? nullptr : result->child("Credentials");
  LoginCredential credential{.access_key_id = text(found, "AccessKeyId"),
                             .secret = Secret(text(found, "SecretAccessKey")),
                             .session_token = Secret(text(found, "SessionToken"))};
  const auto expires = parse_rfc3339(text(found, "Expiration"));
  if (credential.access_key_id.empty() || !expires) {
    return fail(ErrorCode::kUpstreamInvalid,
                "the gateway's login reply is not one of AssumeRoleWithWebIdentity");
  }
  credential.expires = *expires;
  return credential;
}

}  // namespace

async::Task<Result<LoginCredential>> log_in(async::Loop& loop, LoginOptions options) {
  CO_TRY(const auto token, read_token_file(options.token_file));
  net::ClientRequest request{.method = "POST"};
  CO_TRY(request.url, net::parse_url(options.endpoint));
  request.headers.add("content-type", "application/x-www-form-urlencoded");
  request.body = codec::encode_form({{"Action", "AssumeRoleWithWebIdentity"},
                                     {"Version", "2011-06-15"},
                                     {"RoleArn", options.role},
                                     {"RoleSessionName", options.session_name},
                                     {"WebIdentityToken", token}});
  if (request.url.tls) {
    CO_TRY(request.tls, options.ca_file.empty() ? net::ClientTls::system()
                                                : net::ClientTls::from_ca_file(options.ca_file));
  }
  CO_TRY(const auto reply, co_await net::fetch(loop, std::move(request)));
  co_return read_reply(reply);
}

std::string container_json(const LoginCredential& credential, const std::string& role) {
  std::string out = R"({"AccessKeyId":)";
  codec::write_json_string(out, credential.access_key_id);
  out += R"(,"SecretAccessKey":)";
  codec::write_json_string(out, credential.secret.reveal());
  out += R"(,"Token":)";
  codec::write_json_string(out, credential.session_token.reveal());
  out += R"(,"Expiration":)";
  codec::write_json_string(out, rfc3339(credential.expires));
  out += R"(,"RoleArn":)";
  codec::write_json_string(out, role);
  return out + "}\n";
}

}  // namespace strait::programs
