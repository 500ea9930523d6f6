// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/jws.h"

// An issuer's public keys (RFC 7517) and its discovery document (OpenID Connect Discovery 1.0,
// section 4), as bytes that `keys` fetched. Pure. A key that cannot be used is left out with a
// reason and does not spoil the others; a set in which two keys share a kid is refused whole
// (kUnavailable), since the token's kid would not name one.
namespace strait::identity {

struct IssuerKey {
  std::string kid;                                // "" when the key has none
  std::optional<crypto::JwsAlgorithm> algorithm;  // "alg" when given; else any that fits the key
  crypto::VerifyKey key;
};

class KeySet {
 public:
  KeySet() = default;
  explicit KeySet(std::vector<IssuerKey> keys) : keys_(std::move(keys)) {}

  // The key named `kid`. An empty `kid` (a token without one) names the only key of a set of one.
  const IssuerKey* find(std::string_view kid) const;
  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<IssuerKey> keys_;
};

struct ParsedKeySet {
  KeySet keys;
  std::vector<std::string> left_out;  // "key `enc-1`: use is `enc`", for the log
};

// kUnavailable when the text is no JWK set or holds no usable key.
Result<ParsedKeySet> parse_jwks(std::string_view json);

struct Discovery {
  std::string issuer;
  std::string jwks_uri;  // https, or http to a loopback host
};

// kUnavailable unless the document names exactly the configured `issuer`.
Result<Discovery> parse_discovery(std::string_view json, std::string_view issuer);

}  // namespace strait::identity
