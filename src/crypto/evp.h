// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

// For the .cc files of this room only: OpenSSL's objects as owners, and its algorithms fetched once
// per process, because every fetch costs more than hashing a small request. Fetched objects live as
// long as the process.
namespace strait::crypto {

template <auto kFree>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;

// For what fails only when memory is gone or the library is broken: going on would be going on
// without cryptography.
template <class T>
T require(T result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "strait: OpenSSL cannot %s\n", what);
    std::abort();
  }
  return result;
}

const EVP_MD* evp_sha256();
const EVP_MD* evp_sha384();
const EVP_CIPHER* evp_aes_256_gcm();

std::shared_ptr<EVP_PKEY> own(EVP_PKEY* key);

}  // namespace strait::crypto
