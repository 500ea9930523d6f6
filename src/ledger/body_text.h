// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "crypto/sha256.h"
#include "ledger/plain_text.h"

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

  // A name that needs no escape, as a literal: so its copy is a move or two.
  template <std::size_t kSize>
  BodyText& key(const char (&plain_name)[kSize]) {
    char* at = begin(kSize + 4);
    *at++ = '"';
    std::memcpy(at, plain_name, kSize - 1);
    at += kSize - 1;
    *at++ = '"';
    *at++ = ':';
    needs_comma_ = false;
    return at_is(at);
  }

  BodyText& value(std::string_view text) {
    const bool comma = needs_comma_;
    char* at = begin(text.size() + 3);
    *at++ = '"';
    if (!copy_plain(at, text)) return escaped(comma, text);
    at += text.size();
    *at++ = '"';
    return at_is(at);
  }
  // Text that Strait itself made, of printable ASCII without a quote or backslash: ids, times,
  // digests, words of its own.
  BodyText& plain(std::string_view text) {
    char* at = begin(text.size() + 3);
    *at++ = '"';
    at = copy(at, text);
    *at++ = '"';
    return at_is(at);
  }
  BodyText& hash(const crypto::Digest& digest) {
    return plain(crypto::view(crypto::hex_digits(digest)));
  }
  BodyText& value(std::uint64_t number) {
    char* at = begin(21);
    return at_is(std::to_chars(at, at + 20, number).ptr);
  }
  template <std::same_as<bool> Truth>
  BodyText& value(Truth) = delete;  // would be written as a number: it is raw("true")
  BodyText& raw(std::string_view json) { return at_is(copy(begin(json.size() + 1), json)); }

  template <std::size_t kSize, class T>
  BodyText& member(const char (&plain_name)[kSize], const T& content) {
    return key(plain_name).value(content);
  }

  template <std::size_t kSize>
  BodyText& plain_member(const char (&plain_name)[kSize], std::string_view text) {
    return key(plain_name).plain(text);
  }

  void finish() { out_.resize(used_); }

 private:
  [[gnu::cold, gnu::noinline]] BodyText& escaped(bool comma, std::string_view text) {
    out_.resize(used_);
    if (comma) out_ += ',';
    codec::write_json_string(out_, text);
    used_ = out_.size();
    out_.resize(out_.capacity());
    return *this;
  }
  BodyText& open(char bracket) {
    char* at = begin(2);
    *at++ = bracket;
    needs_comma_ = false;
    return at_is(at);
  }
  BodyText& close(char bracket) {
    needs_comma_ = false;
    char* at = begin(2);
    *at++ = bracket;
    return at_is(at);
  }

  // Room for `bytes`, of which the comma, if one is due, is taken. After that one is.
  char* begin(std::size_t bytes) {
    if (out_.size() - used_ < bytes) grow(bytes);
    char* at = out_.data() + used_;
    *at = ',';
    at += needs_comma_ ? 1 : 0;
    needs_comma_ = true;
    return at;
  }
  [[gnu::cold, gnu::noinline]] void grow(std::size_t bytes) {
    out_.resize(2 * (out_.size() + bytes));
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
