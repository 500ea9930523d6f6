// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/histories.h"

// How fast, and how much, one principal may act in a role, whatever its policies allow.
namespace strait::gateway {

struct RoleLimits {
  // Of one of AWS's access levels: so many things a window. A call that does it to several things
  // counts for each.
  struct Spend {
    std::string level;  // "Write"
    std::uint64_t max = 0;
    Seconds window{0};
  };
  std::uint32_t calls_per_second = 0;  // 0: as many as come
  std::vector<Spend> spends;

  std::vector<std::string_view> levels() const;  // that are limited, each once; views of `spends`
  bool any() const { return calls_per_second > 0 || !spends.empty(); }
};
inline constexpr Seconds kSpendWindowMax = std::chrono::hours(24);
inline constexpr std::uint64_t kSpendMax = 10'000;

// Why a call with these needs is one too many: "its role may ..."; nullopt: it is not.
std::optional<std::string> overspends(const RoleLimits& limits,
                                      std::span<const journey::Need> needs,
                                      const Histories::Hold& past,
                                      const Histories::LevelOf& level_of);

// Of a recorded call, leaves the actions that are of a limited level. `missing` more were done than
// the record lists: they count on each limited level, as the last action listed there, else as one
// that nobody knows.
void keep_limited(std::vector<std::string_view>& actions, std::uint64_t missing,
                  const RoleLimits& limits, const Histories::LevelOf& level_of);

// A token bucket for each principal in a role, a second deep. Any thread. Bounded: when there is no
// room, buckets that are full go; if none is, the answer is no.
class Rates {
 public:
  explicit Rates(std::size_t buckets_max = 16'384) : buckets_max_(buckets_max) {}
  bool take(const std::string& key, std::uint32_t per_second, Timestamp now);

 private:
  struct Bucket {
    double tokens = 0;
    Timestamp at{};
    std::uint32_t per_second = 0;
  };
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<std::string, Bucket> buckets;  // guarded by it
  };
  static double filled(const Bucket& bucket, std::uint32_t per_second, Timestamp now);

  static constexpr std::size_t kStripes = 16;
  const std::size_t buckets_max_;
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace strait::gateway
