// SPDX-License-Identifier: Apache-2.0
#include "crypto/aead.h"

#include <algorithm>

#include "crypto/evp.h"
#include "crypto/random.h"

namespace strait::crypto {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// One context per thread, keyed anew each time: making one costs more than sealing a session token.
// The last key schedule stays in it, as the key itself stays in its AeadKey.
EVP_CIPHER_CTX* thread_context() {
  thread_local const CipherContext context(require(EVP_CIPHER_CTX_new(), "make a cipher context"));
  return context.get();
}

// Writes ciphertext and tag behind what `out` holds.
void seal_into(std::string& out, const AeadKey& key, std::string_view plaintext,
               std::string_view aad, const unsigned char* nonce) {
  auto* context = thread_context();
  const auto start = out.size();
  out.resize(start + plaintext.size() + kAeadTagBytes);
  int written = 0;
  bool ok = EVP_EncryptInit_ex2(context, evp_aes_256_gcm(), bytes(key.bytes().reveal()), nonce,
                                nullptr) == 1;
  ok = ok &&
       EVP_EncryptUpdate(context, nullptr, &written, bytes(aad), static_cast<int>(aad.size())) == 1;
  ok = ok && EVP_EncryptUpdate(context, bytes(out) + start, &written, bytes(plaintext),
                               static_cast<int>(plaintext.size())) == 1;
  auto* tag = bytes(out) + start + plaintext.size();
  ok = ok && EVP_EncryptFinal_ex(context, tag, &written) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes, tag) == 1;
  require(ok, "seal with AES-256-GCM");
}

std::optional<std::string> open_with(const AeadKey& key, std::string_view sealed,
                                     std::string_view aad, const unsigned char* nonce) {
  if (sealed.size() < kAeadTagBytes) return std::nullopt;
  const auto ciphertext = sealed.substr(0, sealed.size() - kAeadTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  std::string plaintext(ciphertext.size(), '\0');
  auto* context = thread_context();
  int written = 0;
  bool ok = EVP_DecryptInit_ex2(context, evp_aes_256_gcm(), bytes(key.bytes().reveal()), nonce,
                                nullptr) == 1;
  ok = ok &&
       EVP_DecryptUpdate(context, nullptr, &written, bytes(aad), static_cast<int>(aad.size())) == 1;
  ok = ok && EVP_DecryptUpdate(context, bytes(plaintext), &written, bytes(ciphertext),
                               static_cast<int>(ciphertext.size())) == 1;
  ok = ok && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1;
  unsigned char none = 0;
  ok = ok && EVP_DecryptFinal_ex(context, &none, &written) == 1;
  if (!ok) {
    OPENSSL_cleanse(plaintext.data(), plaintext.size());
    return std::nullopt;
  }
  return plaintext;
}

}  // namespace

AeadKey AeadKey::generate() { return AeadKey(Secret(random_string(kAeadKeyBytes))); }

std::optional<AeadKey> AeadKey::from_bytes(std::string_view bytes) {
  if (bytes.size() != kAeadKeyBytes) return std::nullopt;
  return AeadKey(Secret(std::string(bytes)));
}

std::string seal(const AeadKey& key, std::string_view plaintext, std::string_view aad) {
  std::string out;
  out.reserve(kAeadNonceBytes + plaintext.size() + kAeadTagBytes);
  out.resize(kAeadNonceBytes);
  random_bytes({bytes(out), kAeadNonceBytes});
  Nonce nonce;
  std::copy_n(bytes(out), nonce.size(), nonce.data());
  seal_into(out, key, plaintext, aad, nonce.data());
  return out;
}

std::optional<std::string> open(const AeadKey& key, std::string_view sealed, std::string_view aad) {
  if (sealed.size() < kAeadNonceBytes) return std::nullopt;
  return open_with(key, sealed.substr(kAeadNonceBytes), aad, bytes(sealed));
}

std::string seal(const AeadKey& key, std::string_view plaintext, std::string_view aad,
                 const Nonce& nonce) {
  std::string out;
  seal_into(out, key, plaintext, aad, nonce.data());
  return out;
}

std::optional<std::string> open(const AeadKey& key, std::string_view sealed, std::string_view aad,
                                const Nonce& nonce) {
  return open_with(key, sealed, aad, nonce.data());
}

}  // namespace strait::crypto
