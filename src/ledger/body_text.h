// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace strait::ledger {

// Appends JSON for leaves. Unlike codec::JsonWriter it takes names that are known to need no
// escape, and copies values that need none: a record has some thirty members, and this is on the
// path of every call.
class BodyText {
 public:
  explicit BodyText(std::string& out) : out_(out) {}

  BodyText& begin_object() { return open('{'); }
  BodyText& end_object() { return close('}'); }
  BodyText& begin_array() { return open('['); }
  BodyText& end_array() { return close(']'); }
  BodyText& key(std::string_view plain_name) {
    separate();
    out_ += '"';
    out_ += plain_name;
    out_ += "\":";
    needs_comma_ = false;
    return *this;
  }

  BodyText& value(std::string_view text) {
    separate();
    if (is_plain(text)) {
      out_ += '"';
      out_ += text;
      out_ += '"';
    } else {
      codec::write_json_string(out_, text);
    }
    return done();
  }
  BodyText& value(std::uint64_t number) {
    separate();
    char digits[20];
    out_.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
    return done();
  }
  BodyText& raw(std::string_view json) {
    separate();
    out_ += json;
    return done();
  }

  template <class T>
  BodyText& member(std::string_view plain_name, const T& content) {
    return key(plain_name).value(content);
  }

 private:
  // Printable ASCII but for quote and backslash.
  static bool is_plain(std::string_view text) {
    for (const char c : text) {
      if (c < ' ' || c == '"' || c == '\\' || c == 0x7f)
        return false;  // c is signed: so are bytes over 0x7f
    }
    return true;
  }
  void separate() {
    if (needs_comma_) out_ += ',';
  }
  BodyText& open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
    return *this;
  }
  BodyText& close(char bracket) {
    out_ += bracket;
    return done();
  }
  BodyText& done() {
    needs_comma_ = true;
    return *this;
  }

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace strait::ledger
