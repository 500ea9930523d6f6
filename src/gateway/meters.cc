// SPDX-License-Identifier: Apache-2.0
#include "gateway/meters.h"

#include <fmt/format.h>

namespace strait::gateway {

void Meters::took(std::chrono::microseconds call) {
  const auto micros = static_cast<std::uint64_t>(call.count() < 0 ? 0 : call.count());
  bump(micros_, micros);
  std::size_t bucket = 0;
  while (bucket < kBucketMicros.size() && micros > kBucketMicros[bucket]) ++bucket;
  bump(buckets_[bucket]);
}

std::string Meters::render(const std::vector<const Meters*>& loops) {
  const auto sum = [&](auto member) {
    std::uint64_t total = 0;
    for (const auto* loop : loops) total += member(*loop).load(std::memory_order_relaxed);
    return total;
  };
  std::string out;
  const auto counter = [&](std::string_view name, std::string_view help) {
    out += fmt::format("# HELP strait_{0} {1}\n# TYPE strait_{0} counter\n", name, help);
  };
  counter("calls_total", "Calls answered, by what became of them.");
  const auto allowed = sum([](const Meters& m) -> const Count& { return m.allowed_; });
  const auto approved = sum([](const Meters& m) -> const Count& { return m.approved_; });
  out += fmt::format("strait_calls_total{{decision=\"allowed\"}} {}\n", allowed);
  out += fmt::format("strait_calls_total{{decision=\"approved\"}} {}\n", approved);
  for (std::size_t code = 0; code < kCodes; ++code) {
    const auto count = sum([&](const Meters& m) -> const Count& { return m.refused_[code]; });
    if (count > 0) {
      out += fmt::format("strait_calls_total{{decision=\"refused\",reason=\"{}\"}} {}\n",
                         name(static_cast<ErrorCode>(code)), count);
    }
  }
  counter("masked_members_total", "Members of replies that were covered.");
  out += fmt::format("strait_masked_members_total {}\n",
                     sum([](const Meters& m) -> const Count& { return m.masked_; }));
  counter("body_bytes_total", "Body bytes, by direction.");
  out += fmt::format("strait_body_bytes_total{{direction=\"to_aws\"}} {}\n",
                     sum([](const Meters& m) -> const Count& { return m.up_; }));
  out += fmt::format("strait_body_bytes_total{{direction=\"to_agent\"}} {}\n",
                     sum([](const Meters& m) -> const Count& { return m.down_; }));
  out +=
      "# HELP strait_call_seconds Time of permitted calls from head to last byte, AWS included.\n# "
      "TYPE strait_call_seconds histogram\n";
  std::uint64_t below = 0;
  for (std::size_t bucket = 0; bucket <= kBucketMicros.size(); ++bucket) {
    below += sum([&](const Meters& m) -> const Count& { return m.buckets_[bucket]; });
    const auto edge = bucket < kBucketMicros.size()
                          ? fmt::format("{:g}", static_cast<double>(kBucketMicros[bucket]) / 1e6)
                          : "+Inf";
    out += fmt::format("strait_call_seconds_bucket{{le=\"{}\"}} {}\n", edge, below);
  }
  out += fmt::format(
      "strait_call_seconds_sum {:g}\nstrait_call_seconds_count {}\n",
      static_cast<double>(sum([](const Meters& m) -> const Count& { return m.micros_; })) / 1e6,
      below);
  return out;
}

}  // namespace strait::gateway
