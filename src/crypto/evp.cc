// SPDX-License-Identifier: Apache-2.0
#include "crypto/evp.h"

namespace strait::crypto {

const EVP_MD* evp_sha256() {
  static const EVP_MD* const digest =
      require(EVP_MD_fetch(nullptr, "SHA256", nullptr), "fetch SHA-256");
  return digest;
}

const EVP_MD* evp_sha384() {
  static const EVP_MD* const digest =
      require(EVP_MD_fetch(nullptr, "SHA384", nullptr), "fetch SHA-384");
  return digest;
}

const EVP_CIPHER* evp_aes_256_gcm() {
  static const EVP_CIPHER* const cipher =
      require(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "fetch AES-256-GCM");
  return cipher;
}

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key) { return {key, EVP_PKEY_free}; }

}  // namespace strait::crypto
