// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

// XML as AWS's rest-xml, query and ec2 protocols use it: elements, attributes, namespaces, text.
// Any thread. Errors are kMalformedRequest or kLimitExceeded. Source: XML 1.0 (fifth edition),
// Namespaces in XML 1.0, Smithy's xml traits.
namespace strait::codec {

struct XmlAttribute {
  std::string name;    // local part
  std::string prefix;  // "xsi", or empty
  std::string ns;      // namespace URI, or empty
  std::string value;
  bool operator==(const XmlAttribute&) const = default;
};

struct XmlElement {
  std::string name;  // local part
  std::string prefix;
  std::string ns;
  std::vector<XmlAttribute> attributes;  // without xmlns declarations
  std::string text;                      // empty when there are children
  std::vector<XmlElement> children;      // in document order
  bool operator==(const XmlElement&) const = default;

  // The first child, or attribute value, of that local name; nullptr when there is none.
  const XmlElement* child(std::string_view name) const;
  const std::string* attribute(std::string_view name) const;
};

// Refused besides what is not well-formed: any encoding but UTF-8, a byte order mark, DOCTYPE (and
// so every entity declaration), processing instructions, comments (readers disagree on the text
// around them), non-blank text beside child elements, and more than limits::kDepthMax levels,
// kXmlAttributesMax attributes or kValueNodesMax nodes.
Result<XmlElement> parse_xml(std::string_view text);

// Whether `text` can stand in XML 1.0 at all: UTF-8 without controls other than tab, LF, CR, and
// without U+FFFE/FFFF.
bool is_xml_text(std::string_view text);

// Appends `text` so that every parser reads exactly it, in content and in attributes: & < > " ' and
// tab, LF, CR as references. `text` must be is_xml_text.
void xml_escape(std::string& out, std::string_view text);

// Writes XML piece by piece to the end of a string, which must outlive the writer.
//
//   XmlWriter xml(out);
//   xml.open("Error").leaf("Code", "AccessDenied").leaf("Message", why).close();
class XmlWriter {
 public:
  explicit XmlWriter(std::string& out) : out_(out) {}

  XmlWriter& declaration();  // <?xml version="1.0" encoding="UTF-8"?>
  XmlWriter& open(std::string_view name);
  XmlWriter& attribute(std::string_view name, std::string_view value);  // right after open()
  XmlWriter& text(std::string_view text);
  XmlWriter& close();
  XmlWriter& leaf(std::string_view name, std::string_view text) {
    return open(name).text(text).close();
  }
  XmlWriter& element(
      const XmlElement& element);  // with its prefixes; the caller has declared their namespaces

 private:
  void finish_tag();

  std::string& out_;
  std::vector<std::pair<std::size_t, std::size_t>> open_;  // where each open name stands in out_
  bool in_tag_ = false;
};

}  // namespace strait::codec
