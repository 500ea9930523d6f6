// SPDX-License-Identifier: Apache-2.0
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "crypto/evp.h"
#include "crypto/jws.h"

namespace strait::crypto {
namespace {

using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Bignum = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Ecdsa = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

constexpr int kCoordinateBytes = 32;

std::string fixed_width(const BIGNUM* number) {
  std::string out(kCoordinateBytes, '\0');
  require(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), kCoordinateBytes) ==
              kCoordinateBytes,
          "write a P-256 number");
  return out;
}

std::string coordinate(EVP_PKEY* key, const char* parameter) {
  BIGNUM* raw = nullptr;
  require(EVP_PKEY_get_bn_param(key, parameter, &raw) == 1, "read a P-256 coordinate");
  const Bignum number(raw);
  return fixed_width(number.get());
}

// Without this OpenSSL asks the terminal for a password when a key is encrypted.
int no_password(char*, int, int, void*) { return -1; }

bool is_p256(EVP_PKEY* key) {
  char group[64] = {};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1 &&
         (std::string_view(group) == "prime256v1" || std::string_view(group) == "P-256");
}

}  // namespace

EcSigningKey EcSigningKey::generate() {
  return EcSigningKey(own(require(EVP_EC_gen("P-256"), "make a P-256 key")));
}

Result<EcSigningKey> EcSigningKey::from_pem(std::string_view pem) {
  const Bio bio(require(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), "read memory"));
  auto key = own(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key || !is_p256(key.get())) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the key is not an unencrypted P-256 private key in PEM");
  }
  return EcSigningKey(std::move(key));
}

Secret EcSigningKey::pem() const {
  const Bio bio(require(BIO_new(BIO_s_secmem()), "make a buffer"));
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr,
                                        nullptr) == 1,
          "write a private key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return Secret(std::string(data, static_cast<std::size_t>(size)));
}

std::string EcSigningKey::sign_es256(std::string_view message) const {
  const MdContext context(require(EVP_MD_CTX_new(), "make a digest context"));
  std::string der(80, '\0');
  std::size_t size = der.size();
  const bool ok =
      EVP_DigestSignInit(context.get(), nullptr, evp_sha256(), nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
  require(ok, "sign with P-256");
  const auto* from = reinterpret_cast<const unsigned char*>(der.data());
  const Ecdsa signature(
      require(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(size)), "read an ECDSA signature"));
  return fixed_width(ECDSA_SIG_get0_r(signature.get())) +
         fixed_width(ECDSA_SIG_get0_s(signature.get()));
}

std::string EcSigningKey::x() const { return coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X); }
std::string EcSigningKey::y() const { return coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y); }

}  // namespace strait::crypto
