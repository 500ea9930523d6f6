// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace strait::sigv4 {

// Puts a text together in memory of the caller, and in its own when that is full. A signature is
// made of some sixty short texts: here one look at the room serves for several, and nothing is
// filled before it is written to.
class TextWriter {
 public:
  explicit TextWriter(std::span<char> room) : bytes_(room.data()), capacity_(room.size()) {}
  TextWriter(const TextWriter&) = delete;
  TextWriter& operator=(const TextWriter&) = delete;

  // All of `texts`, one behind the other.
  template <class... Text>
  void put(const Text&... texts) {
    const std::size_t bytes = (view(texts).size() + ...);
    char* at = room(bytes);
    ((at = copy(at, view(texts))), ...);
    size_ += bytes;
  }
  // What `put(at)` writes from `at` on, at most `bytes`, and returns the end of.
  template <class Put>
  void append(std::size_t bytes, Put put) {
    char* const at = room(bytes);  // may move bytes_
    size_ = static_cast<std::size_t>(put(at) - bytes_);
  }

  std::string_view text() const { return {bytes_, size_}; }
  void clear() { size_ = 0; }

 private:
  static std::string_view view(std::string_view text) { return text; }
  template <std::size_t kSize>
  static std::string_view view(const char (&literal)[kSize]) {
    return {literal, kSize - 1};
  }
  char* room(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
    return bytes_ + size_;
  }
  [[gnu::cold, gnu::noinline]] void grow(std::size_t bytes) {
    capacity_ = 2 * (capacity_ + bytes);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity_);
    std::memcpy(grown.get(), bytes_, size_);
    bytes_ = grown.get();
    own_ = std::move(grown);
  }

  char* bytes_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::unique_ptr<char[]> own_;
};

}  // namespace strait::sigv4
