// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace strait::ledger {

namespace plain_text {

using Bytes = signed char __attribute__((vector_size(16)));
using Words = std::uint64_t __attribute__((vector_size(16)));

template <class T>
T copied(char* to, const char* from) {
  T content;
  std::memcpy(&content, from, sizeof(content));
  std::memcpy(to, &content, sizeof(content));
  return content;
}

// Ones where a byte is special. As signed numbers, those that are not ASCII are below the blank
// too. The ones are taken as words, which the compiler just ors.
inline Words special(Bytes bytes) {
  const auto ones = [](auto found) { return reinterpret_cast<Words>(found); };
  return ones(bytes < ' ') | ones(bytes == '"') | ones(bytes == '\\') | ones(bytes == 0x7f);
}

// Copies one to fifteen bytes, which it gives as sixteen: some of them twice.
inline Bytes copied_short(char* to, const char* from, std::size_t size) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (size >= 8) {
    first = copied<std::uint64_t>(to, from);
    last = copied<std::uint64_t>(to + size - 8, from + size - 8);
  } else if (size >= 4) {
    first = copied<std::uint32_t>(to, from);
    last = copied<std::uint32_t>(to + size - 4, from + size - 4);
    first = last = first | last << 32;
  } else {
    constexpr std::uint64_t kBlanks = 0x2020202020000000;
    first = copied<std::uint8_t>(to, from);
    const std::uint64_t middle = copied<std::uint8_t>(to + size / 2, from + size / 2);
    last = copied<std::uint8_t>(to + size - 1, from + size - 1);
    first = last = kBlanks | first | middle << 8 | last << 16;
  }
  return reinterpret_cast<Bytes>(Words{first, last});
}

}  // namespace plain_text

// Copies `text`, and says whether JSON takes it as it is: printable ASCII but for quote and
// backslash. Sixteen bytes at a time, the last of them first.
inline bool copy_plain(char* to, std::string_view text) {
  using namespace plain_text;
  const auto size = text.size();
  const char* const from = text.data();
  Words found{};
  if (size >= 16) {
    found = special(copied<Bytes>(to + size - 16, from + size - 16));
    for (std::size_t at = 0; at < size - 16; at += 16)
      found |= special(copied<Bytes>(to + at, from + at));
  } else if (size > 0) {
    found = special(copied_short(to, from, size));
  }
  return (found[0] | found[1]) == 0;
}

}  // namespace strait::ledger
