// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "diff/tree.h"

namespace strait::diff {
namespace {

constexpr int kDepthMax = 200;

void append_utf8(std::string& out, std::uint32_t point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xc0 | point >> 6);
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    out += static_cast<char>(0xe0 | point >> 12);
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | point >> 18);
    out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (point & 0x3f));
  }
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  bool at_end() {
    skip();
    return rest_.empty();
  }

  bool value(Tree& out, int depth = 0) {
    skip();
    if (rest_.empty() || depth > kDepthMax) return false;
    switch (rest_[0]) {
      case '{': return map(out, depth);
      case '[': return list(out, depth);
      case '"': out.kind = Tree::Kind::kText; return string(out.text);
      default: return word(out);
    }
  }

 private:
  void skip() {
    while (!rest_.empty()) {
      if (rest_.starts_with("/*")) {
        const auto end = rest_.find("*/");
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
      } else if (rest_.starts_with("//")) {
        const auto end = rest_.find('\n');
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end);
      } else if (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r' || rest_[0] == '\n' ||
                 rest_[0] == ',') {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }

  bool map(Tree& out, int depth) {
    out.kind = Tree::Kind::kMap;
    rest_.remove_prefix(1);
    for (skip(); !rest_.starts_with('}'); skip()) {
      std::string name;
      if (!rest_.starts_with('"') || !string(name)) return false;
      skip();
      if (!rest_.starts_with(':')) return false;
      rest_.remove_prefix(1);
      out.entries.emplace_back(std::move(name), Tree());
      if (!value(out.entries.back().second, depth + 1)) return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool list(Tree& out, int depth) {
    out.kind = Tree::Kind::kList;
    rest_.remove_prefix(1);
    for (skip(); !rest_.starts_with(']'); skip()) {
      if (!value(out.items.emplace_back(), depth + 1)) return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  std::uint32_t hex4() {
    const std::string digits(rest_.substr(0, 4));
    rest_.remove_prefix(digits.size());
    return static_cast<std::uint32_t>(std::strtoul(digits.c_str(), nullptr, 16));
  }

  void escape(std::string& out) {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    switch (c) {
      case 'b': out += '\b'; return;
      case 'f': out += '\f'; return;
      case 'n': out += '\n'; return;
      case 'r': out += '\r'; return;
      case 't': out += '\t'; return;
      case 'u': break;
      default: out += c; return;
    }
    auto point = hex4();
    if (point >= 0xd800 && point < 0xdc00 && rest_.starts_with("\\u")) {
      rest_.remove_prefix(2);
      point = 0x10000 + ((point - 0xd800) << 10) + (hex4() - 0xdc00);
    }
    append_utf8(out, point);
  }

  bool string(std::string& out) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] == '\\' && rest_.size() > 1) {
        rest_.remove_prefix(1);
        escape(out);
        continue;
      }
      out += rest_[0];
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word(Tree& out) {
    const auto end = rest_.find_first_of(",:]}[{\" \t\r\n/");
    out.text = rest_.substr(0, end);
    rest_.remove_prefix(out.text.size());
    if (out.text.empty()) return false;
    out.kind = out.text == "null"                          ? Tree::Kind::kNull
               : out.text == "true" || out.text == "false" ? Tree::Kind::kBoolean
                                                           : Tree::Kind::kNumber;
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Tree> json_tree(std::string_view text, bool last) {
  JsonReader reader(text);
  Tree tree;
  if (!reader.value(tree)) return std::nullopt;
  while (last && !reader.at_end()) {
    Tree next;
    if (!reader.value(next)) break;
    tree = std::move(next);
  }
  return tree;
}

}  // namespace strait::diff
