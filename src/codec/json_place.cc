// SPDX-License-Identifier: Apache-2.0
#include "codec/json_place.h"

#include <algorithm>

#include "base/limits.h"

namespace strait::codec {
namespace {

// Walks a JSON text without building anything. Stops at the first byte that cannot be right.
class Walker {
 public:
  Walker(std::string_view text, const JsonPath& path) : text_(text), path_(path) {}

  std::size_t walk() {
    blanks();
    found_ = at_;
    ok_ = value(0, true);
    blanks();
    return found_;
  }

  const std::vector<std::size_t>& elements() const { return elements_; }
  // What stands at the whole path; nothing when there is no such place.
  std::string_view whole() const { return whole_; }
  bool ok() const { return ok_ && at_ == text_.size(); }
  std::size_t stopped() const { return std::min(at_, text_.size()); }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }

  // `on_path`: every step above this value is a step of path_.
  bool value(std::size_t depth, bool on_path) {
    if (depth > limits::kDepthMax) return false;
    const auto begin = at_;
    if (on_path) found_ = begin;
    const bool good = any_value(depth, on_path);
    if (good && on_path && depth == path_.size()) whole_ = text_.substr(begin, at_ - begin);
    return good;
  }

  bool any_value(std::size_t depth, bool on_path) {
    switch (peek()) {
      case '{': return object(depth, on_path);
      case '[': return array(depth, on_path);
      case '"': return string(nullptr);
      default: return word();
    }
  }

  bool object(std::size_t depth, bool on_path) {
    ++at_;
    std::vector<std::string> keys;
    for (bool first = true;; first = false) {
      blanks();
      if (first && take('}')) return true;
      const auto key_at = at_;
      std::string key;
      if (!string(&key)) return false;
      if (std::ranges::find(keys, key) != keys.end()) {
        at_ = key_at;
        return false;
      }
      keys.push_back(key);
      blanks();
      if (!take(':')) return false;
      blanks();
      const auto* step =
          on_path && depth < path_.size() ? std::get_if<std::string>(&path_[depth]) : nullptr;
      const bool here = step != nullptr && *step == key;
      if (!value(depth + 1, here)) return false;
      if (here && depth + 1 == path_.size()) found_ = key_at;
      blanks();
      if (take('}')) return true;
      if (!take(',')) return false;
    }
  }

  bool array(std::size_t depth, bool on_path) {
    ++at_;
    const auto* step =
        on_path && depth < path_.size() ? std::get_if<std::size_t>(&path_[depth]) : nullptr;
    for (std::size_t index = 0;; ++index) {
      blanks();
      if (index == 0 && take(']')) return true;
      if (on_path && depth == path_.size()) elements_.push_back(at_);
      if (!value(depth + 1, step != nullptr && *step == index)) return false;
      blanks();
      if (take(']')) return true;
      if (!take(',')) return false;
    }
  }

  bool string(std::string* out) {
    if (!take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (out != nullptr) out->push_back(c);
      if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (out != nullptr) out->push_back(text_[at_]);
      }
    }
    return false;
  }

  bool word() {
    const auto start = at_;
    while (at_ < text_.size() && !std::string_view(" \t\r\n,]}:\"[{").contains(text_[at_])) ++at_;
    const auto token = text_.substr(start, at_ - start);
    const bool number =
        !token.empty() && token.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    if (number || token == "true" || token == "false" || token == "null") return true;
    at_ = start;
    return false;
  }

  std::string_view text_;
  const JsonPath& path_;
  std::size_t at_ = 0;
  std::size_t found_ = 0;
  bool ok_ = false;
  std::string_view whole_;
  std::vector<std::size_t> elements_;  // where those of the list at path_ begin
};

}  // namespace

Place place_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {1 + static_cast<int>(std::ranges::count(before, '\n')),
          1 + static_cast<int>(before.size() - line_start)};
}

Place locate(std::string_view text, const JsonPath& path) {
  Walker walker(text, path);
  return place_at(text, walker.walk());
}

std::string_view text_at(std::string_view text, const JsonPath& path) {
  Walker walker(text, path);
  walker.walk();
  return walker.whole();
}

std::vector<int> lines_of_elements(std::string_view text, const JsonPath& path) {
  Walker walker(text, path);
  const auto whole = walker.walk();
  auto offsets = walker.elements();
  if (offsets.empty()) offsets.push_back(whole);
  std::vector<int> lines;
  int line = 1;
  std::size_t at = 0;
  for (const auto offset : offsets) {
    line += static_cast<int>(std::ranges::count(text.substr(at, offset - at), '\n'));
    at = offset;
    lines.push_back(line);
  }
  return lines;
}

Place first_trouble(std::string_view text) {
  const JsonPath nowhere;
  Walker walker(text, nowhere);
  walker.walk();
  return place_at(text, walker.ok() ? text.size() : walker.stopped());
}

}  // namespace strait::codec
