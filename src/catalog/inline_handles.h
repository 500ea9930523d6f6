// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>

#include "catalog/catalog.h"

// The accessors that a walk through an input asks of every shape and member on its way, and those
// that every call asks of its operation time and again. Each is one load from the pack, less than a
// call of it would be. The others are in handles.cc, and so are the names of operations and
// services, for which other rooms' tests have names of their own.
namespace strait::catalog {

inline std::string_view Catalog::text(format::Str at) const {
  const char* base = strings_ + at;
  std::uint16_t length;
  std::memcpy(&length, base, sizeof length);
  return {base + sizeof length, length};
}

inline ShapeKind Shape::kind() const {
  return static_cast<ShapeKind>(catalog_->shapes_[index_].kind);
}
inline unsigned Shape::number_bits() const { return catalog_->shapes_[index_].number_bits; }
inline bool Shape::event_stream() const {
  return catalog_->shapes_[index_].flags & format::kEventStream;
}
inline bool Shape::is_union() const { return catalog_->shapes_[index_].flags & format::kUnion; }
inline TimestampFormat Shape::timestamp_format() const {
  return static_cast<TimestampFormat>(catalog_->shapes_[index_].timestamp_format);
}
inline std::uint32_t Shape::member_count() const {
  const auto& shape = catalog_->shapes_[index_];
  return static_cast<ShapeKind>(shape.kind) == ShapeKind::kStructure ? shape.member_count : 0;
}
inline Member Shape::member(std::uint32_t at) const {
  return {catalog_, catalog_->shapes_[index_].first_member + at};
}
// A structure asked for its element answers with its first member's place, which may be another
// shape's: ask kind() first.
inline Member Shape::element() const { return member(0u); }
inline Member Shape::key() const { return member(0u); }
inline Member Shape::value() const { return member(1u); }

inline std::string_view Member::name() const {
  return catalog_->text(catalog_->members_[index_].name);
}
inline std::string_view Member::location_name() const {
  return catalog_->text(catalog_->members_[index_].location_name);
}
inline bool Member::has_location_name() const {
  return catalog_->members_[index_].location_name != 0;
}
inline std::string_view Member::wire_name() const {
  return has_location_name() ? location_name() : name();
}
inline Shape Member::shape() const { return {catalog_, catalog_->members_[index_].shape}; }
inline Location Member::location() const {
  return static_cast<Location>(catalog_->members_[index_].place & 15);
}
inline TimestampFormat Member::timestamp_format() const {
  const auto own = static_cast<TimestampFormat>(catalog_->members_[index_].place >> 4);
  return own != TimestampFormat::kUnset ? own : shape().timestamp_format();
}
// The writer of the pack has or-ed the shape's traits into the member's, where catalog.h says so.
inline bool Member::sensitive() const {
  return catalog_->members_[index_].flags & format::kSensitive;
}

inline std::string_view Operation::host_prefix() const {
  return catalog_->text(catalog_->operations_[index_].host_prefix);
}
inline std::string_view Operation::signing_name() const {
  return catalog_->text(catalog_->operations_[index_].signing_name);
}
inline std::optional<Shape> Operation::input() const {
  const auto shape = catalog_->operations_[index_].input;
  return shape == format::kNone ? std::nullopt : std::optional(Shape(catalog_, shape));
}

inline std::string_view Service::signing_name() const {
  return catalog_->text(catalog_->services_[index_].signing_name);
}
inline std::string_view Service::target_prefix() const {
  return catalog_->text(catalog_->services_[index_].target_prefix);
}

}  // namespace strait::catalog
