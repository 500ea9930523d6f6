// SPDX-License-Identifier: Apache-2.0
#pragma once
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace strait::codec {

// What ends the plain part of a JSON string: a quote, a backslash or a control character.
inline bool is_json_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// The length of the prefix without JSON specials, sixteen bytes at a time: most strings are plain
// to their end, and a Lambda package is one string of 50 MiB.
inline std::size_t plain_json_prefix(std::string_view text) {
  std::size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    const auto quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const auto slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const auto special = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), controls));
    if (special != 0)
      return i + static_cast<std::size_t>(__builtin_ctz(static_cast<unsigned>(special)));
  }
#endif
  while (i < text.size() && !is_json_special(text[i])) ++i;
  return i;
}

// The length of a prefix of blanks that is a multiple of sixteen: indentation, and padding.
inline std::size_t blanks_prefix(std::string_view text) {
  std::size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))) != 0xffff) break;
  }
#endif
  return i;
}

// How many quotes stand in a text of printable ASCII without backslashes, where every string is
// what stands between its quotes; nullopt for any other text.
inline std::optional<std::size_t> quotes_of_literal(std::string_view text) {
  std::size_t quotes = 0;
  std::size_t at = 0;
#if defined(__SSE2__)
  auto others = _mm_setzero_si128();
  auto counts = _mm_setzero_si128();  // two, of eight bytes each
  for (; at + 16 <= text.size(); at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed, so that what is from 0x80 on is less as well.
    others = _mm_or_si128(others, _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
    others = _mm_or_si128(others, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f)));
    others = _mm_or_si128(others, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    const auto found = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const auto ones = _mm_and_si128(found, _mm_set1_epi8(1));
    counts = _mm_add_epi64(counts, _mm_sad_epu8(ones, _mm_setzero_si128()));
  }
  if (_mm_movemask_epi8(others) != 0) return std::nullopt;
  quotes = static_cast<std::size_t>(_mm_cvtsi128_si64(counts)) +
           static_cast<std::size_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(counts, counts)));
#endif
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c < ' ' || c > '~' || c == '\\') return std::nullopt;
    quotes += c == '"';
  }
  return quotes;
}

// Copies `size` bytes as far as they are ASCII without JSON specials, which stands in a JSON string
// as it is. False when they are not: then it is not said how many have been copied. Looking and
// copying are one pass, of whole words also where the text is short, as names are.
inline bool copy_plain_ascii(char* to, const char* from, std::size_t size) {
#if defined(__SSE2__)
  const auto is_plain = [](__m128i bytes) {
    const auto quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const auto slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto others = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));  // signed: from 0x80 on as well
    return _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, slashes), others)) == 0;
  };
  const auto word = [&]<class T>(T, std::size_t at) {  // copies one word, and gives it
    T bytes;
    std::memcpy(&bytes, from + at, sizeof bytes);
    std::memcpy(to + at, &bytes, sizeof bytes);
    return bytes;
  };
  if (size >= 16) {
    for (std::size_t at = 0; at + 16 <= size; at += 16) {
      if (!is_plain(word(__m128i(), at))) return false;
    }
    return is_plain(word(__m128i(), size - 16));
  }
  if (size >= 8) {
    const auto first = word(std::int64_t(), 0);
    return is_plain(_mm_set_epi64x(first, word(std::int64_t(), size - 8)));
  }
  if (size >= 4) {
    const auto first = word(std::int32_t(), 0);
    const auto last = word(std::int32_t(), size - 4);
    return is_plain(_mm_set_epi32(first, last, first, last));
  }
#endif
  for (std::size_t at = 0; at < size; ++at) {
    if (is_json_special(from[at]) || static_cast<unsigned char>(from[at]) >= 0x80) return false;
    to[at] = from[at];
  }
  return true;
}

}  // namespace strait::codec
