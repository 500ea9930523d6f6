// SPDX-License-Identifier: Apache-2.0
#include "crypto/compare.h"

#include <cstdint>
#include <cstring>

namespace strait::crypto {
namespace {

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

}  // namespace

// All words, then what is left, byte by byte. The empty asm hides from the compiler what is known
// of the difference so far, so that it cannot leave early.
bool constant_time_equal(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  std::uint64_t difference = 0;
  const char* a = left.data();
  const char* b = right.data();
  auto rest = left.size();
  for (; rest >= 8; a += 8, b += 8, rest -= 8) {
    difference |= word_at(a) ^ word_at(b);
    __asm__("" : "+r"(difference));
  }
  for (; rest > 0; ++a, ++b, --rest) {
    difference |= static_cast<std::uint64_t>(*a ^ *b);
    __asm__("" : "+r"(difference));
  }
  return difference == 0;
}

}  // namespace strait::crypto
