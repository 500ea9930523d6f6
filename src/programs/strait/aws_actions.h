// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "catalog/catalog.h"

namespace strait::programs {

// What Strait knows of one operation's permissions, for people: every action with its access level
// and when it is needed, what it is on and how the input fills that, the roles it hands over, the
// condition keys its parameters decide, and its classes. Lines end with '\n'.
std::string describe_actions(const catalog::Operation& operation);

}  // namespace strait::programs
