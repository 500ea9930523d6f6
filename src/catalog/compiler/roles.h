// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "catalog/compiler/writer.h"

namespace strait::catalog::compiler {

// Where an input holds ARNs of roles, at any depth, as paths: members whose name, or whose shape's
// name, ends like a role ARN's. What stands there need not be one; the trigger is kRoleArn, which
// looks at the value.
std::vector<std::string> role_paths(const Writer& pack, format::Index input);

}  // namespace strait::catalog::compiler
