// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <string>
#include <string_view>

#include "codec/value.h"

namespace strait::codec {

// Compact JSON at the end of a string, with room ahead: most pieces of a document are a few bytes,
// and asking the string for each costs more than the bytes do. The string is whole again when this
// is gone; until then nobody else touches it. Brackets and commas are the caller's.
class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) { open(kRoomBytes); }
  ~JsonText() { close(); }
  JsonText(const JsonText&) = delete;
  JsonText& operator=(const JsonText&) = delete;

  void put(char c) {
    *room(1) = c;
    ++at_;
  }
  void put(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  // `text` in quotes, as write_json_string() has it.
  void string(std::string_view text) { quoted(kNothing, text, kNothing); }
  // A member's name with what stands around it, as in `,"name":`. `before` is '{' or ','.
  void name(char before, std::string_view name) { quoted(before, name, ':'); }
  // Closes what was opened with `before`: that is a comma when something stands inside, and
  // otherwise the opening bracket, which has not been written yet.
  void close(char before, char bracket) {
    if (before != ',') put(before);
    put(bracket);
  }
  void value(const Value& value);  // as write_json() has it
  // For what is appended by `append(std::string&)`.
  template <class Append>
  void with_string(Append append) {
    close();
    append(out_);
    open(kRoomBytes);
  }

 private:
  static constexpr std::size_t kRoomBytes = 512;  // an input of usual size
  static constexpr char kNothing = '\0';

  void open(std::size_t room) {
    const auto used = out_.size();
    out_.resize(used + room);
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }
  void close() { out_.resize(static_cast<std::size_t>(at_ - out_.data())); }
  char* room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes) [[unlikely]]
      grow(bytes);
    return at_;
  }
  void grow(std::size_t bytes);
  void quoted(char before, std::string_view text, char behind);
  void escaped(std::string_view text);  // what is not plain ASCII, without its quotes

  std::string& out_;
  char* at_;
  char* end_;
};

}  // namespace strait::codec
