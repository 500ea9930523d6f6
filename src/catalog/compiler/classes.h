// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Why an operation must be named in a policy (catalog::Class) and which output members are covered,
// from overlay/classes.txt and overlay/masks.txt. Needs the action rows and the action vocabulary
// in the pack. Refuses a model in which an operation returns a member that looks like a secret and
// no row says what to think of it.
namespace strait::catalog::compiler {

Status add_classes(Writer& pack, const Sources& sources);

}  // namespace strait::catalog::compiler
