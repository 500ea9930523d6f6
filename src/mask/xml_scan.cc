// SPDX-License-Identifier: Apache-2.0
#include "mask/xml_scan.h"

#include <algorithm>
#include <charconv>

#include "base/limits.h"

namespace strait::mask {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view take_name(std::string_view text, std::size_t& at) {
  const auto begin = at;
  while (at < text.size() && is_name(text[at])) ++at;
  return text.substr(begin, at - begin);
}

bool skip_space(std::string_view text, std::size_t& at) {
  const auto begin = at;
  while (at < text.size() && is_space(text[at])) ++at;
  return at > begin;
}

// ` name = "value"`; `at` stands on the name.
bool read_attribute(std::string_view text, std::size_t& at, XmlTagAttribute& attribute) {
  attribute.name = take_name(text, at);
  skip_space(text, at);
  if (attribute.name.empty() || at >= text.size() || text[at++] != '=') return false;
  skip_space(text, at);
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return false;
  attribute.quote = text[at++];
  attribute.begin = at;
  attribute.end = text.find(attribute.quote, at);
  if (attribute.end == std::string_view::npos) return false;
  at = attribute.end + 1;
  return !text.substr(attribute.begin, attribute.end - attribute.begin).contains('<');
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xc0 | code >> 6), put(0x80 | (code & 0x3f));
  if (code < 0x10000) {
    put(0xe0 | code >> 12);
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
  }
  put(0x80 | (code >> 6 & 0x3f));
  put(0x80 | (code & 0x3f));
}

// `name` of &name; false when it is none.
bool append_reference(std::string_view name, std::string& out) {
  if (name == "lt") return out.push_back('<'), true;
  if (name == "gt") return out.push_back('>'), true;
  if (name == "amp") return out.push_back('&'), true;
  if (name == "quot") return out.push_back('"'), true;
  if (name == "apos") return out.push_back('\''), true;
  if (!name.starts_with('#')) return false;
  const bool hex = name.size() > 1 && name[1] == 'x';
  const auto digits = name.substr(hex ? 2 : 1);
  unsigned code = 0;
  const auto [end, problem] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  if (problem != std::errc() || end != digits.data() + digits.size()) return false;
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  append_utf8(out, code);
  return true;
}

}  // namespace

std::size_t xml_tag_size(std::string_view text) {
  for (std::size_t at = 1;;) {
    at = text.find_first_of("\"'>", at);
    if (at == std::string_view::npos) return 0;
    if (text[at] == '>') return at + 1;
    at = text.find(text[at], at + 1);
    if (at == std::string_view::npos) return 0;
    ++at;
  }
}

bool read_xml_tag(std::string_view text, XmlTag& tag) {
  tag.attributes.clear();
  std::size_t at = 1;
  tag.closing = text.starts_with("</");
  if (tag.closing) ++at;
  tag.name = take_name(text, at);
  if (tag.name.empty()) return false;
  for (;;) {
    const bool space = skip_space(text, at);
    if (at >= text.size()) return false;
    if (text[at] == '>') {
      tag.empty = false;
      return at + 1 == text.size();
    }
    if (text[at] == '/') {
      tag.empty = true;
      return !tag.closing && text.substr(at) == "/>";
    }
    if (!space || tag.closing || tag.attributes.size() >= limits::kXmlAttributesMax) return false;
    if (!read_attribute(text, at, tag.attributes.emplace_back())) return false;
  }
}

std::string_view xml_local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::optional<std::size_t> unescape_xml(std::string_view raw, std::string& out,
                                        std::size_t enough) {
  std::size_t at = 0;
  enough = std::min(enough, raw.size());
  while (at < enough) {
    const auto mark = std::min(raw.find('&', at), enough);
    out.append(raw, at, mark - at);
    at = mark;
    if (at >= enough) break;
    const auto end = raw.substr(at, kXmlReferenceBytesMax).find(';');
    if (end == std::string_view::npos || !append_reference(raw.substr(at + 1, end - 1), out))
      return std::nullopt;
    at += end + 1;
  }
  return at;
}

bool xml_declares_utf8(std::string_view text) {
  const auto at = text.find("encoding");
  if (at == std::string_view::npos) return true;
  const auto open = text.find_first_of("\"'", at);
  if (open == std::string_view::npos) return false;
  auto name = std::string(text.substr(open + 1, 5));
  for (auto& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name == "UTF-8" && text.substr(open + 6).starts_with(text[open]);
}

}  // namespace strait::mask
