// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Texts that are mostly short, copied and compared where that is asked for: a head or a signature
// is put together from a hundred of them, and each is a few moves where memcpy() is a call. What is
// copied does not overlap with where it goes.
namespace strait {

using Bytes16 = std::uint8_t __attribute__((vector_size(16)));

template <class Word>
Word word_at(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Of a text of one to two words: both ends, which may overlap.
template <class Word>
std::array<Word, 2> copy_ends(char* to, std::string_view text) {
  const auto last = text.size() - sizeof(Word);
  const std::array<Word, 2> ends{word_at<Word>(text.data()), word_at<Word>(text.data() + last)};
  std::memcpy(to, &ends[0], sizeof(Word));
  std::memcpy(to + last, &ends[1], sizeof(Word));
  return ends;
}

// The end of the copy.
inline char* copy(char* to, std::string_view text) {
  const auto size = text.size();
  if (size > 32) {
    std::memcpy(to, text.data(), size);
  } else if (size >= 16) {
    copy_ends<Bytes16>(to, text);
  } else if (size >= 8) {
    copy_ends<std::uint64_t>(to, text);
  } else if (size >= 4) {
    copy_ends<std::uint32_t>(to, text);
  } else if (size != 0) {
    const char* const from = text.data();
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
  return to + size;
}

// What `a == b` says: whole words, the last of them over the one before it.
inline bool same(std::string_view a, std::string_view b) {
  const auto size = a.size();
  if (size != b.size()) return false;
  const char* const at = a.data();
  const char* const of = b.data();
  const auto differ = [=]<class Word>(Word, std::size_t from) {
    return word_at<Word>(at + from) ^ word_at<Word>(of + from);
  };
  constexpr std::size_t kLong = 64;
  if (size > kLong) return std::memcmp(at, of, size) == 0;
  if (size >= 8) {
    for (std::size_t from = 0; from + 8 < size; from += 8) {
      if (differ(std::uint64_t(), from) != 0) return false;
    }
    return differ(std::uint64_t(), size - 8) == 0;
  }
  if (size >= 4) return (differ(std::uint32_t(), 0) | differ(std::uint32_t(), size - 4)) == 0;
  return size == 0 ||
         (at[0] == of[0] && at[size / 2] == of[size / 2] && at[size - 1] == of[size - 1]);
}

// Copies, and says whether `test` holds of any byte of the text. It is given Bytes16, or one byte.
template <class Test>
bool copy_and_test(char* to, std::string_view text, Test test) {
  using Words = std::uint64_t __attribute__((vector_size(16)));
  const auto any = [](Words found) { return (found[0] | found[1]) != 0; };
  const auto size = text.size();
  if (size >= sizeof(Bytes16)) {
    const auto step = [&](std::size_t at) {
      const auto bytes = word_at<Bytes16>(text.data() + at);
      std::memcpy(to + at, &bytes, sizeof(bytes));
      return reinterpret_cast<Words>(test(bytes));
    };
    const auto last = size - sizeof(Bytes16);
    Words found = step(last);
    for (std::size_t at = 0; at < last; at += sizeof(Bytes16)) found |= step(at);
    return any(found);
  }
  if (size >= 8) {
    const auto ends = std::bit_cast<Bytes16>(copy_ends<std::uint64_t>(to, text));
    return any(reinterpret_cast<Words>(test(ends)));
  }
  bool found = false;
  for (std::size_t at = 0; at < size; ++at) {
    to[at] = text.data()[at];
    found |= test(static_cast<std::uint8_t>(to[at])) != 0;
  }
  return found;
}

}  // namespace strait
