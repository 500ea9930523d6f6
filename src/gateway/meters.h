// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

namespace strait::gateway {

// What one loop counts. Only its own thread writes, so a count costs no more than a plain store;
// any thread may read.
class Meters {
 public:
  void allowed() { bump(allowed_); }
  void approved() { bump(approved_); }
  void refused(ErrorCode code) { bump(refused_[static_cast<std::size_t>(code)]); }
  void masked(std::size_t members) { bump(masked_, members); }
  void bytes(std::uint64_t up, std::uint64_t down) {
    bump(up_, up);
    bump(down_, down);
  }
  void took(std::chrono::microseconds call);  // a permitted call, from its head to its last byte

  // Prometheus text exposition format 0.0.4 of the sum over all loops.
  static std::string render(const std::vector<const Meters*>& loops);

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::size_t kCodes = static_cast<std::size_t>(ErrorCode::kInternal) + 1;
  static constexpr std::array<std::uint64_t, 10> kBucketMicros{50,   100,  250,   500,    1000,
                                                               2500, 5000, 10000, 100000, 1000000};

  static void bump(Count& count, std::uint64_t by = 1) {
    count.store(count.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  Count allowed_{0}, approved_{0}, masked_{0}, up_{0}, down_{0}, micros_{0};
  std::array<Count, kCodes> refused_{};
  std::array<Count, kBucketMicros.size() + 1> buckets_{};
};

}  // namespace strait::gateway
