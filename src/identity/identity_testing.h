// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "codec/base64.h"
#include "crypto/jws.h"
#include "identity/jwks.h"
#include "identity/jwt.h"

// For this room's tests alone: an issuer that signs whatever it is told to.
namespace strait::identity::testing {

inline constexpr std::string_view kIssuer = "https://issuer.example";
inline const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");
inline constexpr long kNowSeconds = 1795395723;

inline IssuerRules rules() {
  return {.issuer = std::string(kIssuer),
          .audiences = {"strait", "strait-two"},
          .algorithms = {crypto::JwsAlgorithm::kEs256, crypto::JwsAlgorithm::kRs256}};
}

// A claim set with one member after the other replaced, added or left out ("" leaves it out).
// Values are JSON text.
inline std::string claims_with(std::string_view name = "", std::string_view value = "") {
  std::string out;
  bool placed = false;
  const auto add = [&](std::string_view member, std::string_view json) {
    if (member == name) {
      json = value;
      placed = true;
    }
    if (!json.empty())
      out.append(out.empty() ? "{\"" : ",\"").append(member).append("\":").append(json);
  };
  add("iss", "\"https://issuer.example\"");
  add("sub", "\"repo:acme/app:ref:refs/heads/main\"");
  add("aud", "\"strait\"");
  add("iat", std::to_string(kNowSeconds - 10));
  add("exp", std::to_string(kNowSeconds + 300));
  if (!placed && !name.empty()) add(name, value);
  return out + "}";
}

class Issuer {
 public:
  std::string jwks(std::string_view kid = "k1") const {
    return R"({"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":")" +
           std::string(kid) + R"(","x":")" + codec::base64url_encode(key_.x()) + R"(","y":")" +
           codec::base64url_encode(key_.y()) + R"("}]})";
  }
  KeySet keys() const { return parse_jwks(jwks())->keys; }

  std::string token(std::string_view claims,
                    std::string_view header = R"({"alg":"ES256","kid":"k1"})") const {
    const auto text = codec::base64url_encode(header) + "." + codec::base64url_encode(claims);
    return text + "." + codec::base64url_encode(key_.sign_es256(text));
  }

 private:
  crypto::EcSigningKey key_ = crypto::EcSigningKey::generate();
};

}  // namespace strait::identity::testing
