// SPDX-License-Identifier: Apache-2.0
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace strait::net {

// A control byte is one below 0x20, or DEL.
inline bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

#ifdef __SSE2__
// Which of the sixteen bytes at `at` are control bytes: a bit each.
inline unsigned controls(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // min(b, 0x1f) == b  <=>  b <= 0x1f, unsigned.
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, del)));
}
#endif

// The first control byte at or after `at`. There must be one, and 15 bytes after it that can be
// read.
inline char* next_control(char* at) {
#ifdef __SSE2__
  for (;; at += 16) {
    if (const auto found = controls(at); found != 0) return at + __builtin_ctz(found);
  }
#else
  while (!is_control(*at)) ++at;
  return at;
#endif
}

}  // namespace strait::net
