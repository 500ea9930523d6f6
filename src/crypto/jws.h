// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

struct evp_pkey_st;

// The signature primitives of JWS (RFC 7518, RFC 8037) over raw bytes: base64url, JSON and JWK
// selection belong to identity. Keys are immutable, copies share them, and any thread may use them.
namespace strait::crypto {

// A closed list: `none` and the HMAC family are not in it on purpose.
enum class JwsAlgorithm : std::uint8_t { kRs256, kPs256, kEs256, kEs384, kEdDsa };

std::optional<JwsAlgorithm> jws_algorithm(std::string_view name);  // "RS256", ... exactly
std::string_view name(JwsAlgorithm algorithm);

enum class EcCurve : std::uint8_t { kP256, kP384 };

// An issuer's public key. Arguments are raw big-endian bytes, decoded from the JWK by the caller.
// Refused with kInvalidToken: RSA below 2048 or above 8192 bits, an even modulus, an exponent that
// is even, below 3 or above 64 bits, a coordinate that is not exactly the curve's size (RFC
// 7518, 6.2.1.2), and a point that is not on the curve.
class VerifyKey {
 public:
  static Result<VerifyKey> from_jwk_rsa(std::string_view n, std::string_view e);
  static Result<VerifyKey> from_ec(EcCurve curve, std::string_view x, std::string_view y);
  static Result<VerifyKey> from_okp(std::string_view x);  // Ed25519 only

  // OK only if `signature` is `algorithm`'s signature of `message` under this key; an algorithm
  // that does not go with the kind of key is refused (kInvalidToken). ES256 and ES384 signatures
  // are r || s (RFC 7518, 3.4).
  Status verify(JwsAlgorithm algorithm, std::string_view message, std::string_view signature) const;
  bool fits(JwsAlgorithm algorithm) const;

 private:
  enum class Kind : std::uint8_t { kRsa, kP256, kP384, kEd25519 };
  VerifyKey(Kind kind, std::shared_ptr<evp_pkey_st> key) : kind_(kind), key_(std::move(key)) {}
  Kind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

// A P-256 private key that signs ES256: the issuer inside `strait dev`, and tests.
class EcSigningKey {
 public:
  static EcSigningKey generate();
  static Result<EcSigningKey> from_pem(std::string_view pem);  // PKCS #8, unencrypted, P-256 only

  Secret pem() const;                                      // PKCS #8
  std::string sign_es256(std::string_view message) const;  // 64 bytes, r || s
  std::string x() const;                                   // 32 bytes, big-endian
  std::string y() const;

 private:
  friend struct CertificateMint;
  explicit EcSigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace strait::crypto
