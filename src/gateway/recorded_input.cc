// SPDX-License-Identifier: Apache-2.0
#include "gateway/recorded_input.h"

#include "codec/json.h"

namespace strait::gateway {
namespace {

using catalog::ShapeKind;

void write(std::string& out, const codec::Value& value, const catalog::Member& member,
           const mask::MaskKey& key);

void write_fields(std::string& out, const codec::Object& object, const catalog::Shape& shape,
                  const mask::MaskKey& key) {
  out += '{';
  for (const auto& [name, value] : object) {
    if (out.back() != '{') out += ',';
    codec::write_json_string(out, name);
    out += ':';
    const auto member =
        shape.kind() == ShapeKind::kMap ? std::optional(shape.value()) : shape.member(name);
    if (member) {
      write(out, value, *member, key);
    } else {
      codec::write_json(out, value);  // inside a document
    }
  }
  out += '}';
}

void write(std::string& out, const codec::Value& value, const catalog::Member& member,
           const mask::MaskKey& key) {
  if (member.sensitive()) {
    std::string text;
    codec::write_json(text, value);
    codec::write_json_string(out, key.marker("sensitive", text));
    return;
  }
  const auto shape = member.shape();
  const auto kind = shape.kind();
  if (const auto* object = value.object();
      object && (kind == ShapeKind::kStructure || kind == ShapeKind::kMap)) {
    write_fields(out, *object, shape, key);
  } else if (const auto* list = value.list(); list && kind == ShapeKind::kList) {
    out += '[';
    for (const auto& element : *list) {
      if (out.back() != '[') out += ',';
      write(out, element, shape.element(), key);
    }
    out += ']';
  } else {
    codec::write_json(out, value);
  }
}

}  // namespace

std::string recorded_input(const journey::Call& call, const mask::MaskKey& key) {
  std::string out;
  out.reserve(256);
  const auto* object = call.input.object();
  const auto shape = call.operation.input();
  if (object == nullptr || !shape) return "{}";
  write_fields(out, *object, *shape, key);
  return out;
}

}  // namespace strait::gateway
