// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "catalog/catalog.h"

namespace strait::catalog {

// Finds members of one structure, one after another. Who writes an input names them mostly in the
// model's order, so a search begins behind what the last one has found. The answers are those of
// Shape::member() and Shape::member_by_wire_name().
class MemberSearch {
 public:
  explicit MemberSearch(Shape shape) : shape_(shape), count_(shape.member_count()) {}

  std::optional<Member> by_name(std::string_view wanted) {
    const auto found = near(wanted, [](const Member& member) { return member.name(); });
    return found || count_ <= kFew ? found : shape_.member(wanted);
  }
  // Of members that share a wire name, the one in the body is meant.
  std::optional<Member> by_wire_name(std::string_view wanted) {
    const auto found = near(wanted, [](const Member& member) { return member.wire_name(); });
    if (found ? found->location() == Location::kBody : count_ <= kFew) return found;
    return shape_.member_by_wire_name(wanted);
  }

 private:
  static constexpr std::uint32_t kFew = 16;    // so many are looked through
  static constexpr std::uint32_t kNearby = 4;  // of more only these

  template <class Name>
  std::optional<Member> near(std::string_view wanted, Name name) {
    for (auto left = count_ <= kFew ? count_ : kNearby; left > 0; --left) {
      const auto member = shape_.member(next_);
      next_ = next_ + 1 == count_ ? 0 : next_ + 1;
      if (same(name(member), wanted)) return member;
    }
    return std::nullopt;
  }

  Shape shape_;
  std::uint32_t count_;
  std::uint32_t next_ = 0;
};

}  // namespace strait::catalog
