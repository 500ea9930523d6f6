// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/compiler/bindings.h"

// One action row before it is written to the pack.
namespace strait::catalog::compiler {

struct Draft {
  std::string action, access_level;
  Trigger trigger = Trigger::kAlways;
  std::string member;  // a path, for the triggers that look at one
  std::vector<BoundResource> resources;
};

// The rows of an action for an operation, as the reference and the names of members give them.
using DraftRows =
    std::function<std::vector<Draft>(format::Index operation, std::string_view action)>;

// "*": for an action that takes no resource (`known`), or one that the input does not name.
inline BoundResource everything(bool known) { return {"", "*", {}, known, true}; }

}  // namespace strait::catalog::compiler
