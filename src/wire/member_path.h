// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

// Where in an input a reader stands, for its error messages: a chain of frames on the stack,
// spelled only when needed.
namespace strait::wire {

class MemberPath {
 public:
  MemberPath() = default;
  MemberPath(const MemberPath* up, std::string_view name) : up_(up), name_(name) {}
  MemberPath(const MemberPath* up, std::size_t index) : up_(up), index_(index), indexed_(true) {}

  std::string str() const;  // "Items[2].Key", "input" at the top
  std::unexpected<Error> fail(
      std::string_view why) const;  // kInvalidInput: "member `Items[2].Key` <why>"
  std::unexpected<Error> unknown(
      std::string_view name) const;  // "`Items[2]` has no member `name` ..."

 private:
  const MemberPath* up_ = nullptr;
  std::string_view name_;
  std::size_t index_ = 0;
  bool indexed_ = false;
};

}  // namespace strait::wire
