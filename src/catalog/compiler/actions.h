// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <set>
#include <string_view>

#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// Which IAM actions each operation needs, on what, and when. overlay/actions.txt first; for the
// rest the rule that holds for nineteen of twenty operations: the action is called as the
// operation. Then what parameters add: iam:PassRole for role ARNs, the tagging action when a thing
// is made with tags. Also the vocabulary of all IAM actions.
namespace strait::catalog::compiler {

// What the rows do not say, for the report (coverage.h).
struct ActionNotes {
  std::set<format::Index> by_name;                    // operations newer than the reference
  std::map<format::Index, std::string_view> without;  // operations without rows, and why
};

Result<ActionNotes> add_actions(Writer& pack, const Sources& sources);

}  // namespace strait::catalog::compiler
