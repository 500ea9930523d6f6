// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace strait::ledger {

// Writes JSON for leaves to the end of a string, which is complete once finish() was called. Unlike
// codec::JsonWriter it takes names that are known to need no escape, copies values that need none,
// and asks the string for room once a value, not once a byte: a record has some thirty members, and
// this is on the path of every call.
class BodyText {
 public:
  explicit BodyText(std::string& out) : out_(out), used_(out.size()) {
    out_.resize(out_.capacity());
  }

  BodyText& begin_object() { return open('{'); }
  BodyText& end_object() { return close('}'); }
  BodyText& begin_array() { return open('['); }
  BodyText& end_array() { return close(']'); }
  BodyText& key(std::string_view plain_name) {
    char* at = room(plain_name.size() + 4);
    if (needs_comma_) *at++ = ',';
    *at++ = '"';
    at = copy(at, plain_name);
    *at++ = '"';
    *at++ = ':';
    needs_comma_ = false;
    return at_is(at);
  }

  BodyText& value(std::string_view text) {
    if (!is_plain(text)) return escaped(text);
    char* at = room(text.size() + 3);
    if (needs_comma_) *at++ = ',';
    *at++ = '"';
    at = copy(at, text);
    *at++ = '"';
    needs_comma_ = true;
    return at_is(at);
  }
  BodyText& value(std::uint64_t number) {
    char* at = room(21);
    if (needs_comma_) *at++ = ',';
    needs_comma_ = true;
    return at_is(std::to_chars(at, at + 20, number).ptr);
  }
  BodyText& raw(std::string_view json) {
    char* at = room(json.size() + 1);
    if (needs_comma_) *at++ = ',';
    needs_comma_ = true;
    return at_is(copy(at, json));
  }

  template <class T>
  BodyText& member(std::string_view plain_name, const T& content) {
    return key(plain_name).value(content);
  }

  void finish() { out_.resize(used_); }

 private:
  // Printable ASCII but for quote and backslash, eight bytes at a time: a byte of `found` gets its
  // top bit where the byte of the word is one of those looked for.
  static bool is_plain(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kTops = 0x8080808080808080;
    std::uint64_t found = 0;
    const auto look = [&](std::uint64_t word) {
      const auto quote = word ^ kOnes * '"';
      const auto backslash = word ^ kOnes * '\\';
      const auto rubout = word ^ kOnes * 0x7f;
      found |=
          word | (word - kOnes * ' ') | (quote - kOnes) | (backslash - kOnes) | (rubout - kOnes);
    };
    const char* at = text.data();
    auto left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      look(word);
    }
    auto last = kOnes * 'x';
    if (left != 0) std::memcpy(&last, at, left);  // `at` may be null
    look(last);
    return (found & kTops) == 0;
  }

  BodyText& escaped(std::string_view text) {
    out_.resize(used_);
    if (needs_comma_) out_ += ',';
    codec::write_json_string(out_, text);
    used_ = out_.size();
    out_.resize(out_.capacity());
    needs_comma_ = true;
    return *this;
  }
  BodyText& open(char bracket) {
    char* at = room(2);
    if (needs_comma_) *at++ = ',';
    *at++ = bracket;
    needs_comma_ = false;
    return at_is(at);
  }
  BodyText& close(char bracket) {
    *room(1) = bracket;
    ++used_;
    needs_comma_ = true;
    return *this;
  }

  char* room(std::size_t bytes) {
    if (out_.size() - used_ < bytes) out_.resize(2 * (out_.size() + bytes));
    return out_.data() + used_;
  }
  static char* copy(char* at, std::string_view text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  BodyText& at_is(const char* at) {
    used_ = static_cast<std::size_t>(at - out_.data());
    return *this;
  }

  std::string& out_;
  std::size_t used_;
  bool needs_comma_ = false;
};

}  // namespace strait::ledger
