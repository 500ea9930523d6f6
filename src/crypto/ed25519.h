// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

struct evp_pkey_st;

// Ed25519 (RFC 8032, pure): the signatures of checkpoints and session exports. About 35 us to sign,
// 90 us to verify.
namespace strait::crypto {

inline constexpr std::size_t kEd25519PublicKeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

// Immutable; copies share the key; any thread may sign.
class SigningKey {
 public:
  static SigningKey generate();
  static std::optional<SigningKey> from_seed(std::string_view seed);  // exactly 32 bytes

  std::string sign(std::string_view message) const;              // 64 raw bytes
  const std::string& public_key() const { return public_key_; }  // 32 raw bytes
  Secret seed() const;  // 32 bytes, for the key file and nothing else

 private:
  SigningKey(std::shared_ptr<evp_pkey_st> key, std::string public_key);
  std::shared_ptr<evp_pkey_st> key_;
  std::string public_key_;
};

// False for a wrong signature and for anything that is not 32 and 64 bytes.
bool ed25519_verify(std::string_view public_key, std::string_view message,
                    std::string_view signature);

}  // namespace strait::crypto
