// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A document before anybody has decided what to do about its oddities: names may repeat, and stand
// in order of arrival.
namespace strait::diff {

struct TreeEntry;

struct Tree {
  enum class Kind : std::uint8_t { kNull, kBoolean, kNumber, kText, kBytes, kInstant, kList, kMap };
  Kind kind = Kind::kNull;
  std::string
      text;  // of a number (an instant's seconds too) as it stands, of text or bytes; "true"
  std::vector<Tree> items;
  std::vector<TreeEntry> entries;
};

struct TreeEntry {
  std::string first;
  Tree second;
};

// The first document in `text`, or with `last` the last of several. Comments, byte order marks,
// control bytes in strings and commas before a bracket are let pass. nullopt: no JSON at all.
std::optional<Tree> json_tree(std::string_view text, bool last);

// CBOR with every tag, width and indefinite form. nullopt when it is cut off.
std::optional<Tree> cbor_tree(std::string_view bytes);

// XML without namespaces: prefixes are dropped, comments, instructions and document types skipped.
struct Element {
  std::string name;
  std::string text;  // of all its text nodes, one after the other
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;
};
std::optional<Element> xml_tree(std::string_view text);

}  // namespace strait::diff
