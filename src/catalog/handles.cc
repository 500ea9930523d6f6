// SPDX-License-Identifier: Apache-2.0
// The accessors of Shape, Member, Operation and Service: one record each, read in place. Those that
// are asked most are in inline_handles.h.
#include <algorithm>

#include "catalog/pack.h"

namespace strait::catalog {
namespace {

using format::kNone;

// The value beside `key` in pairs sorted by number; kNone when there is none.
std::uint32_t beside(std::span<const format::Pair> pairs, std::uint32_t key) {
  const auto at = std::ranges::lower_bound(pairs, key, {}, &format::Pair::key);
  return at != pairs.end() && at->key == key ? at->value : kNone;
}

template <class Text>
[[gnu::noinline]] std::uint32_t place_among_many(std::string_view wanted,
                                                 std::span<const std::uint16_t> order, Text text) {
  const auto at = std::ranges::lower_bound(order, wanted, {}, text);
  return at != order.end() && text(*at) == wanted ? *at : kNone;
}

// The first of `order`, places sorted by their text, whose text is `wanted`; kNone when there is
// none. Few are looked through: most differ in their length, which costs less than an order does.
template <class Text>
std::uint32_t place_of(std::string_view wanted, std::span<const std::uint16_t> order, Text text) {
  constexpr std::size_t kFew = 16;
  if (wanted.empty()) return kNone;
  if (order.size() > kFew) return place_among_many(wanted, order, text);
  for (const auto place : order) {
    const auto name = text(place);
    if (name.size() == wanted.size() && name[0] == wanted[0] && name == wanted) return place;
  }
  return kNone;
}

}  // namespace

// Shape. `pack_` and the other privates of Catalog are open to the handles, which are its friends.

std::string_view Shape::name() const {
  return catalog_->pack_->text(catalog_->pack_->shapes[index_].name);
}
bool Shape::sensitive() const {
  return catalog_->pack_->shapes[index_].flags & format::kShapeSensitive;
}
bool Shape::streaming() const {
  return catalog_->pack_->shapes[index_].flags & format::kShapeStreaming;
}
bool Shape::flattened() const {
  return catalog_->pack_->shapes[index_].flags & format::kShapeFlattened;
}
bool Shape::jsonvalue() const {
  return catalog_->pack_->shapes[index_].flags & format::kShapeJsonValue;
}
bool Shape::exception() const { return catalog_->pack_->shapes[index_].flags & format::kException; }

std::string_view Shape::error_code() const {
  const auto& pack = *catalog_->pack_;
  if (!(pack.shapes[index_].more & 2)) return name();
  const auto code = beside(pack.error_codes, index_);
  return code == kNone ? name() : pack.text(code);
}

std::string_view Shape::xml_namespace() const {
  const auto& pack = *catalog_->pack_;
  return pack.text(pack.namespaces[pack.shapes[index_].name_space].uri);
}

std::string_view Shape::location_name() const {
  const auto& pack = *catalog_->pack_;
  if (!(pack.shapes[index_].more & 1)) return {};
  const auto text = beside(pack.shape_names, index_);
  return text == kNone ? std::string_view{} : pack.text(text);
}

std::optional<Member> Shape::member(std::string_view wanted) const {
  const auto first = catalog_->shapes_[index_].first_member;
  const auto text = [catalog = catalog_, members = catalog_->members_ + first](std::uint16_t at) {
    return catalog->text(members[at].name);
  };
  const std::span order(catalog_->pack_->by_name.data() + first, member_count());
  const auto at = place_of(wanted, order, text);
  return at == kNone ? std::nullopt : std::optional(Member(catalog_, first + at));
}

std::optional<Member> Shape::member_by_wire_name(std::string_view wanted) const {
  const auto first = catalog_->shapes_[index_].first_member;
  const auto text = [catalog = catalog_, members = catalog_->members_ + first](std::uint16_t at) {
    const auto& member = members[at];
    return catalog->text(member.location_name != 0 ? member.location_name : member.name);
  };
  const std::span order(catalog_->pack_->by_wire_name.data() + first, member_count());
  const auto at = place_of(wanted, order, text);
  return at == kNone ? std::nullopt : std::optional(Member(catalog_, first + at));
}

// Member.

std::string_view Member::query_name() const {
  const auto& pack = *catalog_->pack_;
  if (!(pack.members[index_].flags & format::kHasQueryName)) return {};
  const auto text = beside(pack.query_names, index_);
  return text == kNone ? std::string_view{} : pack.text(text);
}

std::string_view Member::xml_namespace() const {
  const auto& pack = *catalog_->pack_;
  return pack.text(pack.namespaces[pack.members[index_].name_space].uri);
}

std::string_view Member::xml_prefix() const {
  const auto& pack = *catalog_->pack_;
  return pack.text(pack.namespaces[pack.members[index_].name_space].prefix);
}

bool Member::required() const { return catalog_->pack_->members[index_].flags & format::kRequired; }
bool Member::streaming() const {
  return catalog_->pack_->members[index_].flags & format::kStreaming;
}
bool Member::flattened() const {
  return catalog_->pack_->members[index_].flags & format::kFlattened;
}
bool Member::xml_attribute() const {
  return catalog_->pack_->members[index_].flags & format::kXmlAttribute;
}
bool Member::idempotency_token() const {
  return catalog_->pack_->members[index_].flags & format::kIdempotencyToken;
}
bool Member::host_label() const {
  return catalog_->pack_->members[index_].flags & format::kHostLabel;
}
bool Member::event() const { return catalog_->pack_->members[index_].flags & format::kIsEvent; }
bool Member::event_header() const {
  return catalog_->pack_->members[index_].flags & format::kEventHeader;
}
bool Member::event_payload() const {
  return catalog_->pack_->members[index_].flags & format::kEventPayload;
}
bool Member::jsonvalue() const {
  return catalog_->pack_->members[index_].flags & format::kJsonValue;
}

// Operation.

#define STRAIT_OPERATION_TEXT(accessor, field)                               \
  std::string_view Operation::accessor() const {                             \
    return catalog_->pack_->text(catalog_->pack_->operations[index_].field); \
  }
STRAIT_OPERATION_TEXT(name, name)
STRAIT_OPERATION_TEXT(http_method, method)
STRAIT_OPERATION_TEXT(uri, uri)
STRAIT_OPERATION_TEXT(input_payload, input_payload)
STRAIT_OPERATION_TEXT(output_payload, output_payload)
STRAIT_OPERATION_TEXT(input_root, input_root)
STRAIT_OPERATION_TEXT(input_xml_namespace, input_xml_namespace)
STRAIT_OPERATION_TEXT(result_wrapper, result_wrapper)
STRAIT_OPERATION_TEXT(checksum_algorithm_member, checksum_member)
#undef STRAIT_OPERATION_TEXT

Service Operation::service() const {
  return {catalog_, catalog_->pack_->operations[index_].service};
}

std::optional<Shape> Operation::output() const {
  const auto shape = catalog_->pack_->operations[index_].output;
  return shape == kNone ? std::nullopt : std::optional(Shape(catalog_, shape));
}

bool Operation::no_auth() const {
  return catalog_->pack_->operations[index_].flags & format::kNoAuth;
}
bool Operation::unsigned_payload() const {
  return catalog_->pack_->operations[index_].flags & format::kUnsignedPayload;
}
bool Operation::deprecated() const {
  return catalog_->pack_->operations[index_].flags & format::kDeprecated;
}
bool Operation::request_compression() const {
  return catalog_->pack_->operations[index_].flags & format::kRequestCompression;
}
bool Operation::read_only() const {
  return catalog_->pack_->operations[index_].flags & format::kReadOnly;
}
bool Operation::checksum_required() const {
  return catalog_->pack_->operations[index_].flags & format::kChecksumRequired;
}

std::span<const std::uint32_t> Operation::error_shapes() const {
  const auto& pack = *catalog_->pack_;
  return pack.run(pack.errors, pack.operations[index_].errors);
}

Classes Operation::classes() const { return catalog_->pack_->operations[index_].classes; }

std::vector<MaskPath> Operation::secrets() const {
  const auto& pack = *catalog_->pack_;
  std::vector<MaskPath> paths;
  for (const auto& mask : pack.run(pack.masks, pack.operations[index_].secrets)) {
    paths.emplace_back(pack.text(mask.path), pack.text(mask.kind));
  }
  return paths;
}

std::vector<MaskPath> Operation::unmasked() const {
  const auto& pack = *catalog_->pack_;
  std::vector<MaskPath> paths;
  for (const auto& mask : pack.run(pack.masks, pack.operations[index_].unmasked)) {
    paths.emplace_back(pack.text(mask.path), pack.text(mask.kind));
  }
  return paths;
}

// Service.

#define STRAIT_SERVICE_TEXT(accessor)                                         \
  std::string_view Service::accessor() const {                                \
    return catalog_->pack_->text(catalog_->pack_->services[index_].accessor); \
  }
STRAIT_SERVICE_TEXT(name)
STRAIT_SERVICE_TEXT(service_id)
STRAIT_SERVICE_TEXT(api_version)
STRAIT_SERVICE_TEXT(endpoint_prefix)
STRAIT_SERVICE_TEXT(xml_namespace)
STRAIT_SERVICE_TEXT(iam_prefix)
#undef STRAIT_SERVICE_TEXT

std::span<const Protocol> Service::protocols() const {
  const auto& service = catalog_->pack_->services[index_];
  static_assert(sizeof(Protocol) == 1);
  return {reinterpret_cast<const Protocol*>(service.protocols.data()), service.protocol_count};
}

bool Service::speaks(Protocol protocol) const {
  return std::ranges::find(protocols(), protocol) != protocols().end();
}
bool Service::global() const { return catalog_->pack_->services[index_].flags & format::kGlobal; }
bool Service::account_in_host() const {
  return catalog_->pack_->services[index_].flags & format::kAccountInHost;
}
bool Service::query_compatible() const {
  return catalog_->pack_->services[index_].flags & format::kQueryCompatible;
}
std::uint32_t Service::operation_count() const {
  return catalog_->pack_->services[index_].operations.count;
}
Operation Service::operation(std::uint32_t at) const {
  return {catalog_, catalog_->pack_->services[index_].operations.first + at};
}

}  // namespace strait::catalog
