// SPDX-License-Identifier: Apache-2.0
#pragma once
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include <cstddef>
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

// Whether `text` is ASCII without JSON specials, and so stands in a JSON string as it is.
inline bool is_plain_ascii(std::string_view text) {
  std::size_t i = 0;
#if defined(__SSE2__)
  for (; i + 16 <= text.size(); i += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    if (_mm_movemask_epi8(bytes) != 0) return false;
  }
#endif
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return plain_json_prefix(text) == text.size();
}

}  // namespace strait::codec
