// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Our actions beside the published ones. For an operation that the Service Authorization Reference
// has an action for, that action and those it lists as dependent are what AWS says; where our rows
// say otherwise, overlay/differs.txt gives the reason. Two kinds need none, because a rule makes
// them from parameters: iam:PassRole for a role in the input, the tagging action for tags in it.
namespace strait::catalog::compiler {

// Refuses a difference without a row, and a row without a difference.
Status check_differences(const Writer& pack, const Sources& sources, const Iam& iam,
                         const Iam& dependencies);

}  // namespace strait::catalog::compiler
