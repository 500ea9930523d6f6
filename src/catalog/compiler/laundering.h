// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "catalog/compiler/writer.h"

// Which operations may be ways around a policy: they take code, a template or a policy document, or
// are called like something that runs what it is given. A guess, for people to decide on
// (overlay/classes.txt): run-code, edit-policy, edit-trust, or `plain`.
namespace strait::catalog::compiler {

// Why, or "". `level` is the access level of the operation's first action, "" when unknown.
std::string laundering_suspicion(const Writer& pack, const format::Operation& operation,
                                 std::string_view level);

}  // namespace strait::catalog::compiler
