// SPDX-License-Identifier: Apache-2.0
#include "identity/session_cache.h"

#include <algorithm>
#include <functional>
#include <span>

namespace strait::identity {

SessionCache::SessionCache(const CredentialMinter* minter, std::size_t entries_max)
    : minter_(minter), entries_(std::max<std::size_t>(entries_max / kWays, 1) * kWays) {}

Result<std::shared_ptr<const OpenSession>> SessionCache::open(std::string_view access_key_id,
                                                              std::string_view token,
                                                              Timestamp now) {
  // Only what opened is ever kept, so an attacker cannot fill one set with colliding keys of his
  // choice.
  const auto where =
      std::hash<std::string_view>()(access_key_id) % (entries_.size() / kWays) * kWays;
  const std::span set(entries_.begin() + static_cast<std::ptrdiff_t>(where), kWays);
  for (auto& entry : set) {
    if (!entry.session || entry.session->session.access_key_id != access_key_id ||
        entry.token != token)
      continue;
    if (now < entry.session->session.expires) return entry.session;
    entry = {};
    break;  // the minter says it in its own words
  }
  TRY(auto session, minter_->open(access_key_id, token, now));
  TRY(auto secret, minter_->secret_for(session, token));
  auto opened =
      std::make_shared<const OpenSession>(OpenSession{std::move(session), std::move(secret)});
  const auto free = std::ranges::find_if(set, [](const Entry& entry) { return !entry.session; });
  auto& entry = free != set.end() ? *free : set[victim_++ % kWays];
  entry = {std::string(token), opened};
  return opened;
}

}  // namespace strait::identity
