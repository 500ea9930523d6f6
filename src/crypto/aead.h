// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

// AES-256-GCM (NIST SP 800-38D): what is sealed cannot be read or altered without the key, and not
// be opened with other associated data (`aad`) than it was sealed with. Any thread. A key is good
// for 2^32 messages with random nonces; callers rotate long before.
namespace strait::crypto {

inline constexpr std::size_t kAeadKeyBytes = 32;
inline constexpr std::size_t kAeadNonceBytes = 12;
inline constexpr std::size_t kAeadTagBytes = 16;
using Nonce = std::array<std::uint8_t, kAeadNonceBytes>;

class AeadKey {
 public:
  static AeadKey generate();
  static std::optional<AeadKey> from_bytes(std::string_view bytes);  // exactly kAeadKeyBytes

  // For writing the key to its own key file, and nothing else.
  const Secret& bytes() const { return bytes_; }

 private:
  explicit AeadKey(Secret bytes) : bytes_(std::move(bytes)) {}
  Secret bytes_;
};

// nonce || ciphertext || tag, with a fresh random nonce.
std::string seal(const AeadKey& key, std::string_view plaintext, std::string_view aad);
std::optional<std::string> open(const AeadKey& key, std::string_view sealed, std::string_view aad);

// ciphertext || tag. The caller promises never to use a nonce twice under one key.
std::string seal(const AeadKey& key, std::string_view plaintext, std::string_view aad,
                 const Nonce& nonce);
std::optional<std::string> open(const AeadKey& key, std::string_view sealed, std::string_view aad,
                                const Nonce& nonce);

}  // namespace strait::crypto
