// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "diff/mutate.h"
#include "diff/tree.h"

namespace strait::diff {
namespace {

// Where the members of a JSON text stand: "name":value, at any depth. The text is a valid one, or
// what is found is of no use to anybody.
struct JsonMember {
  std::size_t name, value, end;  // offsets of the opening quote, of the value, behind the value
};

std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
  return std::min(at + 1, text.size());
}

std::size_t value_end(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = string_end(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && c == ',') return at;
    ++at;
  }
  return at;
}

std::vector<JsonMember> members_of(std::string_view text) {
  std::vector<JsonMember> out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '"') {
      ++at;
      continue;
    }
    const auto end = string_end(text, at);
    auto colon = end;
    while (colon < text.size() && text[colon] == ' ') ++colon;
    if (colon < text.size() && text[colon] == ':') {
      auto value = colon + 1;
      while (value < text.size() && text[value] == ' ') ++value;
      out.push_back({at, value, value_end(text, value)});
    }
    at = end;
  }
  return out;
}

constexpr auto kJsonValues = std::to_array<std::string_view>({"null",
                                                              "1",
                                                              "-0",
                                                              "1e400",
                                                              "9223372036854775808",
                                                              "2147483648",
                                                              "1.0",
                                                              "\"\"",
                                                              "\"other\"",
                                                              "true",
                                                              "[]",
                                                              "{}",
                                                              "\"QUJD=\"",
                                                              "\"QUJDRB==\"",
                                                              "[null]",
                                                              "1e5",
                                                              "0.1",
                                                              "9007199254740993",
                                                              "\"\\ud800\"",
                                                              "\"NaN\"",
                                                              "1700000000.123456789",
                                                              "\"2026-01-01T00:00:00Z\""});

std::string escaped_name(std::string_view quoted_name) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(quoted_name);
  if (out.size() < 3) return out;
  const auto byte = static_cast<unsigned char>(out[1]);
  return out.replace(1, 1, std::string("\\u00") + kDigits[byte >> 4] + kDigits[byte & 15]);
}

// Where the elements of an XML text without attributes or children stand.
struct XmlLeaf {
  std::size_t begin, text, close, end;
};

std::vector<XmlLeaf> leaves_of(std::string_view text) {
  std::vector<XmlLeaf> out;
  for (auto at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const auto tag_end = text.find('>', at);
    if (tag_end == std::string_view::npos) break;
    const auto close = text.find('<', tag_end);
    if (close == std::string_view::npos || !text.substr(close).starts_with("</")) continue;
    if (text[at + 1] == '/' || text[at + 1] == '?') continue;
    out.push_back({at, tag_end + 1, close, text.find('>', close) + 1});
  }
  return out;
}

Tree* pick(Tree& tree, Tree::Kind kind, Chance& chance) {
  std::vector<Tree*> found;
  const auto walk = [&](const auto& self, Tree& node) -> void {
    if (node.kind == kind) found.push_back(&node);
    for (auto& item : node.items) self(self, item);
    for (auto& [name, content] : node.entries) self(self, content);
  };
  walk(walk, tree);
  return found.empty() ? nullptr : chance.of(found);
}

void put_head(std::string& out, unsigned major, std::uint64_t argument, Chance& chance) {
  const unsigned shortest = argument < 24 ? 0 : argument < 256 ? 1 : argument < 65536 ? 2 : 3;
  const auto width = chance.one_in(24) ? 3 : shortest;
  if (width == 0) {
    out += static_cast<char>(major << 5 | argument);
    return;
  }
  const unsigned bytes = width == 1 ? 1 : width == 2 ? 2 : 8;
  out += static_cast<char>(major << 5 | (width == 1 ? 24 : width == 2 ? 25 : 27));
  for (unsigned at = bytes; at-- > 0;) out += static_cast<char>(argument >> (8 * at) & 0xff);
}

void put_text(std::string& out, unsigned major, const std::string& text, Chance& chance) {
  if (!chance.one_in(16)) {
    put_head(out, major, text.size(), chance);
    out += text;
    return;
  }
  out += static_cast<char>(major << 5 | 31);
  for (const char c : text) out.append(1, static_cast<char>(major << 5 | 1)).append(1, c);
  out += '\xff';
}

void put_cbor(std::string& out, const Tree& tree, Chance& chance) {
  switch (tree.kind) {
    case Tree::Kind::kNull: out += chance.one_in(4) ? '\xf7' : '\xf6'; return;
    case Tree::Kind::kBoolean: out += tree.text == "true" ? '\xf5' : '\xf4'; return;
    case Tree::Kind::kInstant: out += '\xc1'; [[fallthrough]];
    case Tree::Kind::kNumber: {
      if (tree.text.find_first_of(".eNI") != std::string::npos) {
        out += '\xfb';
        const auto bits = std::bit_cast<std::uint64_t>(std::strtod(tree.text.c_str(), nullptr));
        for (int at = 7; at >= 0; --at) out += static_cast<char>(bits >> (8 * at) & 0xff);
      } else if (tree.text.starts_with('-')) {
        put_head(out, 1, std::strtoull(tree.text.c_str() + 1, nullptr, 10) - 1, chance);
      } else {
        put_head(out, 0, std::strtoull(tree.text.c_str(), nullptr, 10), chance);
      }
      return;
    }
    case Tree::Kind::kText: return put_text(out, 3, tree.text, chance);
    case Tree::Kind::kBytes: return put_text(out, 2, tree.text, chance);
    case Tree::Kind::kList:
    case Tree::Kind::kMap: break;
  }
  const bool map = tree.kind == Tree::Kind::kMap, open = chance.one_in(4);
  if (open) {
    out += map ? '\xbf' : '\x9f';
  } else {
    put_head(out, map ? 5 : 4, map ? tree.entries.size() : tree.items.size(), chance);
  }
  for (const auto& item : tree.items) put_cbor(out, item, chance);
  for (const auto& [name, content] : tree.entries) {
    put_text(out, 3, name, chance);
    put_cbor(out, content, chance);
  }
  if (open) out += '\xff';
}

}  // namespace

void bend_json(std::string& text, Chance& chance) {
  const auto members = members_of(text);
  if (members.empty()) {
    text = R"({"a":1})";
    return;
  }
  const auto one = members[chance.below(members.size())];
  const auto colon = text.substr(one.name, one.value - one.name);
  const auto value = text.substr(one.value, one.end - one.value);
  const auto other = members[chance.below(members.size())];
  switch (chance.below(12)) {
    case 0: text.insert(one.name, colon + std::string(chance.of(kJsonValues)) + ","); break;
    case 1: text.insert(one.end, "," + colon + std::string(chance.of(kJsonValues))); break;
    case 2: text.insert(one.end, "," + other_case(colon, chance) + value); break;
    case 3: text.insert(one.name, escaped_name(colon) + value + ","); break;
    case 4: text.insert(one.end, R"(,"Unknown":1)"); break;
    case 5:
    case 6: text.replace(one.value, value.size(), chance.of(kJsonValues)); break;
    case 7:
      text.replace(one.value, value.size(), text.substr(other.value, other.end - other.value));
      break;
    case 8: text.replace(one.name, colon.size(), escaped_name(colon)); break;
    case 9: text.replace(one.name, colon.size(), other_case(colon, chance)); break;
    case 10: {
      static constexpr auto kAsides = std::to_array<std::string_view>(
          {" ", "\n", "/**/", ",", "\xef\xbb\xbf", "\t", "//\n", "\x0b"});
      text.insert(chance.one_in(2) ? one.name : one.value, chance.of(kAsides));
      break;
    }
    default: text = chance.one_in(2) ? text + text : text + R"({"a":1})"; break;
  }
}

void bend_xml(std::string& text, Chance& chance) {
  const auto leaves = leaves_of(text);
  if (leaves.empty()) return bend_bytes(text, chance);
  const auto leaf = leaves[chance.below(leaves.size())];
  const auto whole = text.substr(leaf.begin, leaf.end - leaf.begin);
  const auto tag = text.substr(leaf.begin, leaf.text - leaf.begin);
  const auto name = tag.substr(1, tag.find_first_of(" />", 1) - 1);
  switch (chance.below(10)) {
    case 0: text.insert(leaf.end, whole); break;
    case 1: text.insert(leaf.begin, "<" + name + ">other</" + name + ">"); break;
    case 2: text.insert(leaf.begin, "<" + other_case(name, chance) + ">x</" + name + ">"); break;
    case 3: text.insert(leaf.begin + 1 + name.size(), " a=\"1\""); break;
    case 4: {
      const auto parent = text.rfind('>', leaf.begin);
      if (parent != std::string::npos) text.insert(parent, " " + name + "=\"other\"");
      break;
    }
    case 5: text.insert(leaf.text, "<!-- -->"); break;
    case 6:
      text.replace(leaf.text, leaf.close - leaf.text,
                   "<![CDATA[" + text.substr(leaf.text, leaf.close - leaf.text) + "]]>");
      break;
    case 7: text.insert(leaf.text, chance.one_in(2) ? "&#65;" : "&lt;"); break;
    case 8: text.insert(leaf.begin + 1 + name.size(), " xmlns=\"http://evil.example/\""); break;
    default: text.insert(leaf.text, chance.one_in(2) ? " " : "&evil;"); break;
  }
}

void bend_pairs(std::string& text, Chance& chance) {
  const auto views = split(text, '&');
  std::vector<std::string> pairs(views.begin(), views.end());
  const auto at = chance.below(pairs.size());
  auto& pair = pairs[at];
  const auto equals = std::min(pair.find('='), pair.size());
  switch (chance.below(11)) {
    case 0: pairs.push_back(pair); break;
    case 1: pairs.insert(pairs.begin(), pair.substr(0, equals) + "=other"); break;
    case 2: pairs.push_back(other_case(pair.substr(0, equals), chance) + "=other"); break;
    case 3: pair = other_case(pair.substr(0, equals), chance) + pair.substr(equals); break;
    case 4: escape_a_letter(pair, "abcdefghijklmnopqrstuvwxyzACDEILNRSTV.", chance); break;
    case 5: pair += ";Action=DeleteUser"; break;
    case 6: pair += "+%2B%20"; break;
    case 7: {
      const auto digit = pair.find(".1");
      if (digit != std::string::npos)
        pair.replace(digit, 2, chance.one_in(2) ? ".2" : chance.one_in(2) ? ".01" : ".1.1");
      break;
    }
    case 8: pairs.push_back("Action=DeleteUser"); break;
    case 9: std::swap(pair, pairs[chance.below(pairs.size())]); break;
    default: pair.resize(equals); break;
  }
  text.clear();
  for (const auto& one : pairs) text += (&one == &pairs[0] ? "" : "&") + one;
}

void bend_cbor(std::string& bytes, Chance& chance) {
  auto tree = cbor_tree(bytes);
  if (!tree) return;
  if (auto* map = pick(*tree, Tree::Kind::kMap, chance); map != nullptr && !map->entries.empty()) {
    auto entry = chance.of(map->entries);
    switch (chance.below(5)) {
      case 0: map->entries.push_back(entry); break;
      case 1:
        map->entries.emplace_back(entry.first, Tree{Tree::Kind::kText, "other", {}, {}});
        break;
      case 2: map->entries.emplace_back(other_case(entry.first, chance), entry.second); break;
      case 3: chance.of(map->entries).second = Tree(); break;
      default: break;
    }
  }
  bytes.clear();
  put_cbor(bytes, *tree, chance);
}

}  // namespace strait::diff
