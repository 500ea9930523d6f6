// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace strait::net {

// Lower-case form of each byte that a field name may hold (RFC 9110, 5.6.2), 0 for the others.
inline constexpr std::array<char, 256> kNameBytes = [] {
  std::array<char, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")) {
    table[static_cast<unsigned char>(c)] = c;
  }
  for (char c = 'A'; c <= 'Z'; ++c)
    table[static_cast<unsigned char>(c)] = static_cast<char>(c + 32);
  return table;
}();

// At kCaseBits + 16 - n: what makes the first n of sixteen letters lower-case.
inline constexpr std::array<char, 32> kCaseBits = [] {
  std::array<char, 32> table{};
  for (std::size_t at = 0; at < 16; ++at) table[at] = 0x20;
  return table;
}();

// The first of the sixteen bytes at `at` that is no letter, digit or dash, or 16; letters before it
// are made lower-case. Nearly every name that is sent consists of nothing else.
inline std::size_t lower_usual(char* at) {
#ifdef __SSE2__
  // Unsigned `first <= b < first + count`, in the signed comparison that there is.
  const auto within = [](__m128i bytes, char first, int count) {
    const auto moved = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - first)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8(static_cast<char>(-128 + count)));
  };
  const auto load = [](const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  const __m128i bytes = load(at);
  const __m128i letter = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 26);
  const __m128i other =
      _mm_or_si128(within(bytes, '0', 10), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  const auto usual = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letter, other)));
  const auto count = static_cast<std::size_t>(__builtin_ctz(~usual));
  const __m128i lower = _mm_and_si128(letter, load(kCaseBits.data() + 16 - count));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), _mm_or_si128(bytes, lower));
  return count;
#else
  std::size_t count = 0;
  for (; count < 16; ++count) {
    const char lower = kNameBytes[static_cast<unsigned char>(at[count])];
    if (lower != '-' && (lower < '0' || lower > '9') && (lower < 'a' || lower > 'z')) break;
    at[count] = lower;
  }
  return count;
#endif
}

// Makes a field name lower-case where it stands, and returns its end: the first byte that names
// cannot hold, or `refused`. There must be one, and 15 bytes after it that are the caller's too.
inline char* lower_name(char* at, char refused) {
  while (true) {
    const auto usual = lower_usual(at);
    at += usual;
    if (usual == 16) continue;
    const char lower = kNameBytes[static_cast<unsigned char>(*at)];
    if (lower == 0 || lower == refused) return at;
    *at++ = lower;
  }
}

}  // namespace strait::net
