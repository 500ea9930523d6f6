// SPDX-License-Identifier: Apache-2.0
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "crypto/evp.h"
#include "crypto/jws.h"

namespace strait::crypto {
namespace {

using Bignum = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using ParamBuild = std::unique_ptr<OSSL_PARAM_BLD, Freer<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freer<OSSL_PARAM_free>>;
using Ecdsa = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

constexpr int kRsaBitsMin = 2048;
constexpr int kRsaBitsMax = 8192;
constexpr int kExponentBitsMax = 64;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Bignum bignum(std::string_view big_endian) {
  return Bignum(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

std::unexpected<Error> refuse(std::string message) {
  ERR_clear_error();  // the queue is per thread, and TLS reads it
  return fail(ErrorCode::kInvalidToken, std::move(message));
}

// The public key that `params` describe, checked: on the curve, in range, not the point at
// infinity.
std::shared_ptr<EVP_PKEY> public_key(const char* type, OSSL_PARAM* params) {
  const PkeyContext maker(
      require(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), "make a key context"));
  EVP_PKEY* raw = nullptr;
  if (EVP_PKEY_fromdata_init(maker.get()) != 1 ||
      EVP_PKEY_fromdata(maker.get(), &raw, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  auto key = own(raw);
  const PkeyContext checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!checker || EVP_PKEY_public_check(checker.get()) != 1) return nullptr;
  return key;
}

// OpenSSL wants ECDSA signatures in DER; JWS has r || s of fixed width. Empty when it has another
// width.
std::string der_signature(std::string_view raw, std::size_t coordinate_bytes) {
  if (raw.size() != 2 * coordinate_bytes) return {};
  const Ecdsa signature(require(ECDSA_SIG_new(), "make an ECDSA signature"));
  auto r = bignum(raw.substr(0, coordinate_bytes));
  auto s = bignum(raw.substr(coordinate_bytes));
  require(r && s && ECDSA_SIG_set0(signature.get(), r.get(), s.get()) == 1,
          "fill an ECDSA signature");
  (void)r.release();
  (void)s.release();
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

bool verifies(EVP_PKEY* key, const EVP_MD* digest, bool is_pss, std::string_view message,
              std::string_view signature) {
  const MdContext context(require(EVP_MD_CTX_new(), "make a digest context"));
  EVP_PKEY_CTX* settings = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &settings, digest, nullptr, key) != 1) return false;
  if (is_pss) {  // RFC 7518, 3.5: MGF1 with the same hash, salt as long as the hash
    if (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(settings, digest) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1) {
      return false;
    }
  }
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                          message.size()) == 1;
}

}  // namespace

std::optional<JwsAlgorithm> jws_algorithm(std::string_view text) {
  for (const auto algorithm : {JwsAlgorithm::kRs256, JwsAlgorithm::kPs256, JwsAlgorithm::kEs256,
                               JwsAlgorithm::kEs384, JwsAlgorithm::kEdDsa}) {
    if (name(algorithm) == text) return algorithm;
  }
  return std::nullopt;
}

std::string_view name(JwsAlgorithm algorithm) {
  switch (algorithm) {
    case JwsAlgorithm::kRs256: return "RS256";
    case JwsAlgorithm::kPs256: return "PS256";
    case JwsAlgorithm::kEs256: return "ES256";
    case JwsAlgorithm::kEs384: return "ES384";
    case JwsAlgorithm::kEdDsa: return "EdDSA";
  }
  __builtin_unreachable();
}

Result<VerifyKey> VerifyKey::from_jwk_rsa(std::string_view n, std::string_view e) {
  if (n.size() > kRsaBitsMax / 8 + 1) return refuse("RSA keys above 8192 bits are refused");
  if (e.size() > kExponentBitsMax / 8 + 1) return refuse("RSA exponents above 64 bits are refused");
  const auto modulus = bignum(n);
  const auto exponent = bignum(e);
  const int bits = BN_num_bits(modulus.get());
  if (bits < kRsaBitsMin || bits > kRsaBitsMax)
    return refuse("an RSA key must have 2048 to 8192 bits");
  if (!BN_is_odd(modulus.get())) return refuse("an RSA modulus is never even");
  if (!BN_is_odd(exponent.get()) || BN_is_one(exponent.get()) ||
      BN_num_bits(exponent.get()) > kExponentBitsMax) {
    return refuse("an RSA exponent must be odd, at least 3 and at most 64 bits");
  }
  const ParamBuild build(require(OSSL_PARAM_BLD_new(), "build parameters"));
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  const Params params(require(OSSL_PARAM_BLD_to_param(build.get()), "build parameters"));
  auto key = public_key("RSA", params.get());
  if (!key) return refuse("the RSA key is not valid");
  return VerifyKey(Kind::kRsa, std::move(key));
}

Result<VerifyKey> VerifyKey::from_ec(EcCurve curve, std::string_view x, std::string_view y) {
  const std::size_t coordinate_bytes = curve == EcCurve::kP256 ? 32 : 48;
  if (x.size() != coordinate_bytes || y.size() != coordinate_bytes) {
    return refuse("an EC key's coordinates must have exactly the size of its curve");
  }
  std::string point("\x04");
  point.append(x).append(y);
  std::string group = curve == EcCurve::kP256 ? "P-256" : "P-384";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end(),
  };
  auto key = public_key("EC", params);
  if (!key) return refuse("the EC key is not a point on its curve");
  return VerifyKey(curve == EcCurve::kP256 ? Kind::kP256 : Kind::kP384, std::move(key));
}

Result<VerifyKey> VerifyKey::from_okp(std::string_view x) {
  if (x.size() != 32) return refuse("an Ed25519 key has exactly 32 bytes");
  auto key = own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(x), x.size()));
  if (!key) return refuse("the Ed25519 key is not valid");
  return VerifyKey(Kind::kEd25519, std::move(key));
}

bool VerifyKey::fits(JwsAlgorithm algorithm) const {
  switch (algorithm) {
    case JwsAlgorithm::kRs256:
    case JwsAlgorithm::kPs256: return kind_ == Kind::kRsa;
    case JwsAlgorithm::kEs256: return kind_ == Kind::kP256;
    case JwsAlgorithm::kEs384: return kind_ == Kind::kP384;
    case JwsAlgorithm::kEdDsa: return kind_ == Kind::kEd25519;
  }
  __builtin_unreachable();
}

Status VerifyKey::verify(JwsAlgorithm algorithm, std::string_view message,
                         std::string_view signature) const {
  if (!fits(algorithm)) return refuse("the token's algorithm does not go with the issuer's key");
  bool ok = false;
  switch (algorithm) {
    case JwsAlgorithm::kRs256:
      ok = verifies(key_.get(), evp_sha256(), false, message, signature);
      break;
    case JwsAlgorithm::kPs256:
      ok = verifies(key_.get(), evp_sha256(), true, message, signature);
      break;
    case JwsAlgorithm::kEs256:
      ok = verifies(key_.get(), evp_sha256(), false, message, der_signature(signature, 32));
      break;
    case JwsAlgorithm::kEs384:
      ok = verifies(key_.get(), evp_sha384(), false, message, der_signature(signature, 48));
      break;
    case JwsAlgorithm::kEdDsa: ok = verifies(key_.get(), nullptr, false, message, signature); break;
  }
  if (!ok) return refuse("the token's signature is wrong");
  return {};
}

}  // namespace strait::crypto
