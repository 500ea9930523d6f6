// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "codec/value.h"

// A typed value beside its shape: the two walks the desk needs. Templates over the shape, so that
// tests can write one down; in the gateway it is catalog::Shape. Where the model ends (no shape),
// everything counts and nothing is hidden.
namespace strait::desk {

// The shape below `name` of a structure, the value shape of a map.
template <class Shape>
struct Below {
  std::optional<Shape> shape;
  bool idempotency_token = false;
  bool sensitive = false;
};

template <class Shape>
Below<Shape> below(const std::optional<Shape>& shape, std::string_view name) {
  if (!shape) return {};
  if (shape->kind() == catalog::ShapeKind::kMap) {
    const auto value = shape->value();
    return {value.shape(), false, value.sensitive()};
  }
  if (shape->kind() != catalog::ShapeKind::kStructure) return {};
  const auto member = shape->member(name);
  if (!member) return {};
  return {member->shape(), member->idempotency_token(), member->sensitive()};
}

template <class Shape>
Below<Shape> element_of(const std::optional<Shape>& shape) {
  if (!shape || shape->kind() != catalog::ShapeKind::kList) return {};
  const auto element = shape->element();
  return {element.shape(), false, element.sensitive()};
}

// Appends type, length and content, so that no two values give the same bytes. Members go by name;
// idempotency tokens are left out.
template <class Shape>
void append_canonical(std::string& out, const codec::Value& value,
                      const std::optional<Shape>& shape) {
  const auto leaf = [&out](char type, std::string_view content) {
    out += type;
    out += std::to_string(content.size());
    out += ':';
    out += content;
  };
  if (const auto* members = value.object()) {
    std::vector<const codec::Member*> sorted;
    for (const auto& member : *members) {
      if (!below(shape, member.name).idempotency_token) sorted.push_back(&member);
    }
    std::ranges::sort(sorted, {},
                      [](const codec::Member* member) -> std::string_view { return member->name; });
    out += '{' + std::to_string(sorted.size()) + ':';
    for (const auto* member : sorted) {
      leaf('k', member->name);
      append_canonical(out, member->value, below(shape, member->name).shape);
    }
  } else if (const auto* list = value.list()) {
    out += '[' + std::to_string(list->size()) + ':';
    for (const auto& one : *list) append_canonical(out, one, element_of(shape).shape);
  } else if (const auto* text = value.string()) {
    leaf('s', *text);
  } else if (const auto* number = value.number()) {
    leaf('n', number->token);
  } else if (const auto* blob = value.blob()) {
    leaf('b', blob->bytes);
  } else if (const auto* truth = value.boolean()) {
    leaf('t', *truth ? "1" : "0");
  } else if (const auto* instant = value.instant()) {
    leaf('i', std::to_string(instant->seconds) + "." + std::to_string(instant->nanos));
  } else {
    leaf('0', "");
  }
}

// The value as people are shown it: sensitive members, and texts and blobs too long to read,
// replaced by `replace`.
template <class Shape, class Replace>
codec::Value shown_value(const codec::Value& value, const std::optional<Shape>& shape,
                         bool sensitive, const Replace& replace) {
  if (const auto* members = value.object()) {
    codec::Object out;
    for (const auto& [name, inner] : *members) {
      const auto next = below(shape, name);
      out.push_back({name, shown_value(inner, next.shape, sensitive || next.sensitive, replace)});
    }
    return out;
  }
  if (const auto* list = value.list()) {
    codec::List out;
    for (const auto& one : *list) {
      const auto next = element_of(shape);
      out.push_back(shown_value(one, next.shape, sensitive || next.sensitive, replace));
    }
    return out;
  }
  return replace(value, sensitive);
}

// The shape of the call's input; none for a call that no catalog described.
inline std::optional<catalog::Shape> input_shape(const catalog::Catalog* catalog,
                                                 const catalog::Operation& operation) {
  return catalog == nullptr ? std::nullopt : operation.input();
}

}  // namespace strait::desk
