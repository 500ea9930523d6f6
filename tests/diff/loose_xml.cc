// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "diff/tree.h"

namespace strait::diff {
namespace {

constexpr int kDepthMax = 200;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view local_part(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

void append_point(std::string& out, unsigned long point) {
  if (point < 0x80) {
    out += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  static constexpr unsigned kLead[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLead[more] | point >> (6 * more));
  for (int at = more - 1; at >= 0; --at)
    out += static_cast<char>(0x80 | (point >> (6 * at) & 0x3f));
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text[0] == '&' ? text.find(';') : std::string_view::npos;
    const auto name = end == std::string_view::npos ? "" : text.substr(1, end - 1);
    if (name.starts_with("#x")) {
      append_point(out, std::strtoul(std::string(name.substr(2)).c_str(), nullptr, 16));
    } else if (name.starts_with('#')) {
      append_point(out, std::strtoul(std::string(name.substr(1)).c_str(), nullptr, 10));
    } else if (name == "lt" || name == "gt" || name == "amp" || name == "quot" || name == "apos") {
      out += name == "lt"     ? '<'
             : name == "gt"   ? '>'
             : name == "amp"  ? '&'
             : name == "quot" ? '"'
                              : '\'';
    } else {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  // Up to the first element, and it.
  bool root(Element& out) {
    while (!rest_.empty()) {
      if (skip_aside()) continue;
      if (rest_[0] == '<') return element(out, 0);
      rest_.remove_prefix(1);
    }
    return false;
  }

 private:
  bool skip_to(std::string_view end) {
    const auto at = rest_.find(end);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
    return true;
  }

  bool skip_aside() {
    if (rest_.starts_with("<!--")) return skip_to("-->");
    if (rest_.starts_with("<?")) return skip_to("?>");
    if (rest_.starts_with("<!DOCTYPE")) return skip_to(">");
    return false;
  }

  void skip_blanks() {
    const auto at = rest_.find_first_not_of(kBlanks);
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }

  std::string_view name() {
    const auto word = rest_.substr(0, rest_.find_first_of(" \t\r\n=/>"));
    rest_.remove_prefix(word.size());
    return word;
  }

  bool attributes(Element& out) {
    for (skip_blanks(); !rest_.empty() && rest_[0] != '>' && rest_[0] != '/'; skip_blanks()) {
      const auto key = name();
      skip_blanks();
      if (key.empty() || !rest_.starts_with('=')) return false;
      rest_.remove_prefix(1);
      skip_blanks();
      if (rest_.empty()) return false;
      const char quote = rest_[0];
      const auto end = rest_.find(quote, 1);
      if (end == std::string_view::npos) return false;
      if (key != "xmlns" && !key.starts_with("xmlns:"))
        out.attributes.emplace_back(local_part(key), unescaped(rest_.substr(1, end - 1)));
      rest_.remove_prefix(end + 1);
    }
    return !rest_.empty();
  }

  bool element(Element& out, int depth) {
    if (depth > kDepthMax) return false;
    rest_.remove_prefix(1);
    out.name = local_part(name());
    if (!attributes(out)) return false;
    if (rest_.starts_with('/')) return skip_to(">");
    rest_.remove_prefix(1);
    while (!rest_.starts_with("</")) {
      if (rest_.empty()) return false;
      if (rest_.starts_with("<![CDATA[")) {
        const auto end = rest_.find("]]>");
        if (end == std::string_view::npos) return false;
        out.text += rest_.substr(9, end - 9);
        rest_.remove_prefix(end + 3);
      } else if (skip_aside()) {
        continue;
      } else if (rest_[0] == '<') {
        if (!element(out.children.emplace_back(), depth + 1)) return false;
      } else {
        const auto text = rest_.substr(0, rest_.find('<'));
        out.text += unescaped(text);
        rest_.remove_prefix(text.size());
      }
    }
    return skip_to(">");
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Element> xml_tree(std::string_view text) {
  Element element;
  if (!XmlReader(text).root(element)) return std::nullopt;
  return element;
}

}  // namespace strait::diff
