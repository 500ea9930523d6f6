// SPDX-License-Identifier: Apache-2.0
#include "async/clock.h"

namespace strait::async {

Timestamp SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace strait::async
