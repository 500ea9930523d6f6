// SPDX-License-Identifier: Apache-2.0
#include "identity/session_text.h"

#include <charconv>

#include "codec/cbor.h"

namespace strait::identity {
namespace {

using codec::Value;

codec::Number number(std::int64_t value) { return {std::to_string(value)}; }
codec::Number number(Timestamp time) { return number(time.time_since_epoch().count()); }

std::unexpected<Error> unknown_session() {
  return fail(ErrorCode::kUnknownSession,
              "the session token is of another version of Strait; log in again");
}

Result<std::string> text(const Value& map, std::string_view name) {
  const auto* value = map.find(name);
  if (value == nullptr || value->string() == nullptr) return unknown_session();
  return *value->string();
}

Result<Timestamp> time(const Value& map, std::string_view name) {
  const auto* value = map.find(name);
  if (value == nullptr || value->number() == nullptr) return unknown_session();
  const auto& token = value->number()->token;
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), count);
  if (problem != std::errc() || end != token.data() + token.size()) return unknown_session();
  return Timestamp(std::chrono::microseconds(count));
}

Status read_claims(const Value& map, journey::Principal& principal) {
  const auto* claims = map.find("claims");
  if (claims == nullptr || claims->object() == nullptr) return unknown_session();
  for (const auto& [name, list] : *claims->object()) {
    if (list.list() == nullptr) return unknown_session();
    auto& values = principal.claims.emplace_back(name, std::vector<std::string>()).second;
    for (const auto& value : *list.list()) {
      if (value.string() == nullptr) return unknown_session();
      values.push_back(*value.string());
    }
  }
  return {};
}

}  // namespace

Result<std::string> write_session(const journey::Session& session) {
  codec::Object claims;
  for (const auto& [name, values] : session.principal.claims)
    claims.push_back({name, codec::List(values.begin(), values.end())});
  const Value map(codec::Object{{"v", number(1)},
                                {"id", session.id.str()},
                                {"iss", session.principal.issuer},
                                {"sub", session.principal.subject},
                                {"claims", std::move(claims)},
                                {"role", session.role},
                                {"name", session.name},
                                {"iat", number(session.issued)},
                                {"exp", number(session.expires)}});
  std::string out;
  CHECK_OK(codec::write_cbor(out, map));
  return out;
}

Result<journey::Session> read_session(std::string_view cbor) {
  const auto map = codec::parse_cbor(cbor);
  if (!map || map->find("v") == nullptr || *map->find("v") != Value(number(1)))
    return unknown_session();
  journey::Session out;
  TRY(const auto id, text(*map, "id"));
  const auto parsed = SessionId::parse(id);
  if (!parsed) return unknown_session();
  out.id = *parsed;
  TRY(out.principal.issuer, text(*map, "iss"));
  TRY(out.principal.subject, text(*map, "sub"));
  CHECK_OK(read_claims(*map, out.principal));
  TRY(out.role, text(*map, "role"));
  TRY(out.name, text(*map, "name"));
  TRY(out.issued, time(*map, "iat"));
  TRY(out.expires, time(*map, "exp"));
  return out;
}

}  // namespace strait::identity
