// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <openssl/err.h>

#include <string>

#include "base/result.h"

namespace strait::net {

// What OpenSSL says went wrong last, in its words; empties its queue.
inline std::string last_tls_error() {
  const auto code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "the connection was cut off" : reason;
}

inline std::unexpected<Error> tls_error(std::string message) {
  return fail(ErrorCode::kInvalidConfiguration, std::move(message), last_tls_error());
}

}  // namespace strait::net
