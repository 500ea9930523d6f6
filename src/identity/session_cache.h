// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "identity/virtual_credential.h"
#include "journey/session.h"

// Sessions that were opened lately, so that a call costs a look-up and not a decryption. The whole
// token and the access key id are compared, never a hash alone; the end of the session is checked
// at every look-up. Failures are not kept. Bounded: a newcomer takes the place of an older one. Not
// thread-safe: one per event loop. Revocation is not asked here; the caller asks its own list, by
// session id, every time.
namespace strait::identity {

struct OpenSession {
  journey::Session session;
  Secret secret;
};

class SessionCache {
 public:
  // `minter` must outlive the cache. When masters rotate, make a new cache.
  explicit SessionCache(const CredentialMinter* minter, std::size_t entries_max = 1024);

  // As CredentialMinter::open and secret_for.
  Result<std::shared_ptr<const OpenSession>> open(std::string_view access_key_id,
                                                  std::string_view token, Timestamp now);

 private:
  struct Entry {
    std::string token;
    std::shared_ptr<const OpenSession> session;  // null: free
  };
  static constexpr std::size_t kWays = 4;  // places where one entry may stand
  const CredentialMinter* minter_;
  std::vector<Entry> entries_;
  std::uint32_t victim_ = 0;
};

}  // namespace strait::identity
