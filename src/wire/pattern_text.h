// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// The spelling of a journey::Need that is a pattern.
namespace strait::wire {

// Appends `text` so that every character of it is itself: `*` as "${*}", `?` as "${?}" and `$`,
// which would begin one of these, as "${$}".
inline void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '$') {
      out.append("${").append(1, c).append(1, '}');
    } else {
      out += c;
    }
  }
}

inline std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

}  // namespace strait::wire
