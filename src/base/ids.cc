// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <algorithm>

namespace strait {
namespace {
constexpr std::string_view kAlphabet =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford: no I, L, O, U
constexpr std::size_t kLength = 26;
}  // namespace

std::string uuid7_base32(Timestamp now, const Entropy& entropy) {
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count());
  std::array<std::uint8_t, 16> uuid{};
  for (int i = 0; i < 6; ++i)
    uuid[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  std::ranges::copy(entropy, uuid.begin() + 6);
  uuid[6] = static_cast<std::uint8_t>(0x70 | (uuid[6] & 0x0f));
  uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3f));
  // 130 bits of output for 128 of input: two zero bits stand in front, so that text order is byte
  // order.
  std::string out(kLength, '0');
  for (std::size_t digit = 0; digit < kLength; ++digit) {
    unsigned value = 0;
    for (std::size_t bit = digit * 5; bit < digit * 5 + 5; ++bit) {
      value <<= 1;
      if (bit >= 2) value |= (uuid[(bit - 2) / 8] >> (7 - (bit - 2) % 8)) & 1u;
    }
    out[digit] = kAlphabet[value];
  }
  return out;
}

bool is_uuid7_base32(std::string_view text) {
  return text.size() == kLength && text[0] <= '7' && std::ranges::all_of(text, [](char c) {
           return kAlphabet.find(c) != std::string_view::npos;
         });
}

}  // namespace strait
