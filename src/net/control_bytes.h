// SPDX-License-Identifier: Apache-2.0
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace strait::net {

// The first control byte (below 0x20, or DEL) at or after `at`; `end` when there is none. Sixteen
// bytes at a time: every header value passes through here on its way in and out.
inline const char* find_control(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i blank = _mm_set1_epi8(0x1f);
  const __m128i del = _mm_set1_epi8(0x7f);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // min(b, 0x1f) == b  <=>  b <= 0x1f, unsigned.
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, blank), bytes);
    const int mask = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, del)));
    if (mask != 0) return at + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (at != end && static_cast<unsigned char>(*at) > 0x1f && *at != 0x7f) ++at;
  return at;
}

}  // namespace strait::net
