// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Condition keys whose value is an input member's. A rule finds them: the reference lists the key
// for an action of the operation, says that it is about the request, and a top-level member of a
// fitting kind has its name. overlay/context.txt adds those with other names, and takes back what
// the rule gets wrong. Needs the action rows.
namespace strait::catalog::compiler {

Status add_context_keys(Writer& pack, const Sources& sources, const Iam& iam);

}  // namespace strait::catalog::compiler
