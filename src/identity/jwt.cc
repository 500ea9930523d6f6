// SPDX-License-Identifier: Apache-2.0
#include "identity/jwt.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "identity/claims.h"

namespace strait::identity {
namespace {

using codec::Value;

constexpr std::size_t kSubjectBytesMax = 1024;

std::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::kInvalidToken, "the token " + std::move(message));
}

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;  // header.payload
};

Result<Parts> split(std::string_view token) {
  if (token.size() > limits::kTokenBytesMax) return invalid("is larger than 16 KiB");
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return invalid("is not a compact JWS of three parts; give the JWT itself");
  const Parts parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
                    token.substr(second + 1), token.substr(0, second)};
  if (parts.header.empty() || parts.payload.empty() || parts.signature.empty())
    return invalid("has an empty part; it must be signed");
  return parts;
}

Result<Value> json_part(std::string_view part, std::string_view what) {
  const auto text = codec::base64url_decode(part);
  if (!text) return invalid("has a " + std::string(what) + " that is not canonical base64url");
  auto json = codec::parse_json(*text);
  if (!json)
    return invalid("has a " + std::string(what) +
                   " that is not strict JSON: " + json.error().message);
  if (json->object() == nullptr)
    return invalid("has a " + std::string(what) + " that is no JSON object");
  return json;
}

Result<std::string> kid_of(const Value& header) {
  const auto* kid = header.find("kid");
  if (kid == nullptr) return std::string();
  if (kid->string() == nullptr || kid->string()->empty())
    return invalid("has a kid that is no text");
  return *kid->string();
}

bool is_jwt_type(const Value& type) {
  const auto* text = type.string();
  if (text == nullptr) return false;
  std::string lower;
  for (const char c : *text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return lower == "jwt" || lower == "at+jwt" || lower == "application/jwt" ||
         lower == "application/at+jwt";
}

// The key that the header names, after everything in it that would let a sender choose his own has
// been refused.
Result<crypto::JwsAlgorithm> check_header(const Value& header, const IssuerRules& rules) {
  constexpr std::array<std::string_view, 7> kRefused = {"jku",  "jwk", "x5u", "x5c",
                                                        "crit", "b64", "zip"};
  for (const auto name : kRefused) {
    if (header.find(name) != nullptr)
      return invalid("has the header " + quoted(name) + ", which is never accepted");
  }
  if (const auto* type = header.find("typ"); type != nullptr && !is_jwt_type(*type))
    return invalid("is of another type than JWT");
  const auto* name = header.find("alg");
  if (name == nullptr || name->string() == nullptr) return invalid("has no alg");
  const auto algorithm = crypto::jws_algorithm(*name->string());
  if (!algorithm || std::ranges::find(rules.algorithms, *algorithm) == rules.algorithms.end())
    return invalid("is signed with " + quoted(*name->string(), 40) +
                   ", which is not allowed for its issuer");
  return *algorithm;
}

Status check_signature(const Parts& parts, const Value& header, const IssuerRules& rules,
                       const KeySet& keys) {
  TRY(const auto algorithm, check_header(header, rules));
  TRY(const auto kid, kid_of(header));
  const auto* key = keys.find(kid);
  if (key == nullptr) {
    return kid.empty() ? invalid("has no kid, and its issuer has more than one key")
                       : invalid("is signed with the key " + quoted(kid, 60) +
                                 ", which its issuer does not publish");
  }
  if ((key->algorithm && *key->algorithm != algorithm) || !key->key.fits(algorithm))
    return invalid("is signed with an algorithm that is not its key's");
  const auto signature = codec::base64url_decode(parts.signature);
  if (!signature) return invalid("has a signature that is not canonical base64url");
  return key->key.verify(algorithm, parts.signed_text, *signature);
}

const std::string* text_claim(const Value& claims, std::string_view name) {
  const auto* value = claims.find(name);
  return value == nullptr ? nullptr : value->string();
}

bool is_configured(const IssuerRules& rules, std::string_view audience) {
  return std::ranges::find(rules.audiences, audience) != rules.audiences.end();
}

// The configured audience that the token is for.
Result<std::string> check_audience(const Value& claims, const IssuerRules& rules) {
  const auto* audience = claims.find("aud");
  if (audience == nullptr) return invalid("has no aud");
  std::string matched;
  if (const auto* one = audience->string()) {
    if (is_configured(rules, *one)) matched = *one;
  } else if (const auto* list = audience->list()) {
    for (const auto& item : *list) {
      if (item.string() == nullptr) return invalid("has an aud that is not text");
      if (matched.empty() && is_configured(rules, *item.string())) matched = *item.string();
    }
  } else {
    return invalid("has an aud that is not text");
  }
  if (matched.empty()) {
    return invalid("is for another audience; request it for " +
                   quoted(rules.audiences.empty() ? "" : rules.audiences.front()));
  }
  if (const auto* party = claims.find("azp")) {
    if (party->string() == nullptr || !is_configured(rules, *party->string()))
      return invalid("was given to another party (azp) than the configured audiences");
  }
  return matched;
}

struct Times {
  Timestamp issued{};
  Timestamp expires{};
};

Result<Times> check_times(const Value& claims, Seconds skew, Timestamp now) {
  Times times;
  const auto* expires = claims.find("exp");
  const auto expiry = expires == nullptr ? std::nullopt : numeric_date(*expires);
  if (!expiry) return invalid("has no exp, or one that is no date");
  times.expires = *expiry;
  if (now >= *expiry + skew)
    return fail(ErrorCode::kExpiredToken,
                "the token expired at " + rfc3339(*expiry) + "; get a new one");
  if (const auto* begins = claims.find("nbf")) {
    const auto from = numeric_date(*begins);
    if (!from) return invalid("has an nbf that is no date");
    if (now + skew < *from) return invalid("is not valid before " + rfc3339(*from));
  }
  if (const auto* issued = claims.find("iat")) {
    const auto at = numeric_date(*issued);
    if (!at) return invalid("has an iat that is no date");
    if (now + skew < *at)
      return invalid("was issued in the future, at " + rfc3339(*at) + "; compare the clocks");
    times.issued = *at;
  }
  return times;
}

}  // namespace

Result<TokenClaims> verify_token(std::string_view token, const IssuerRules& rules,
                                 const KeySet& keys, Timestamp now) {
  TRY(const auto parts, split(token));
  TRY(const auto header, json_part(parts.header, "header"));
  CHECK_OK(check_signature(parts, header, rules, keys));
  TRY(const auto claims, json_part(parts.payload, "payload"));

  const auto* issuer = text_claim(claims, "iss");
  if (issuer == nullptr || *issuer != rules.issuer)
    return invalid("is not of the issuer " + quoted(rules.issuer) +
                   " (iss must be equal byte for byte)");
  const auto* subject = text_claim(claims, "sub");
  if (subject == nullptr || subject->empty() || subject->size() > kSubjectBytesMax)
    return invalid("has no sub, or one longer than 1024 bytes");
  TokenClaims out;
  TRY(out.audience, check_audience(claims, rules));
  TRY(const auto times, check_times(claims, rules.skew, now));
  out.issued = times.issued;
  out.expires = times.expires;
  out.principal.issuer = *issuer;
  out.principal.subject = *subject;
  TRY(out.principal.claims, flatten_claims(*claims.object()));
  return out;
}

Result<std::string> peek_issuer(std::string_view token) {
  TRY(const auto parts, split(token));
  TRY(const auto claims, json_part(parts.payload, "payload"));
  const auto* issuer = text_claim(claims, "iss");
  if (issuer == nullptr || issuer->empty()) return invalid("has no iss");
  return *issuer;
}

Result<std::string> peek_kid(std::string_view token) {
  TRY(const auto parts, split(token));
  TRY(const auto header, json_part(parts.header, "header"));
  return kid_of(header);
}

}  // namespace strait::identity
