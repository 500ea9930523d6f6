// SPDX-License-Identifier: Apache-2.0
#include "mask/json_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace strait::mask {

namespace {

// Bit i says something of byte i of a block of 64.
struct Block {
  std::uint64_t quotes = 0, backslashes = 0, opens = 0, closes = 0;
};

#if defined(__SSE2__)

std::uint64_t equal(const __m128i (&bytes)[4], char c) {
  const auto wanted = _mm_set1_epi8(c);
  std::uint64_t bits = 0;
  for (int at = 0; at < 4; ++at) {
    const auto mask =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes[at], wanted)));
    bits |= std::uint64_t{mask} << (16 * at);
  }
  return bits;
}

Block classify(const char* text) {
  __m128i bytes[4], folded[4];
  const auto fold = _mm_set1_epi8(0x20);  // '[' and '{', ']' and '}' differ in this bit alone
  for (int at = 0; at < 4; ++at) {
    bytes[at] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + 16 * at));
    folded[at] = _mm_or_si128(bytes[at], fold);
  }
  return {equal(bytes, '"'), equal(bytes, '\\'), equal(folded, '{'), equal(folded, '}')};
}

#else

Block classify(const char* text) {
  Block block;
  for (int at = 0; at < 64; ++at) {
    const auto bit = std::uint64_t{1} << at;
    const char c = text[at];
    if (c == '"') block.quotes |= bit;
    if (c == '\\') block.backslashes |= bit;
    if (c == '{' || c == '[') block.opens |= bit;
    if (c == '}' || c == ']') block.closes |= bit;
  }
  return block;
}

#endif

// Which bytes a backslash escapes: those after an odd run of them. `carry` goes from block to
// block.
std::uint64_t escaped_bytes(std::uint64_t backslashes, bool& carry) {
  if (backslashes == 0) {
    const std::uint64_t first = carry ? 1 : 0;
    carry = false;
    return first;
  }
  std::uint64_t escaped = 0;
  bool next = carry;
  for (int at = 0; at < 64;) {
    if (next) {
      escaped |= std::uint64_t{1} << at;
      next = false;
      ++at;
      continue;
    }
    const auto rest = backslashes >> at;
    if (rest == 0) break;
    at += std::countr_zero(rest) + 1;
    next = true;
  }
  carry = next;
  return escaped;
}

// Bit i is the parity of the bits 0 to i.
std::uint64_t running_parity(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<unsigned> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  unsigned value = 0;
  for (int at = 0; at < 4; ++at) {
    const char c = text[at];
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return value;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

// One escape at the front of `raw`, which begins with a backslash: how long it is, or 0.
std::size_t unescape_one(std::string_view raw, std::string& out) {
  constexpr std::string_view kShort = "\"\\/bfnrt", kMeaning = "\"\\/\b\f\n\r\t";
  if (raw.size() < 2) return 0;
  if (const auto at = kShort.find(raw[1]); at != std::string_view::npos) {
    out.push_back(kMeaning[at]);
    return 2;
  }
  if (raw[1] != 'u') return 0;
  const auto first = hex4(raw.substr(2));
  if (!first || (*first >= 0xdc00 && *first < 0xe000)) return 0;
  if (*first < 0xd800 || *first >= 0xe000) {
    append_utf8(out, *first);
    return 6;
  }
  if (raw.size() < 12 || raw[6] != '\\' || raw[7] != 'u') return 0;
  const auto second = hex4(raw.substr(8));
  if (!second || *second < 0xdc00 || *second >= 0xe000) return 0;
  append_utf8(out, 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00));
  return 12;
}

}  // namespace

StringEnd find_string_end(std::string_view text, std::size_t at, bool lenient) {
  StringEnd end;
  while (at < text.size()) {
#if defined(__SSE2__)
    while (at + 16 <= text.size()) {
      const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
      const auto quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
      const auto backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
      const auto control = lenient
                               ? _mm_setzero_si128()
                               : _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
      const auto found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
      if (found != 0) {
        at += static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(found)));
        break;
      }
      at += 16;
    }
    if (at >= text.size()) break;
#endif
    const char c = text[at];
    if (c == '"') {
      end.quote = at;
      return end;
    }
    if (c == '\\') {
      end.escapes = true;
      ++at;
    } else if (!lenient && static_cast<unsigned char>(c) < 0x20) {
      end.malformed = true;
      return end;
    }
    ++at;
  }
  return end;
}

std::size_t skip_json(std::string_view text, std::size_t at, JsonSkip& state,
                      std::size_t long_string) {
  char padded[64];
  while (at < text.size()) {
    const auto size = std::min<std::size_t>(64, text.size() - at);
    const char* bytes = text.data() + at;
    if (size < 64) {
      std::memset(padded, ' ', sizeof padded);
      std::memcpy(padded, bytes, size);
      bytes = padded;
    }
    auto block = classify(bytes);
    bool carry = state.escaped;
    const auto escaped = escaped_bytes(block.backslashes, carry);
    // A backslash in the last byte escapes the byte after this piece, not the padding.
    state.escaped = size == 64 ? carry : (block.backslashes & ~escaped) >> (size - 1) & 1;
    block.quotes &= ~escaped;
    if (state.in_string && block.quotes != 0) {
      const auto quote = at + static_cast<std::size_t>(std::countr_zero(block.quotes));
      if (long_string != std::string_view::npos && quote - state.last_open - 1 > long_string) {
        state.at_long = true;
        return state.last_open;
      }
    }
    const auto inside = running_parity(block.quotes) ^ (state.in_string ? ~std::uint64_t{0} : 0);
    if (const auto opening = block.quotes & inside; opening != 0) {
      state.last_open = at + 63 - static_cast<std::size_t>(std::countl_zero(opening));
    }
    const auto opens = block.opens & ~inside;
    const auto closes = block.closes & ~inside;
    const auto closings = static_cast<std::uint64_t>(std::popcount(closes));
    // Where the value may end: a closing bracket, or, when it is a string, a closing quote.
    if (state.depth > closings) {
      state.depth += static_cast<std::uint64_t>(std::popcount(opens)) - closings;
    } else {
      const auto quote_ends = block.quotes & ~inside;
      for (auto marks = opens | closes | quote_ends; marks != 0; marks &= marks - 1) {
        const auto bit = marks & -marks;
        if (opens & bit) ++state.depth;
        if ((closes & bit) && state.depth > 0) --state.depth;
        if (!(opens & bit) && state.depth == 0) {
          state = JsonSkip{};
          return at + static_cast<std::size_t>(std::countr_zero(marks)) + 1;
        }
      }
    }
    state.in_string = inside >> 63;
    at += size;
  }
  return text.size();
}

std::optional<std::size_t> unescape_json(std::string_view raw, std::string& out,
                                         std::size_t enough) {
  std::size_t at = 0;
  enough = std::min(enough, raw.size());
  while (at < enough) {
    const auto backslash = std::min(raw.find('\\', at), enough);
    out.append(raw, at, backslash - at);
    at = backslash;
    if (at >= enough) break;
    const auto used = unescape_one(raw.substr(at), out);
    if (used == 0) return std::nullopt;
    at += used;
  }
  return at;
}

bool is_json_scalar(std::string_view token) {
  if (token == "true" || token == "false" || token == "null") return true;
  std::size_t at = token.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const auto from = at;
    while (at < token.size() && is_digit(token[at])) ++at;
    return at > from;
  };
  if (at < token.size() && token[at] == '0')
    ++at;
  else if (!digits())
    return false;
  if (at < token.size() && token[at] == '.') {
    ++at;
    if (!digits()) return false;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    ++at;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    if (!digits()) return false;
  }
  return at == token.size();
}

}  // namespace strait::mask
