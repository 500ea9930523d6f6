// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/secret.h"
#include "crypto/hmac.h"

namespace strait::mask {

// The installation's key for markers. Equal values give equal markers under one key, so an agent
// can see that two secrets are the same; without the key a marker cannot be tested against guesses.
// Masking is not confidentiality: an agent that may use a secret elsewhere can still learn about
// it.
//
// 32 bytes, from keys/key_files.h. Immutable; may be read by any number of threads.
class MaskKey {
 public:
  explicit MaskKey(const Secret& bytes) : key_(bytes.reveal()) {}

  // "strait:masked:<kind>:<10 characters of base32>": the first 50 bits of HMAC-SHA256(key,
  // SHA-256(value)).
  std::string marker(std::string_view kind, std::string_view value) const;
  std::string marker(std::string_view kind, const crypto::Digest& value) const;

 private:
  crypto::HmacKey key_;
};

inline constexpr std::string_view kMarkerPrefix = "strait:masked:";

}  // namespace strait::mask
