// SPDX-License-Identifier: Apache-2.0
#include "sigv4/key_cache.h"

#include <algorithm>
#include <functional>
#include <span>

#include "base/bytes.h"

namespace strait::sigv4 {

crypto::HmacKey derive_signing_key(std::string_view secret, const Scope& scope) {
  const Secret first("AWS4" + std::string(secret));
  auto step = crypto::hmac_sha256(first.reveal(), scope.date);
  step = crypto::hmac_sha256(crypto::view(step), scope.region);
  step = crypto::hmac_sha256(crypto::view(step), scope.service);
  step = crypto::hmac_sha256(crypto::view(step), "aws4_request");
  return crypto::HmacKey(crypto::view(step));
}

bool SigningKeyCache::Entry::holds(std::string_view id, std::string_view secret_key,
                                   const Scope& scope) const {
  return same(access_key_id, id) && same(service, scope.service) && same(region, scope.region) &&
         same(date, scope.date) && same(secret.reveal(), secret_key);
}

SigningKeyCache::SigningKeyCache(std::size_t entries_max)
    : entries_(std::max<std::size_t>(entries_max / kWays, 1) * kWays) {}

const crypto::HmacKey& SigningKeyCache::get(std::string_view access_key_id, std::string_view secret,
                                            const Scope& scope) {
  if (last_ != nullptr && last_->holds(access_key_id, secret, scope)) return last_->key;
  const std::hash<std::string_view> hash;
  const auto where = hash(access_key_id) ^ (hash(scope.service) * 31) ^ (hash(scope.region) * 131);
  const std::span set(
      entries_.begin() + static_cast<std::ptrdiff_t>(where % (entries_.size() / kWays) * kWays),
      kWays);
  for (const auto& entry : set) {
    if (!entry || !entry->holds(access_key_id, secret, scope)) continue;
    last_ = &*entry;
    return entry->key;
  }
  auto place = std::ranges::find_if(set, [](const auto& entry) { return !entry; });
  auto& entry = place != set.end() ? *place : set[victim_++ % kWays];
  entry.emplace(Entry{std::string(access_key_id), std::string(scope.date),
                      std::string(scope.region), std::string(scope.service),
                      Secret(std::string(secret)), derive_signing_key(secret, scope)});
  last_ = &*entry;
  return entry->key;
}

}  // namespace strait::sigv4
