// SPDX-License-Identifier: Apache-2.0
#include "gateway/role_limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace strait::gateway {

std::vector<std::string_view> RoleLimits::levels() const {
  std::vector<std::string_view> out;
  for (const auto& spend : spends) {
    if (std::ranges::find(out, spend.level) == out.end()) out.push_back(spend.level);
  }
  return out;
}

std::optional<std::string> overspends(const RoleLimits& limits,
                                      std::span<const journey::Need> needs,
                                      const Histories::Hold& past,
                                      const Histories::LevelOf& level_of) {
  for (const auto& spend : limits.spends) {
    const auto wanted =
        static_cast<std::uint64_t>(std::ranges::count_if(needs, [&](const journey::Need& need) {
          return !need.deny_only && level_of(need.action) == spend.level;
        }));
    if (wanted == 0) continue;
    const auto done = past.done_of_level(spend.level, spend.window);
    if (!done) return "it cannot be known how much was done before, and its role is limited";
    if (*done + wanted <= spend.max) continue;
    return fmt::format(
        "its role may do {} things of access level {} in {} s, has done {}, and this call is {} "
        "more",
        spend.max, spend.level, spend.window.count(), *done, wanted);
  }
  return std::nullopt;
}

void keep_limited(std::vector<std::string_view>& actions, std::uint64_t missing,
                  const RoleLimits& limits, const Histories::LevelOf& level_of) {
  const auto levels = limits.levels();
  std::erase_if(actions, [&](std::string_view action) {
    return std::ranges::find(levels, level_of(action)) == levels.end();
  });
  if (missing == 0) return;
  const auto listed = actions;
  for (const auto level : levels) {
    std::string_view stands_for = "?";
    for (const auto action : listed) {
      if (level_of(action) == level) stands_for = action;
    }
    actions.insert(actions.end(), missing, stands_for);
  }
}

double Rates::filled(const Bucket& bucket, std::uint32_t per_second, Timestamp now) {
  const auto passed = std::chrono::duration<double>(std::max(now, bucket.at) - bucket.at).count();
  return std::min<double>(per_second, bucket.tokens + passed * per_second);
}

bool Rates::take(const std::string& key, std::uint32_t per_second, Timestamp now) {
  auto& stripe = stripes_[std::hash<std::string>{}(key) % kStripes];
  const std::lock_guard lock(stripe.mutex);
  auto found = stripe.buckets.find(key);
  if (found == stripe.buckets.end()) {
    const auto max = std::max<std::size_t>(1, buckets_max_ / kStripes);
    if (stripe.buckets.size() >= max) {
      std::erase_if(stripe.buckets, [&](const auto& item) {
        const auto& bucket = item.second;
        return filled(bucket, bucket.per_second, now) >= bucket.per_second;
      });
    }
    if (stripe.buckets.size() >= max) return false;
    found =
        stripe.buckets.emplace(key, Bucket{static_cast<double>(per_second), now, per_second}).first;
  }
  auto& bucket = found->second;
  bucket = {filled(bucket, per_second, now), std::max(now, bucket.at), per_second};
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace strait::gateway
