// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace strait::journey {

// Who a token says somebody is, after identity has verified it.
struct Principal {
  std::string issuer;   // exact issuer URL
  std::string subject;  // "sub"
  // Every string, number, boolean and list-of-string claim, as text, in name order.
  std::vector<std::pair<std::string, std::vector<std::string>>> claims;
  const std::vector<std::string>* claim(std::string_view name) const;
};

// One agent's sitting: identity, role, virtual credential, expiry. Travels sealed in the agent's
// session token, so any node can rebuild it without a database.
struct Session {
  SessionId id;
  Principal principal;
  std::string role;           // "arn:aws:iam::123456789012:role/developer"
  std::string name;           // RoleSessionName, [\w+=,.@-]{2,64}
  std::string access_key_id;  // "STRT" and 16 base32 characters
  Timestamp issued{};
  Timestamp expires{};

  std::string account() const;      // the role's
  std::string role_name() const;    // "developer": what follows the last '/'
  std::string assumed_arn() const;  // "arn:aws:sts::123456789012:assumed-role/developer/<name>"
};

}  // namespace strait::journey
