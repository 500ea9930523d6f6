// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.h"
#include "codec/xml.h"

namespace strait::codec {
namespace {

std::string_view reference(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&apos;";
    case '\t':
      return "&#x9;";  // in attributes these three would become spaces, and CR in content a LF
    case '\n': return "&#xA;";
    case '\r': return "&#xD;";
    default: return {};
  }
}

}  // namespace

bool is_xml_text(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return valid_utf8(text) && text.find("\xef\xbf\xbe") == std::string_view::npos &&
         text.find("\xef\xbf\xbf") == std::string_view::npos;
}

void xml_escape(std::string& out, std::string_view text) {
  while (true) {
    const auto plain = text.find_first_of("&<>\"'\t\n\r");
    out.append(text.substr(0, plain));
    if (plain == std::string_view::npos) return;
    out.append(reference(text[plain]));
    text.remove_prefix(plain + 1);
  }
}

XmlWriter& XmlWriter::declaration() {
  out_.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
  return *this;
}

void XmlWriter::finish_tag() {
  if (in_tag_) out_.push_back('>');
  in_tag_ = false;
}

XmlWriter& XmlWriter::open(std::string_view name) {
  finish_tag();
  out_.push_back('<');
  open_.emplace_back(out_.size(), name.size());
  out_.append(name);
  in_tag_ = true;
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
  out_.append(" ").append(name).append("=\"");
  xml_escape(out_, value);
  out_.push_back('"');
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  finish_tag();
  xml_escape(out_, text);
  return *this;
}

XmlWriter& XmlWriter::close() {
  const auto [start, size] = open_.back();
  open_.pop_back();
  if (in_tag_) {
    out_.append("/>");
    in_tag_ = false;
    return *this;
  }
  const std::string name = out_.substr(start, size);
  out_.append("</").append(name).append(">");
  return *this;
}

XmlWriter& XmlWriter::element(const XmlElement& element) {
  const auto qualified = [](const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + ':' + name;
  };
  open(qualified(element.prefix, element.name));
  for (const auto& one : element.attributes) attribute(qualified(one.prefix, one.name), one.value);
  if (!element.text.empty()) text(element.text);
  for (const auto& child : element.children) this->element(child);
  return close();
}

}  // namespace strait::codec
