// SPDX-License-Identifier: Apache-2.0
#include "policy/history.h"

#include <charconv>

#include "base/ascii.h"

namespace strait::policy {
namespace {

std::optional<Seconds> parse_window(std::string_view text) {
  long count = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, count);
  if (failed != std::errc{} || end - stopped != 1 || count < 1 || count > 1'000'000)
    return std::nullopt;
  switch (*stopped) {
    case 's': return Seconds(count);
    case 'm': return Seconds(count * 60);
    case 'h': return Seconds(count * 3600);
    default: return std::nullopt;
  }
}

}  // namespace

bool HistoryAsk::matches(std::string_view action_as_written) const {
  return action.matches(lowered(action_as_written));
}

Result<HistoryAsk> parse_history(std::string_view tail, bool takes_window) {
  std::optional<Seconds> window;
  auto action = tail;
  if (const auto slash = tail.find('/'); slash != std::string_view::npos) {
    window = parse_window(tail.substr(0, slash));
    if (!takes_window || !window || *window > kHistoryWindowMax) {
      return fail(ErrorCode::kInvalidConfiguration,
                  "write strait:calls/s3:DeleteObject, or with a window of at most 12h "
                  "strait:calls/1h/s3:DeleteObject; strait:seen/ takes no window: " +
                      quoted(tail));
    }
    action = tail.substr(slash + 1);
  }
  if (action.find(':') == std::string_view::npos && action != "*") {
    return fail(ErrorCode::kInvalidConfiguration,
                quoted(action) + " is no action: write strait:calls/s3:DeleteObject");
  }
  TRY(auto pattern, Pattern::compile(action, Grammar::kPlain, Dialect::k2008, true));
  return HistoryAsk{std::move(pattern), window};
}

}  // namespace strait::policy
