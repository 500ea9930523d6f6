// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "policy/pattern.h"

// What a session did before, as conditions ask for it: strait:calls/<action pattern> in the whole
// session, strait:calls/<window>/<action pattern> lately, strait:seen/<action pattern> ever. Pure:
// the counting is the caller's.
namespace strait::policy {

struct HistoryAsk {
  Pattern action;                 // over lower-case text
  std::optional<Seconds> window;  // none: since the session began

  bool matches(std::string_view action_as_written) const;
};

inline constexpr Seconds kHistoryWindowMax = std::chrono::hours(12);  // no session is longer

// What follows "strait:calls/" or "strait:seen/": "s3:Delete*", "1h/s3:Delete*". Windows are whole
// seconds, minutes or hours: 90s, 15m, 1h; only where `takes_window`. kInvalidConfiguration.
Result<HistoryAsk> parse_history(std::string_view tail, bool takes_window);

class History {
 public:
  // How many things were done, one for each thing that a call did it to. nullopt: that cannot be
  // known.
  virtual std::optional<std::uint64_t> done(const HistoryAsk& ask) const = 0;

 protected:
  ~History() = default;
};

}  // namespace strait::policy
