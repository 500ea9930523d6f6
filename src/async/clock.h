// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/time.h"

namespace strait::async {

// The one place that reads real time. Rooms that wait hold a Clock; thinking rooms are handed
// `now`.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

}  // namespace strait::async
