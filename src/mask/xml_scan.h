// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The tokens of XML 1.0 that AWS's replies are made of. Comments, processing instructions and
// DOCTYPE are refused, as in codec/xml.h: readers disagree about the text around them.
namespace strait::mask {

struct XmlTagAttribute {
  std::string_view name;
  std::size_t begin = 0, end = 0;  // of the value, between its quotes, in the tag
  char quote = '"';
};

struct XmlTag {
  std::string_view name;  // as written, with its prefix
  bool closing = false;   // </name>
  bool empty = false;     // <name/>
  std::vector<XmlTagAttribute> attributes;
};

// Where the tag that begins at `text[0]` ends, one past its '>'; 0 when it does not end in `text`.
// Quotes are minded.
std::size_t xml_tag_size(std::string_view text);
// `text` is one whole tag. False when it is malformed.
bool read_xml_tag(std::string_view text, XmlTag& tag);
std::string_view xml_local_name(std::string_view name);

// Appends what raw text means, references resolved, until at least `enough` bytes of it are used;
// gives how many were. nullopt: a reference that is not one of the five, or not to a character.
std::optional<std::size_t> unescape_xml(std::string_view raw, std::string& out,
                                        std::size_t enough = std::string_view::npos);
inline constexpr std::size_t kXmlReferenceBytesMax = 12;

// Whether `text`, a whole XML declaration, allows UTF-8 only.
bool xml_declares_utf8(std::string_view text);

}  // namespace strait::mask
