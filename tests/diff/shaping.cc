// SPDX-License-Identifier: Apache-2.0
#include "diff/shaping.h"

#include <cmath>
#include <cstdlib>

namespace strait::diff {
namespace {

using catalog::Location;
using catalog::Member;
using catalog::Shape;
using catalog::ShapeKind;
using codec::Value;

bool left_out(const Member& member, Part part) {
  return part == Part::kBody && member.location() != Location::kBody;
}

Value number_of(const std::string& text) { return Value(codec::Number{text}); }

Value scalar_of(const Tree& tree, Shape shape) {
  switch (shape.kind()) {
    case ShapeKind::kBoolean: return Value(tree.text == "true" || tree.text == "1");
    case ShapeKind::kInteger:
    case ShapeKind::kFloat: return number_of(tree.text);
    case ShapeKind::kBlob:
      return Value(
          codec::Blob{tree.kind == Tree::Kind::kBytes ? tree.text : base64_decoded(tree.text)});
    case ShapeKind::kTimestamp: {
      const auto time = time_of(tree.text);
      return time ? Value(*time) : Value(tree.text);
    }
    default: return Value(tree.text);
  }
}

class FromTree {
 public:
  FromTree(const Personality& who, bool cbor) : who_(who), cbor_(cbor) {}

  Value value(const Tree& tree, Shape shape, Part part) const {
    if (tree.kind == Tree::Kind::kNull) return Value();
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(tree, shape, part);
      case ShapeKind::kMap: return map(tree, shape.value().shape());
      case ShapeKind::kDocument: return document_of(tree);
      case ShapeKind::kList: {
        codec::List items;
        for (const auto& item : tree.items)
          items.push_back(value(item, shape.element().shape(), Part::kAll));
        return Value(std::move(items));
      }
      default: return scalar_of(tree, shape);
    }
  }

 private:
  Value structure(const Tree& tree, Shape shape, Part part) const {
    codec::Object members;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if (left_out(member, part)) continue;
      const Tree* found = nullptr;
      for (const auto& [name, content] : tree.entries) {
        if (!same_name(name, cbor_ ? member.name() : member.wire_name(), who_)) continue;
        found = &content;
        if (who_.keys == Keep::kFirst) break;
      }
      if (found == nullptr || found->kind == Tree::Kind::kNull) continue;
      members.emplace_back(std::string(member.name()), value(*found, member.shape(), Part::kAll));
    }
    return Value(std::move(members));
  }

  Value map(const Tree& tree, Shape shape) const {
    codec::Object entries;
    for (const auto& [name, content] : tree.entries) {
      const auto seen = std::ranges::find(entries, name, &codec::Member::name);
      if (seen == entries.end()) {
        entries.emplace_back(name, value(content, shape, Part::kAll));
      } else if (who_.keys == Keep::kLast) {
        seen->value = value(content, shape, Part::kAll);
      }
    }
    return Value(std::move(entries));
  }

  const Personality& who_;
  bool cbor_;
};

std::string_view or_else(std::string_view given, std::string_view fallback) {
  return given.empty() ? fallback : given;
}

class FromXml {
 public:
  explicit FromXml(const Personality& who) : who_(who) {}

  Value value(const Element& element, Shape shape, Part part) const {
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(element, shape, part);
      case ShapeKind::kList: {
        codec::List items;
        for (const auto& child : element.children)
          items.push_back(value(child, shape.element().shape(), Part::kAll));
        return Value(std::move(items));
      }
      case ShapeKind::kMap: {
        std::vector<const Element*> entries;
        for (const auto& child : element.children) entries.push_back(&child);
        return map(entries, shape);
      }
      default: return from_text(element.text, shape);
    }
  }

 private:
  Value structure(const Element& element, Shape shape, Part part) const {
    codec::Object members;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if (left_out(member, part) || is_second_of_name(shape, at)) continue;
      auto content = of_member(element, member);
      if (!content.is_null()) members.emplace_back(std::string(member.name()), std::move(content));
    }
    return Value(std::move(members));
  }

  // Two members of one name on the wire: the model's first is it.
  static bool is_second_of_name(Shape shape, std::uint32_t at) {
    for (std::uint32_t before = 0; before < at; ++before) {
      if (shape.member(before).wire_name() == shape.member(at).wire_name()) return true;
    }
    return false;
  }

  Value of_member(const Element& element, const Member& member) const {
    const auto shape = member.shape();
    if (member.xml_attribute() || who_.attributes_are_members) {
      const auto name = member.wire_name().substr(member.wire_name().find(':') + 1);
      for (const auto& [key, text] : element.attributes) {
        if (same_name(key, name, who_)) return from_text(text, shape);
      }
    }
    std::vector<const Element*> found;
    for (const auto& child : element.children) {
      if (same_name(child.name, member.wire_name(), who_)) found.push_back(&child);
    }
    if (found.empty()) return Value();
    if (member.flattened() && shape.kind() == ShapeKind::kList) {
      codec::List items;
      for (const auto* child : found)
        items.push_back(value(*child, shape.element().shape(), Part::kAll));
      return Value(std::move(items));
    }
    if (member.flattened() && shape.kind() == ShapeKind::kMap) return map(found, shape);
    return value(who_.keys == Keep::kFirst ? *found.front() : *found.back(), shape, Part::kAll);
  }

  Value map(const std::vector<const Element*>& elements, Shape shape) const {
    const auto key_name = or_else(shape.key().location_name(), "key");
    codec::Object entries;
    for (const auto* element : elements) {
      std::string key;
      Value content;
      for (const auto& child : element->children) {
        if (same_name(child.name, key_name, who_)) {
          key = child.text;
        } else {
          content = value(child, shape.value().shape(), Part::kAll);
        }
      }
      entries.emplace_back(std::move(key), std::move(content));
    }
    return Value(std::move(entries));
  }

  const Personality& who_;
};

// Parameters by the steps of their names.
struct NodeEntry;
struct Node {
  std::vector<std::string> values;
  std::vector<NodeEntry> children;
};
struct NodeEntry {
  std::string name;
  Node second;
};

class FromForm {
 public:
  FromForm(const Personality& who, bool ec2) : who_(who), ec2_(ec2) {}

  Value read(const Pairs& pairs, Shape shape) const {
    Node root;
    for (const auto& [name, value] : pairs) {
      Node* node = &root;
      for (const auto step : split(name, '.')) node = &child(*node, step);
      node->values.push_back(value);
    }
    return structure(root, shape);
  }

 private:
  Node& child(Node& node, std::string_view name) const {
    for (auto& [known, inner] : node.children) {
      if (same_name(known, name, who_)) return inner;
    }
    return node.children.emplace_back(std::string(name), Node()).second;
  }

  std::string name_of(const Member& member) const {
    const auto shape = member.shape();
    if (!ec2_ && shape.kind() == ShapeKind::kList && member.flattened()) {
      const auto element = shape.element();
      const auto own = or_else(element.query_name(), element.location_name());
      if (!own.empty()) return std::string(own);
    }
    std::string name(or_else(member.query_name(), member.wire_name()));
    if (ec2_ && member.query_name().empty() && name[0] >= 'a' && name[0] <= 'z')
      name[0] = static_cast<char>(name[0] - 32);
    return name;
  }

  Value structure(const Node& node, Shape shape) const {
    codec::Object members;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      for (const auto& [name, inner] : node.children) {
        const bool known =
            same_name(name, name_of(member), who_) ||
            (inner.children.empty() && same_name(name, member.wire_name(), who_) && !ec2_);
        if (!known) continue;
        members.emplace_back(std::string(member.name()), of_member(inner, member));
        break;
      }
    }
    return Value(std::move(members));
  }

  Value of_member(const Node& node, const Member& member) const {
    const auto shape = member.shape();
    if (shape.kind() == ShapeKind::kList || shape.kind() == ShapeKind::kMap) {
      const bool flat = ec2_ || member.flattened();
      return many(flat || node.children.empty() ? node : node.children.front().second, shape);
    }
    return one(node, shape);
  }

  Value one(const Node& node, Shape shape) const {
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(node, shape);
      case ShapeKind::kList:
      case ShapeKind::kMap:
        return many(ec2_ || shape.flattened() || node.children.empty()
                        ? node
                        : node.children.front().second,
                    shape);
      default:
        if (node.values.empty()) return Value();
        return from_text(who_.parameters == Keep::kFirst ? node.values.front() : node.values.back(),
                         shape);
    }
  }

  Value many(const Node& node, Shape shape) const {
    std::vector<std::pair<long, const Node*>> numbered;
    for (const auto& [name, inner] : node.children)
      numbered.emplace_back(std::strtol(name.c_str(), nullptr, 10), &inner);
    if (!who_.semicolons)
      std::ranges::stable_sort(numbered, {}, [](const auto& pair) { return pair.first; });
    if (shape.kind() == ShapeKind::kList) {
      codec::List items;
      for (const auto& [number, inner] : numbered)
        items.push_back(one(*inner, shape.element().shape()));
      return Value(std::move(items));
    }
    codec::Object entries;
    for (const auto& [number, inner] : numbered) entry(*inner, shape, entries);
    return Value(std::move(entries));
  }

  void entry(const Node& node, Shape shape, codec::Object& out) const {
    const auto key = shape.key();
    const auto key_name = or_else(or_else(key.query_name(), key.location_name()), "key");
    std::string name;
    Value content;
    for (const auto& [step, inner] : node.children) {
      if (same_name(step, key_name, who_)) {
        name = inner.values.empty() ? "" : inner.values.front();
      } else {
        content = one(inner, shape.value().shape());
      }
    }
    out.emplace_back(std::move(name), std::move(content));
  }

  const Personality& who_;
  bool ec2_;
};

bool is_whole(std::string_view text) {
  return text.find_first_not_of("-0123456789") == std::string_view::npos;
}

bool same_number(const std::string& a, const std::string& b, bool doubles) {
  if (a == b) return true;
  if (!doubles && is_whole(a) && is_whole(b)) return false;
  const double left = std::strtod(a.c_str(), nullptr), right = std::strtod(b.c_str(), nullptr);
  return left == right && std::isfinite(left);
}

double seconds_of(const codec::Instant& instant) {
  return static_cast<double>(instant.seconds) + instant.nanos * 1e-9;
}

}  // namespace

bool same_name(std::string_view given, std::string_view modelled, const Personality& who) {
  return given == modelled ||
         (who.folds_keys && given.size() == modelled.size() && folded(given) == folded(modelled));
}

Value from_text(std::string_view text, Shape shape) {
  Tree tree;
  tree.kind = Tree::Kind::kText;
  tree.text = text;
  return scalar_of(tree, shape);
}

Value document_of(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kNull: return Value();
    case Tree::Kind::kBoolean: return Value(tree.text == "true");
    case Tree::Kind::kNumber:
    case Tree::Kind::kInstant: return number_of(tree.text);
    case Tree::Kind::kText: return Value(tree.text);
    case Tree::Kind::kBytes: return Value(codec::Blob{tree.text});
    case Tree::Kind::kList: {
      codec::List items;
      for (const auto& item : tree.items) items.push_back(document_of(item));
      return Value(std::move(items));
    }
    case Tree::Kind::kMap: {
      codec::Object entries;
      for (const auto& [name, content] : tree.entries)
        entries.emplace_back(name, document_of(content));
      return Value(std::move(entries));
    }
  }
  return Value();
}

Value from_tree(const Tree& tree, Shape shape, const Personality& who, bool cbor, Part part) {
  return FromTree(who, cbor).value(tree, shape, part);
}

Value from_xml(const Element& element, Shape shape, const Personality& who, Part part) {
  return FromXml(who).value(element, shape, part);
}

Value from_form(const Pairs& pairs, Shape shape, const Personality& who, bool ec2) {
  return FromForm(who, ec2).read(pairs, shape);
}

bool same_value(const Value& a, const Value& b, const Personality& who) {
  if (a.object() && b.object()) {
    if (a.object()->size() != b.object()->size()) return false;
    return std::ranges::all_of(*a.object(), [&](const codec::Member& member) {
      const auto* other = b.find(member.name);
      return other != nullptr && same_value(member.value, *other, who);
    });
  }
  if (a.list() && b.list()) {
    return std::ranges::equal(*a.list(), *b.list(), [&](const Value& left, const Value& right) {
      return same_value(left, right, who);
    });
  }
  if (a.number() && b.number())
    return same_number(a.number()->token, b.number()->token, who.doubles);
  if (a.instant() && b.instant())
    return std::abs(seconds_of(*a.instant()) - seconds_of(*b.instant())) < 1e-5;
  return a == b;
}

}  // namespace strait::diff
