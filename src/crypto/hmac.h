// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/sha256.h"

// HMAC-SHA256 (RFC 2104) and HKDF (RFC 5869). Any thread, no failure.
namespace strait::crypto {

// A key whose two padded blocks are hashed already, so that signing short data costs half of what
// the one-shot form costs. This is what the SigV4 signing-key cache holds. The midstates are as
// good as the key: they are wiped when dropped, and there is no way to print them.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();

  Digest sign(std::string_view data) const;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

Digest hmac_sha256(std::string_view key, std::string_view data);

// `bytes` (at most 255 * 32) of key material from `secret`, bound to `info`. An empty salt is RFC
// 5869's default.
std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info,
                        std::size_t bytes);

}  // namespace strait::crypto
