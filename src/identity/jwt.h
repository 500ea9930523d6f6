// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "crypto/jws.h"
#include "identity/jwks.h"
#include "journey/session.h"

// An OIDC token to a principal: compact JWS only (RFC 7515, RFC 7519, OpenID Connect Core 3.1.3.7,
// RFC 8725). Pure; keys and time come in. Errors are kInvalidToken or, when only the time is over,
// kExpiredToken; messages say which check failed and never hold the token.
namespace strait::identity {

// What a configured issuer may say, and to whom.
struct IssuerRules {
  std::string issuer;                            // compared byte for byte with "iss"
  std::vector<std::string> audiences;            // "aud" must hold one of them; never empty
  std::vector<crypto::JwsAlgorithm> algorithms;  // allowed for this issuer; never empty
  Seconds skew{60};                              // for exp, nbf and iat
};

struct TokenClaims {
  journey::Principal principal;
  std::string audience;  // the configured audience that matched
  Timestamp issued{};    // "iat"; the epoch when absent
  Timestamp expires{};   // "exp"
};

// All of: size, three canonical base64url parts, strict JSON without duplicate keys, typ JWT or
// at+jwt when given, alg allowed for the issuer and the key's own, a known kid, no jku, jwk, x5u,
// x5c, crit, b64 or zip header, the signature, iss, aud, azp when present (a configured audience as
// well), exp, nbf, iat, a sub.
//
// Claims become text: strings, numbers, booleans, lists of these; members of nested objects get
// dotted names ("kubernetes.io.namespace"); two claims that flatten to one name are refused. null,
// and lists that hold objects or lists, are left out.
Result<TokenClaims> verify_token(std::string_view token, const IssuerRules& rules,
                                 const KeySet& keys, Timestamp now);

// Unverified: for choosing the rules and keys, and for nothing else. peek_kid is "" when the header
// has none.
Result<std::string> peek_issuer(std::string_view token);
Result<std::string> peek_kid(std::string_view token);

}  // namespace strait::identity
