// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <string_view>

// Condition keys are the same in any case.
namespace strait::wire {

inline bool same_key(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return a.size() == b.size() && (a == b || std::ranges::equal(a, b, {}, lower, lower));
}

inline bool key_begins(std::string_view key, std::string_view prefix) {
  return key.size() >= prefix.size() && same_key(key.substr(0, prefix.size()), prefix);
}

}  // namespace strait::wire
