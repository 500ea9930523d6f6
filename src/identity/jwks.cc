// SPDX-License-Identifier: Apache-2.0
#include "identity/jwks.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"

namespace strait::identity {
namespace {

using codec::Value;

Error unusable(std::string why) { return error(ErrorCode::kInvalidToken, std::move(why)); }

// A member that must be text when it is there.
Result<std::optional<std::string>> text_member(const Value& key, std::string_view name) {
  const auto* value = key.find(name);
  if (value == nullptr) return std::nullopt;
  if (value->string() == nullptr)
    return std::unexpected(unusable(std::string(name) + " is not text"));
  return *value->string();
}

Result<std::string> bytes_member(const Value& key, std::string_view name) {
  TRY(const auto text, text_member(key, name));
  if (!text) return std::unexpected(unusable("it has no " + std::string(name)));
  auto bytes = codec::base64url_decode(*text);
  if (!bytes || bytes->empty())
    return std::unexpected(unusable(std::string(name) + " is not base64url"));
  return *std::move(bytes);
}

Status check_purpose(const Value& key) {
  TRY(const auto use, text_member(key, "use"));
  if (use && *use != "sig") return std::unexpected(unusable("its use is " + quoted(*use)));
  if (const auto* operations = key.find("key_ops")) {
    const auto* list = operations->list();
    const bool verifies = list != nullptr && std::ranges::any_of(*list, [](const Value& operation) {
                            return operation.string() != nullptr && *operation.string() == "verify";
                          });
    if (!verifies) return std::unexpected(unusable("its key_ops do not hold `verify`"));
  }
  if (key.find("d") != nullptr || key.find("k") != nullptr)
    return std::unexpected(
        unusable("it holds a private or symmetric key, which is therefore no secret any more"));
  return {};
}

Result<crypto::VerifyKey> public_key(const Value& key) {
  TRY(const auto kind, text_member(key, "kty"));
  if (kind == "RSA") {
    TRY(const auto n, bytes_member(key, "n"));
    TRY(const auto e, bytes_member(key, "e"));
    return crypto::VerifyKey::from_jwk_rsa(n, e);
  }
  TRY(const auto curve, text_member(key, "crv"));
  if (kind == "EC" && (curve == "P-256" || curve == "P-384")) {
    TRY(const auto x, bytes_member(key, "x"));
    TRY(const auto y, bytes_member(key, "y"));
    return crypto::VerifyKey::from_ec(
        curve == "P-256" ? crypto::EcCurve::kP256 : crypto::EcCurve::kP384, x, y);
  }
  if (kind == "OKP" && curve == "Ed25519") {
    TRY(const auto x, bytes_member(key, "x"));
    return crypto::VerifyKey::from_okp(x);
  }
  return std::unexpected(unusable("its kind is " + quoted(kind.value_or("")) + " " +
                                  quoted(curve.value_or("")) +
                                  "; RSA, EC P-256, EC P-384 and OKP Ed25519 are supported"));
}

Result<IssuerKey> issuer_key(const Value& json) {
  if (json.object() == nullptr) return std::unexpected(unusable("it is no object"));
  TRY(const auto kid, text_member(json, "kid"));
  CHECK_OK(check_purpose(json));
  TRY(const auto name, text_member(json, "alg"));
  std::optional<crypto::JwsAlgorithm> algorithm;
  if (name) {
    algorithm = crypto::jws_algorithm(*name);
    if (!algorithm) return std::unexpected(unusable("its alg is " + quoted(*name)));
  }
  TRY(auto key, public_key(json));
  if (algorithm && !key.fits(*algorithm))
    return std::unexpected(unusable("its alg " + quoted(*name) + " does not go with its kind"));
  return IssuerKey{kid.value_or(""), algorithm, std::move(key)};
}

std::string label(const Value& json) {
  const auto* kid = json.find("kid");
  return "key " +
         quoted(kid != nullptr && kid->string() != nullptr ? *kid->string() : "without kid", 60);
}

std::unexpected<Error> unavailable(std::string message) {
  return fail(ErrorCode::kUnavailable, std::move(message));
}

// "https://host...", or "http://" and a loopback host when `loopback_too`.
bool is_fetchable(std::string_view url, bool loopback_too) {
  const bool plain = std::ranges::all_of(
      url, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (!plain) return false;
  constexpr std::string_view kSecure = "https://";
  constexpr std::string_view kOpen = "http://";
  const bool secure = url.starts_with(kSecure);
  if (!secure && !(loopback_too && url.starts_with(kOpen))) return false;
  url.remove_prefix(secure ? kSecure.size() : kOpen.size());
  const auto authority = url.substr(0, url.find_first_of("/?#"));
  if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
  if (secure) return true;
  const auto host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                               : authority.substr(0, authority.find(':'));
  return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

}  // namespace

const IssuerKey* KeySet::find(std::string_view kid) const {
  if (kid.empty()) return keys_.size() == 1 ? &keys_.front() : nullptr;
  const auto found = std::ranges::find(keys_, kid, &IssuerKey::kid);
  return found == keys_.end() ? nullptr : &*found;
}

Result<ParsedKeySet> parse_jwks(std::string_view json) {
  if (json.size() > limits::kJwksBytesMax)
    return unavailable("the issuer's key set is larger than 1 MiB");
  const auto document = codec::parse_json(json);
  if (!document)
    return unavailable("the issuer's key set is not strict JSON: " + document.error().message);
  const auto* keys = document->find("keys");
  if (keys == nullptr || keys->list() == nullptr)
    return unavailable("the issuer's key set has no list `keys`");
  std::vector<IssuerKey> usable;
  ParsedKeySet out;
  for (const auto& item : *keys->list()) {
    auto key = issuer_key(item);
    if (!key) {
      out.left_out.push_back(label(item) + ": " + key.error().message);
      continue;
    }
    if (std::ranges::find(usable, key->kid, &IssuerKey::kid) != usable.end())
      return unavailable("the issuer's key set has two keys named " + quoted(key->kid, 60));
    usable.push_back(*std::move(key));
  }
  if (usable.empty()) {
    return unavailable("the issuer's key set holds no key that Strait can use" +
                       (out.left_out.empty() ? std::string() : ": " + out.left_out.front()));
  }
  out.keys = KeySet(std::move(usable));
  return out;
}

Result<Discovery> parse_discovery(std::string_view json, std::string_view issuer) {
  if (json.size() > limits::kJwksBytesMax)
    return unavailable("the issuer's discovery document is larger than 1 MiB");
  const auto document = codec::parse_json(json);
  if (!document)
    return unavailable("the issuer's discovery document is not strict JSON: " +
                       document.error().message);
  const auto* named = document->find("issuer");
  const auto* keys = document->find("jwks_uri");
  if (named == nullptr || named->string() == nullptr || keys == nullptr ||
      keys->string() == nullptr)
    return unavailable("the issuer's discovery document has no `issuer` or no `jwks_uri`");
  if (*named->string() != issuer) {
    return unavailable("the discovery document is of the issuer " + quoted(*named->string()) +
                       ", not of " + quoted(issuer) +
                       "; configure the issuer exactly as it names itself");
  }
  if (!is_fetchable(*keys->string(), is_fetchable(issuer, true) && !issuer.starts_with("https:")))
    return unavailable("the issuer's jwks_uri " + quoted(*keys->string()) + " is no https URL");
  return Discovery{*named->string(), *keys->string()};
}

}  // namespace strait::identity
