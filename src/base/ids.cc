// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <algorithm>
#include <array>

namespace strait {
namespace {
constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: no I, L, O, U
}  // namespace

UuidText uuid7_base32(Timestamp now, const Entropy& entropy) {
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  std::uint64_t high = millis << 16;
  std::uint64_t low = 0;
  high |= static_cast<std::uint64_t>(0x70 | (entropy[0] & 0x0f)) << 8 | entropy[1];
  for (std::size_t at = 2; at < entropy.size(); ++at) low = low << 8 | entropy[at];
  low = (low & ~(std::uint64_t{3} << 62)) | std::uint64_t{2} << 62;
  // 130 bits of output for 128 of input: two zero bits stand in front, so that text order is byte
  // order. The halves meet in digit 13: a bit of the high one and four of the low one.
  UuidText out;
  const auto put = [&out](std::size_t first, std::size_t end, std::uint64_t bits) {
    for (; end > first; bits >>= 5) out[--end] = kAlphabet[bits & 31];
  };
  put(0, 13, high >> 1);
  put(13, 14, (high & 1) << 4 | low >> 60);
  put(14, kUuidDigits, low);
  return out;
}

bool is_uuid7_base32(std::string_view text) {
  static constexpr auto kIsDigit = [] {
    std::array<bool, 256> table{};
    for (const char c : kAlphabet) table[static_cast<unsigned char>(c)] = true;
    return table;
  }();
  return text.size() == kUuidDigits && text[0] <= '7' &&
         std::ranges::all_of(text, [](char c) { return kIsDigit[static_cast<unsigned char>(c)]; });
}

}  // namespace strait
