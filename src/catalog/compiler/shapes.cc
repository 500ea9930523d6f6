// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/shapes.h"

#include <algorithm>
#include <numeric>

#include "catalog/catalog.h"
#include "catalog/compiler/model.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

Result<ShapeKind> kind_of(const Value& shape) {
  const auto type = text_of(shape, "type");
  if (flag_of(shape, "document")) return ShapeKind::kDocument;
  if (type == "structure") return ShapeKind::kStructure;
  if (type == "list") return ShapeKind::kList;
  if (type == "map") return ShapeKind::kMap;
  if (type == "string" || type == "character") return ShapeKind::kString;
  if (type == "blob") return ShapeKind::kBlob;
  if (type == "boolean") return ShapeKind::kBoolean;
  if (type == "timestamp") return ShapeKind::kTimestamp;
  if (type == "float" || type == "double" || type == "bigdecimal") return ShapeKind::kFloat;
  if (type == "byte" || type == "short" || type == "integer" || type == "long" ||
      type == "biginteger")
    return ShapeKind::kInteger;
  return fail(ErrorCode::kInvalidConfiguration,
              "shape type " + quoted(type) + " is not one that Strait knows");
}

// What other readers of a number keep of it.
std::uint8_t number_bits_of(const Value& shape) {
  const auto type = text_of(shape, "type");
  if (type == "byte") return 8;
  if (type == "short") return 16;
  if (type == "integer" || type == "float") return 32;
  if (type == "long" || type == "double") return 64;
  return 0;
}

Result<TimestampFormat> timestamp_format_of(const Value& model) {
  const auto text = text_of(model, "timestampFormat");
  if (text.empty()) return TimestampFormat::kUnset;
  if (text == "iso8601") return TimestampFormat::kIso8601;
  if (text == "rfc822") return TimestampFormat::kRfc822;
  if (text == "unixTimestamp") return TimestampFormat::kUnix;
  return fail(ErrorCode::kInvalidConfiguration,
              "timestamp format " + quoted(text) + " is not one that Strait knows");
}

Result<Location> location_of(const Value& model) {
  const auto text = text_of(model, "location");
  if (text.empty()) return Location::kBody;
  if (text == "uri") return Location::kUri;
  if (text == "querystring") return Location::kQueryString;
  if (text == "header") return Location::kHeader;
  if (text == "headers") return Location::kHeaders;
  if (text == "statusCode") return Location::kStatusCode;
  return fail(ErrorCode::kInvalidConfiguration,
              "member location " + quoted(text) + " is not one that Strait knows");
}

std::uint8_t shape_flags(const Value& model) {
  std::uint8_t flags = 0;
  const auto set = [&](std::string_view trait, format::ShapeFlag flag) {
    if (flag_of(model, trait)) flags |= flag;
  };
  set("sensitive", format::kShapeSensitive);
  set("streaming", format::kShapeStreaming);
  set("eventstream", format::kEventStream);
  set("flattened", format::kShapeFlattened);
  set("union", format::kUnion);
  set("jsonvalue", format::kShapeJsonValue);
  set("event", format::kEvent);
  set("exception", format::kException);
  return flags;
}

std::uint16_t member_flags(const Value& model) {
  std::uint16_t flags = 0;
  const auto set = [&](std::string_view trait, format::MemberFlag flag) {
    if (flag_of(model, trait)) flags |= flag;
  };
  set("sensitive", format::kSensitive);
  set("streaming", format::kStreaming);
  set("flattened", format::kFlattened);
  set("xmlAttribute", format::kXmlAttribute);
  set("idempotencyToken", format::kIdempotencyToken);
  set("hostLabel", format::kHostLabel);
  set("eventheader", format::kEventHeader);
  set("eventpayload", format::kEventPayload);
  set("jsonvalue", format::kJsonValue);
  return flags;
}

std::uint8_t name_space_of(Writer& pack, const Value& model) {
  const auto* space = model.find("xmlNamespace");
  if (!space) return 0;
  if (space->string()) return pack.name_space(*space->string(), "");
  return pack.name_space(text_of(*space, "uri"), text_of(*space, "prefix"));
}

// Writes the order of the last `count` members by `key` to the end of `order`.
void add_order(std::vector<std::uint16_t>& order, std::size_t count, auto key) {
  const auto first = order.size();
  order.resize(first + count);
  const auto part =
      std::ranges::subrange(order.begin() + static_cast<std::ptrdiff_t>(first), order.end());
  std::iota(part.begin(), part.end(), std::uint16_t{0});
  std::ranges::stable_sort(part, {}, key);
}

}  // namespace

format::Index Shapes::index(std::string_view name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? format::kNone : found->second.index;
}

std::string_view Shapes::payload(std::string_view name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? std::string_view{} : text_of(*found->second.model, "payload");
}

Result<format::Member> Shapes::reference(Writer& pack, const Value& model) const {
  const auto found = known_.find(text_of(model, "shape"));
  if (found == known_.end()) {
    return fail(ErrorCode::kInvalidConfiguration,
                "there is no shape " + quoted(text_of(model, "shape")));
  }
  const auto of_shape = shape_flags(*found->second.model);
  format::Member member;
  member.shape = found->second.index;
  member.location_name = pack.str(text_of(model, "locationName"));
  member.flags = member_flags(model);
  if (of_shape & format::kShapeSensitive) member.flags |= format::kSensitive;
  if (of_shape & format::kShapeStreaming) member.flags |= format::kStreaming;
  if (of_shape & format::kShapeFlattened) member.flags |= format::kFlattened;
  if (of_shape & format::kShapeJsonValue) member.flags |= format::kJsonValue;
  if (of_shape & format::kEvent) member.flags |= format::kIsEvent;
  TRY(const auto location, location_of(model));
  TRY(const auto timestamp, timestamp_format_of(model));
  member.place = static_cast<std::uint8_t>(static_cast<unsigned>(location) |
                                           static_cast<unsigned>(timestamp) << 4);
  member.name_space = name_space_of(pack, model);
  return member;
}

Status Shapes::write_structure(Writer& pack, const Value& model, bool event_stream) const {
  const auto* list = model.find("members");
  if (!list || !list->object()) return {};
  const auto* required = model.find("required");
  for (const auto& [name, reference_model] : *list->object()) {
    TRY(auto member, reference(pack, reference_model));
    member.name = pack.str(name);
    if (!event_stream) member.flags &= static_cast<std::uint16_t>(~format::kIsEvent);
    const auto is_name = [&wanted = name](const Value& item) {
      return item.string() && *item.string() == wanted;
    };
    if (required && required->list() && std::ranges::any_of(*required->list(), is_name))
      member.flags |= format::kRequired;
    if (const auto query = text_of(reference_model, "queryName"); !query.empty()) {
      member.flags |= format::kHasQueryName;
      pack.query_names.push_back(
          {static_cast<std::uint32_t>(pack.members.size()), pack.str(query)});
    }
    pack.members.push_back(member);
  }
  return {};
}

Status Shapes::write_reference(Writer& pack, const Value& model, std::string_view role) const {
  const auto* target = model.find(role);
  if (!target)
    return fail(ErrorCode::kInvalidConfiguration, "a list or map has no " + quoted(role));
  TRY(auto member, reference(pack, *target));
  member.flags &= static_cast<std::uint16_t>(~format::kIsEvent);
  pack.members.push_back(member);
  return {};
}

Status Shapes::write(Writer& pack, const codec::Member& source) const {
  const auto& model = source.value;
  format::Shape shape;
  TRY(const auto kind, kind_of(model));
  TRY(const auto timestamp, timestamp_format_of(model));
  shape.name = pack.str(source.name);
  shape.kind = static_cast<std::uint8_t>(kind);
  shape.flags = shape_flags(model);
  shape.number_bits = number_bits_of(model);
  shape.timestamp_format = static_cast<std::uint8_t>(timestamp);
  shape.name_space = name_space_of(pack, model);
  shape.first_member = static_cast<format::Index>(pack.members.size());
  if (kind == ShapeKind::kStructure)
    CHECK_OK(write_structure(pack, model, shape.flags & format::kEventStream));
  if (kind == ShapeKind::kList) CHECK_OK(write_reference(pack, model, "member"));
  if (kind == ShapeKind::kMap) {
    CHECK_OK(write_reference(pack, model, "key"));
    CHECK_OK(write_reference(pack, model, "value"));
  }
  const auto count = pack.members.size() - shape.first_member;
  if (count > 0xffff)
    return fail(ErrorCode::kLimitExceeded,
                "shape " + quoted(source.name) + " has too many members");
  shape.member_count = static_cast<std::uint16_t>(count);
  add_order(pack.by_name, count, [&](std::uint16_t at) {
    return pack.text(pack.members[shape.first_member + at].name);
  });
  add_order(pack.by_wire_name, count, [&](std::uint16_t at) {
    const auto& member = pack.members[shape.first_member + at];
    return std::pair(pack.text(member.location_name != 0 ? member.location_name : member.name),
                     (member.place & 15) != 0);
  });
  const auto index = static_cast<std::uint32_t>(pack.shapes.size());
  if (const auto name = text_of(model, "locationName"); !name.empty()) {
    shape.more |= 1;
    pack.shape_names.push_back({index, pack.str(name)});
  }
  if (const auto* error = model.find("error"); error && !text_of(*error, "code").empty()) {
    shape.more |= 2;
    pack.error_codes.push_back({index, pack.str(text_of(*error, "code"))});
  }
  pack.shapes.push_back(shape);
  return {};
}

Result<Shapes> Shapes::add(Writer& pack, const Value& model) {
  const auto* list = model.find("shapes");
  if (!list || !list->object())
    return fail(ErrorCode::kInvalidConfiguration, "the model has no shapes");
  Shapes shapes;
  auto next = static_cast<format::Index>(pack.shapes.size());
  for (const auto& shape : *list->object())
    shapes.known_.emplace(shape.name, Known{next++, &shape.value});
  for (const auto& shape : *list->object()) {
    auto written = shapes.write(pack, shape);
    if (!written)
      return fail(written.error().code,
                  "shape " + quoted(shape.name) + ": " + written.error().message);
  }
  return shapes;
}

}  // namespace strait::catalog::compiler
