// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "crypto/hmac.h"
#include "sigv4/authorization.h"

// SigV4 signing keys, derived once a day for each (access key id, secret, region, service).
// Bounded: a newcomer takes the place of an older one. Every input of the derivation is part of the
// look-up, so that an entry can never answer for another credential. Not thread-safe: one per event
// loop.
namespace strait::sigv4 {

// HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request").
crypto::HmacKey derive_signing_key(std::string_view secret, const Scope& scope);

class SigningKeyCache {
 public:
  explicit SigningKeyCache(std::size_t entries_max = 1024);

  // The key for `scope`, from the cache or derived now. The reference is valid until the next call.
  const crypto::HmacKey& get(std::string_view access_key_id, std::string_view secret,
                             const Scope& scope);

 private:
  struct Entry {
    std::string access_key_id;
    std::string date;
    std::string region;
    std::string service;
    Secret secret;
    crypto::HmacKey key;
    bool holds(std::string_view id, std::string_view secret_key, const Scope& scope) const;
  };
  static constexpr std::size_t kWays = 4;  // places where one entry may stand
  std::vector<std::optional<Entry>> entries_;
  const Entry* last_ = nullptr;  // that was asked for: often it is the next one too
  std::uint32_t victim_ = 0;
};

}  // namespace strait::sigv4
