// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/base64.h"
#include "codec/json.h"
#include "identity/claims.h"
#include "identity/jwt.h"

// A token as it comes, and the same bytes as its payload. Nothing that nobody signed may be taken.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait;
  using namespace strait::identity;
  static const KeySet keys = parse_jwks(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":)"
                                        R"("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})")
                                 ->keys;
  const IssuerRules rules{"https://issuer.example", {"strait"}, {crypto::JwsAlgorithm::kEdDsa}};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (verify_token(text, rules, keys, {})) std::abort();
  (void)peek_issuer(text);
  (void)peek_kid(text);
  const auto header = codec::base64url_encode(R"({"alg":"EdDSA","kid":"k1"})");
  if (verify_token(header + "." + codec::base64url_encode(text) + "." +
                       codec::base64url_encode(std::string(64, 's')),
                   rules, keys, {}))
    std::abort();
  if (const auto json = codec::parse_json(text); json && json->object() != nullptr)
    (void)flatten_claims(*json->object());
  return 0;
}
