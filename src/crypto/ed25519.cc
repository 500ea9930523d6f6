// SPDX-License-Identifier: Apache-2.0
#include "crypto/ed25519.h"

#include "crypto/evp.h"
#include "crypto/random.h"

namespace strait::crypto {
namespace {

constexpr std::size_t kSeedBytes = 32;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string public_bytes(EVP_PKEY* key) {
  std::string out(kEd25519PublicKeyBytes, '\0');
  std::size_t size = out.size();
  require(
      EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(out.data()), &size) == 1,
      "derive an Ed25519 public key");
  return out;
}

}  // namespace

SigningKey::SigningKey(std::shared_ptr<evp_pkey_st> key, std::string public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

SigningKey SigningKey::generate() {
  const Secret seed(random_string(kSeedBytes));
  return *from_seed(seed.reveal());
}

std::optional<SigningKey> SigningKey::from_seed(std::string_view seed) {
  if (seed.size() != kSeedBytes) return std::nullopt;
  auto key =
      own(require(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes(seed), seed.size()),
                  "make an Ed25519 key"));
  auto public_key = public_bytes(key.get());
  return SigningKey(std::move(key), std::move(public_key));
}

std::string SigningKey::sign(std::string_view message) const {
  const MdContext context(require(EVP_MD_CTX_new(), "make a digest context"));
  std::string signature(kEd25519SignatureBytes, '\0');
  std::size_t size = signature.size();
  const bool ok = EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                 &size, bytes(message), message.size()) == 1;
  require(ok && size == kEd25519SignatureBytes, "sign with Ed25519");
  return signature;
}

Secret SigningKey::seed() const {
  std::string out(kSeedBytes, '\0');
  std::size_t size = out.size();
  require(EVP_PKEY_get_raw_private_key(key_.get(), reinterpret_cast<unsigned char*>(out.data()),
                                       &size) == 1,
          "export an Ed25519 seed");
  return Secret(std::move(out));
}

bool ed25519_verify(std::string_view public_key, std::string_view message,
                    std::string_view signature) {
  if (public_key.size() != kEd25519PublicKeyBytes || signature.size() != kEd25519SignatureBytes)
    return false;
  const auto key = own(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(public_key), public_key.size()));
  const MdContext context(require(EVP_MD_CTX_new(), "make a digest context"));
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                          message.size()) == 1;
}

}  // namespace strait::crypto
