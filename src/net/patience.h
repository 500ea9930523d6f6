// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "base/limits.h"

namespace strait::net {

// How long a server waits for a client. Tests shorten it; everybody else takes the limits as they
// are.
struct Patience {
  std::chrono::milliseconds head = limits::kHeadDeadline;  // from a head's first byte to its end
  std::chrono::milliseconds idle = limits::kIdleDeadline;  // between two requests
  std::chrono::milliseconds stall = limits::kBodyStallDeadline;  // bodies, each way
  std::chrono::milliseconds linger =
      limits::kLingerDeadline;  // for the client to close after the last reply
};

}  // namespace strait::net
