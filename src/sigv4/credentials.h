// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "journey/scope.h"

namespace strait::sigv4 {

// A real AWS credential, as `keys` obtained it. Only the signer reads it; it is never shown, sent
// or written.
struct AwsCredentials {
  std::string access_key_id;
  Secret secret_key;
  Secret session_token;              // empty for long-lived keys
  std::optional<Timestamp> expires;  // nullopt: does not expire by itself
  std::shared_ptr<const journey::SessionPolicy> scope = nullptr;  // null: not cut down
};

}  // namespace strait::sigv4
