// SPDX-License-Identifier: Apache-2.0
#include "codec/base64.h"

#include <array>
#include <cstdint>

namespace strait::codec {
namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0x80;  // no sextet has this bit

constexpr std::array<std::uint8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kInvalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}

constexpr auto kStandardReverse = reverse(kStandard);
constexpr auto kUrlReverse = reverse(kUrl);

// The 1 to 3 bytes at the end become 2 to 4 characters without padding.
void encode(std::string& out, std::string_view bytes, std::string_view alphabet) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  auto position = out.size();
  const auto rest = bytes.size() % 3;
  out.resize(position + bytes.size() / 3 * 4 + (rest == 0 ? 0 : rest + 1));
  auto* to = out.data() + position;
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned group =
        static_cast<unsigned>(at(i)) << 16 | static_cast<unsigned>(at(i + 1)) << 8 | at(i + 2);
    for (int shift = 18; shift >= 0; shift -= 6) *to++ = alphabet[(group >> shift) & 63];
  }
  if (rest == 0) return;
  const unsigned group =
      static_cast<unsigned>(at(i)) << 16 | (rest == 2 ? static_cast<unsigned>(at(i + 1)) << 8 : 0);
  *to++ = alphabet[group >> 18];
  *to++ = alphabet[(group >> 12) & 63];
  if (rest == 2) *to++ = alphabet[(group >> 6) & 63];
}

// `text` without padding.
std::optional<std::string> decode(std::string_view text,
                                  const std::array<std::uint8_t, 256>& table) {
  const auto rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const auto at = [&](std::size_t i) {
    return static_cast<unsigned>(table[static_cast<unsigned char>(text[i])]);
  };
  std::string out(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  auto* to = out.data();
  unsigned seen = 0;
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const unsigned a = at(i), b = at(i + 1), c = at(i + 2), d = at(i + 3);
    seen |= a | b | c | d;
    const unsigned group = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(group >> 16);
    *to++ = static_cast<char>(group >> 8);
    *to++ = static_cast<char>(group);
  }
  if (rest != 0) {
    const unsigned a = at(i), b = at(i + 1), c = rest == 3 ? at(i + 2) : 0;
    seen |= a | b | c;
    const unsigned group = a << 18 | b << 12 | c << 6;
    *to++ = static_cast<char>(group >> 16);
    if (rest == 3) *to++ = static_cast<char>(group >> 8);
    if ((group & (rest == 3 ? 0xffu : 0xffffu)) != 0)
      return std::nullopt;  // bits that no encoder writes
  }
  if ((seen & kInvalid) != 0) return std::nullopt;
  return out;
}

}  // namespace

void base64_encode(std::string& out, std::string_view bytes) {
  encode(out, bytes, kStandard);
  if (bytes.size() % 3 != 0) out.append(3 - bytes.size() % 3, '=');
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  base64_encode(out, bytes);
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode(text, kStandardReverse);
}

std::string base64url_encode(std::string_view bytes) {
  std::string out;
  encode(out, bytes, kUrl);
  return out;
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, kUrlReverse);
}

}  // namespace strait::codec
