// SPDX-License-Identifier: Apache-2.0
#include "wire/member_path.h"

namespace strait::wire {

std::string MemberPath::str() const {
  if (up_ == nullptr) return "input";
  const bool top = up_->up_ == nullptr;
  if (indexed_) return up_->str() + "[" + std::to_string(index_) + "]";
  return top ? std::string(name_) : up_->str() + "." + std::string(name_);
}

std::unexpected<Error> MemberPath::fail(std::string_view why) const {
  return strait::fail(ErrorCode::kInvalidInput, "member " + quoted(str()) + " " + std::string(why));
}

std::unexpected<Error> MemberPath::unknown(std::string_view name) const {
  return strait::fail(ErrorCode::kInvalidInput, quoted(str()) + " has no member " + quoted(name) +
                                                    " in this version of the API model");
}

}  // namespace strait::wire
