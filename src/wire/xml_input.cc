// SPDX-License-Identifier: Apache-2.0
#include "wire/xml_input.h"

#include <algorithm>

#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Member;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;

std::string_view or_name(std::string_view given, std::string_view fallback) {
  return given.empty() ? fallback : given;
}

std::string_view local_part(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

// The reference's namespace, or its shape's.
std::string_view namespace_of(const Member& member) {
  return member.xml_namespace().empty() ? member.shape().xml_namespace() : member.xml_namespace();
}

// That of the elements that stand for it: of a flattened list they are the items themselves.
std::string_view namespace_of_child(const Member& member) {
  const bool items = member.flattened() && member.shape().kind() == ShapeKind::kList;
  const auto own = items ? namespace_of(member.shape().element()) : std::string_view();
  return own.empty() ? namespace_of(member) : own;
}

// The prefix that a structure's namespace is declared for: the reference's, or that of its
// attributes ("xsi:type").
std::string prefix_of(const Member& member) {
  if (!member.xml_prefix().empty()) return std::string(member.xml_prefix());
  const auto shape = member.shape();
  for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
    const auto inner = shape.member(at);
    const auto colon = inner.wire_name().find(':');
    if (inner.xml_attribute() && colon != std::string_view::npos)
      return std::string(inner.wire_name().substr(0, colon));
  }
  return {};
}

class Reader {
 public:
  explicit Reader(std::string_view ns) : ns_(ns) {}

  Result<codec::Value> structure(const codec::XmlElement& element, Shape shape,
                                 const MemberPath& path, Extent extent) const {
    if (!element.text.empty() && element.children.empty() && !blank(element.text)) {
      return path.fail("must have elements, not text");
    }
    codec::Object members;
    CHECK_OK(attributes(element, shape, path, members));
    for (const auto& child : element.children) {
      const auto modelled = find(shape, child.name, extent);
      if (!modelled) return path.unknown(child.name);
      CHECK_OK(check_namespace(child, element.ns, namespace_of_child(*modelled), path));
      const MemberPath here(&path, modelled->name());
      const auto member_shape = modelled->shape();
      auto seen = std::ranges::find(members, modelled->name(), &codec::Member::name);
      if (modelled->flattened() && member_shape.kind() == ShapeKind::kList) {
        if (seen == members.end())
          seen = members.insert(seen, {std::string(modelled->name()), codec::List()});
        TRY(auto value, one(child, member_shape.element(), here));
        seen->value.list()->push_back(std::move(value));
        continue;
      }
      if (modelled->flattened() && member_shape.kind() == ShapeKind::kMap) {
        if (seen == members.end())
          seen = members.insert(seen, {std::string(modelled->name()), codec::Object()});
        CHECK_OK(entry(child, member_shape, here, *seen->value.object()));
        continue;
      }
      if (seen != members.end()) return here.fail("stands there more than once");
      TRY(auto value, one(child, *modelled, here));
      members.push_back({std::string(modelled->name()), std::move(value)});
    }
    if (shape.is_union() && members.size() != 1)
      return path.fail("is a union and must have exactly one member");
    return codec::Value(std::move(members));
  }

  // An element is in no namespace, the body's, its parent's, or the one that the model gives it.
  Status check_namespace(const codec::XmlElement& element, std::string_view parents,
                         std::string_view own, const MemberPath& path) const {
    if (element.ns.empty() || element.ns == ns_ || element.ns == parents || element.ns == own)
      return {};
    return path.fail("has an element in the foreign namespace " + quoted(element.ns));
  }

 private:
  static bool blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }

  static std::optional<Member> find(Shape shape, std::string_view name, Extent extent) {
    const auto found = shape.member_by_wire_name(name);
    if (!found || found->xml_attribute()) return std::nullopt;
    if (extent == Extent::kBodyOnly && found->location() != Location::kBody) return std::nullopt;
    return found;
  }

  // "xsi:type" is in the namespace of XML Schema instances, whatever its prefix; "name" is in none.
  static bool same_space(std::string_view wire_name, const codec::XmlAttribute& attribute) {
    const auto colon = wire_name.find(':');
    if (colon == std::string_view::npos) return attribute.ns.empty();
    if (wire_name.starts_with("xsi:"))
      return attribute.ns == "http://www.w3.org/2001/XMLSchema-instance";
    return attribute.prefix == wire_name.substr(0, colon);
  }

  static Status attributes(const codec::XmlElement& element, Shape shape, const MemberPath& path,
                           codec::Object& out) {
    for (const auto& attribute : element.attributes) {
      bool known = false;
      for (std::uint32_t at = 0; at < shape.member_count() && !known; ++at) {
        const auto member = shape.member(at);
        if (!member.xml_attribute() || local_part(member.wire_name()) != attribute.name) continue;
        if (!same_space(member.wire_name(), attribute)) continue;
        if (std::ranges::find(out, member.name(), &codec::Member::name) != out.end())
          return path.fail("has the attribute " + quoted(attribute.name) + " twice");
        out.push_back({std::string(member.name()), codec::Value(attribute.value)});
        known = true;
      }
      if (!known) return path.unknown("@" + attribute.name);
    }
    return {};
  }

  Result<codec::Value> one(const codec::XmlElement& element, const Member& member,
                           const MemberPath& path) const {
    const auto shape = member.shape();
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(element, shape, path, Extent::kAll);
      case ShapeKind::kList: return list(element, shape, path);
      case ShapeKind::kMap: return map(element, shape, path);
      default: break;
    }
    if (!element.children.empty()) return path.fail("must be text, not elements");
    if (!element.attributes.empty()) return path.unknown("@" + element.attributes[0].name);
    auto value = read_scalar(element.text, shape,
                             or_default(member.timestamp_format(), TimestampFormat::kIso8601));
    if (!value) return path.fail("does not have the modelled type");
    return std::move(*value);
  }

  Result<codec::Value> list(const codec::XmlElement& element, Shape shape,
                            const MemberPath& path) const {
    if (!element.attributes.empty()) return path.unknown("@" + element.attributes[0].name);
    const auto item = shape.element();
    const auto item_name = or_name(item.location_name(), "member");
    codec::List values;
    values.reserve(element.children.size());
    for (std::size_t at = 0; at < element.children.size(); ++at) {
      const auto& child = element.children[at];
      if (child.name != item_name) return path.unknown(child.name);
      const MemberPath here(&path, at);
      CHECK_OK(check_namespace(child, element.ns, namespace_of(item), here));
      TRY(auto value, one(child, item, here));
      values.push_back(std::move(value));
    }
    if (values.empty() && !blank(element.text)) return path.fail("must have elements, not text");
    return codec::Value(std::move(values));
  }

  Result<codec::Value> map(const codec::XmlElement& element, Shape shape,
                           const MemberPath& path) const {
    if (!element.attributes.empty()) return path.unknown("@" + element.attributes[0].name);
    if (element.children.empty() && !blank(element.text))
      return path.fail("must have elements, not text");
    codec::Object entries;
    for (const auto& child : element.children) {
      if (child.name != "entry") return path.unknown(child.name);
      CHECK_OK(entry(child, shape, path, entries));
    }
    return codec::Value(std::move(entries));
  }

  Status entry(const codec::XmlElement& element, Shape shape, const MemberPath& path,
               codec::Object& out) const {
    const auto key_name = or_name(shape.key().location_name(), "key");
    const auto value_name = or_name(shape.value().location_name(), "value");
    if (element.children.size() != 2 || element.children[0].name != key_name ||
        element.children[1].name != value_name || !element.children[0].children.empty() ||
        !element.attributes.empty() || !element.children[0].attributes.empty()) {
      return path.fail("must have entries of one <" + std::string(key_name) + "> and one <" +
                       std::string(value_name) + ">");
    }
    CHECK_OK(check_namespace(element, element.ns, namespace_of(shape.value()), path));
    CHECK_OK(check_namespace(element.children[0], element.ns, namespace_of(shape.key()), path));
    CHECK_OK(check_namespace(element.children[1], element.ns, namespace_of(shape.value()), path));
    const auto& key = element.children[0].text;
    if (std::ranges::find(out, key, &codec::Member::name) != out.end())
      return path.fail("has a key twice");
    const MemberPath here(&path, key);
    TRY(auto value, one(element.children[1], shape.value(), here));
    out.push_back({key, std::move(value)});
    return {};
  }

  std::string_view ns_;
};

class Writer {
 public:
  explicit Writer(codec::XmlWriter& xml) : xml_(xml) {}

  Status structure(std::string_view name, const codec::Value& value, Shape shape,
                   std::string_view ns, std::string_view prefix, Extent extent) {
    const auto* members = value.object();
    if (members == nullptr) return broken();
    xml_.open(name);
    if (!ns.empty()) xml_.attribute(prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix), ns);
    for (const auto& member : *members) {
      const auto modelled = shape.member(member.name);
      if (!modelled) return broken();
      if (!modelled->xml_attribute()) continue;
      if (member.value.string() == nullptr) return broken();
      xml_.attribute(modelled->wire_name(), *member.value.string());
    }
    for (const auto& member : *members) {
      const auto modelled = *shape.member(member.name);
      if (modelled.xml_attribute() ||
          (extent == Extent::kBodyOnly && modelled.location() != Location::kBody))
        continue;
      CHECK_OK(one(modelled.wire_name(), member.value, modelled));
    }
    xml_.close();
    return {};
  }

 private:
  static std::unexpected<Error> broken() {
    return fail(ErrorCode::kInternal, "a value does not have the type of its shape");
  }

  Status one(std::string_view name, const codec::Value& value, const Member& member) {
    const auto shape = member.shape();
    switch (shape.kind()) {
      case ShapeKind::kStructure:
        return structure(name, value, shape, namespace_of(member), prefix_of(member), Extent::kAll);
      case ShapeKind::kList: return list(name, value, member);
      case ShapeKind::kMap: return map(name, value, member);
      default: break;
    }
    std::string text;
    if (!write_scalar(text, value,
                      or_default(member.timestamp_format(), TimestampFormat::kIso8601)))
      return broken();
    if (!codec::is_xml_text(text)) {
      return fail(ErrorCode::kInvalidInput,
                  "member " + quoted(member.name()) + " has characters that XML cannot carry");
    }
    xml_.open(name);
    open_namespace(member);
    xml_.text(text).close();
    return {};
  }

  void open_namespace(const Member& member) {
    if (!member.xml_namespace().empty()) xml_.attribute("xmlns", member.xml_namespace());
  }

  Status list(std::string_view name, const codec::Value& value, const Member& member) {
    const auto* items = value.list();
    if (items == nullptr) return broken();
    const auto item = member.shape().element();
    if (member.flattened()) {
      for (const auto& element : *items) CHECK_OK(one(name, element, item));
      return {};
    }
    xml_.open(name);
    open_namespace(member);
    for (const auto& element : *items)
      CHECK_OK(one(or_name(item.location_name(), "member"), element, item));
    xml_.close();
    return {};
  }

  Status map(std::string_view name, const codec::Value& value, const Member& member) {
    const auto* entries = value.object();
    if (entries == nullptr) return broken();
    const auto shape = member.shape();
    if (!member.flattened()) {
      xml_.open(name);
      open_namespace(member);
    }
    for (const auto& entry : *entries) {
      xml_.open(member.flattened() ? name : "entry");
      CHECK_OK(
          one(or_name(shape.key().location_name(), "key"), codec::Value(entry.name), shape.key()));
      CHECK_OK(one(or_name(shape.value().location_name(), "value"), entry.value, shape.value()));
      xml_.close();
    }
    if (!member.flattened()) xml_.close();
    return {};
  }

  codec::XmlWriter& xml_;
};

}  // namespace

Result<codec::Value> read_xml_structure(const codec::XmlElement& element, Shape shape,
                                        std::string_view ns, const MemberPath& path,
                                        Extent extent) {
  const Reader reader(ns);
  CHECK_OK(reader.check_namespace(element, ns, shape.xml_namespace(), path));
  return reader.structure(element, shape, path, extent);
}

Status write_xml_structure(codec::XmlWriter& xml, std::string_view name, const codec::Value& value,
                           Shape shape, std::string_view ns, Extent extent) {
  return Writer(xml).structure(name, value, shape, ns, "", extent);
}

}  // namespace strait::wire
