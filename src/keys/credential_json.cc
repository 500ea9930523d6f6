// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_json.h"

#include <algorithm>

#include "codec/json.h"

namespace strait::keys {

namespace {

std::string text_of(const codec::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  const auto* text = value != nullptr ? value->string() : nullptr;
  return text != nullptr ? *text : std::string();
}

}  // namespace

bool is_credential_text(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

Result<AwsCredentialsPtr> parse_credential_json(std::string_view json, std::string_view from) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kUnavailable,
                "the answer of " + std::string(from) + " " + std::string(why));
  };
  const auto parsed = codec::parse_json(json);
  if (!parsed || parsed->object() == nullptr) return refuse("is no JSON object");
  auto made = std::make_shared<sigv4::AwsCredentials>();
  made->access_key_id = text_of(*parsed, "AccessKeyId");
  made->secret_key = Secret(text_of(*parsed, "SecretAccessKey"));
  auto token = text_of(*parsed, "Token");
  if (token.empty()) token = text_of(*parsed, "SessionToken");
  if (!token.empty() && !is_credential_text(token)) return refuse("has a malformed session token");
  made->session_token = Secret(std::move(token));
  if (!is_credential_text(made->access_key_id) || !is_credential_text(made->secret_key.reveal())) {
    return refuse("has no AccessKeyId and SecretAccessKey");
  }
  if (const auto expiration = text_of(*parsed, "Expiration"); !expiration.empty()) {
    made->expires = parse_rfc3339(expiration);
    if (!made->expires) return refuse("has an Expiration that is no RFC 3339 time");
  }
  return made;
}

}  // namespace strait::keys
