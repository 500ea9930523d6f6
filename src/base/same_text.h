// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace strait {

// What `a == b` says, in place. That calls memcmp, and names and words are compared sooner than it
// is called: whole words of eight or four bytes, the last of them over the one before it.
inline bool same_text(std::string_view a, std::string_view b) {
  const auto size = a.size();
  if (size != b.size()) return false;
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word one, other;
    std::memcpy(&one, a.data() + at, sizeof one);
    std::memcpy(&other, b.data() + at, sizeof other);
    return one ^ other;
  };
  constexpr std::size_t kLong = 64;
  if (size > kLong) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (differ(std::uint64_t(), at) != 0) return false;
    }
    return differ(std::uint64_t(), size - 8) == 0;
  }
  if (size >= 4) return (differ(std::uint32_t(), 0) | differ(std::uint32_t(), size - 4)) == 0;
  for (std::size_t at = 0; at < size; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

}  // namespace strait
