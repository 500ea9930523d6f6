// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/compiler/writer.h"

// Where inputs hold ARNs of roles, at any depth: members whose name, or whose shape's name, ends
// like a role ARN's. What stands there need not be one; the trigger is kRoleArn, which looks at the
// value.
namespace strait::catalog::compiler {

class RolePlaces {
 public:
  // Looks through all shapes of the pack, which must not change afterwards.
  explicit RolePlaces(const Writer& pack);

  // As paths. A structure inside itself is entered once more and not again. Refuses an input with
  // more places, or deeper ones, than a pack should list: a place left out would be a role handed
  // over unseen.
  Result<std::vector<std::string>> in(format::Index input) const;

  // Whether a role can be below the reference to `shape` that is called `name`.
  bool below(format::Index shape, std::string_view name) const;

 private:
  const Writer& pack_;
  std::vector<bool> structures_;  // by shape: whether a role can be below
};

}  // namespace strait::catalog::compiler
