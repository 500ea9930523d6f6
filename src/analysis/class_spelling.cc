// SPDX-License-Identifier: Apache-2.0
#include "analysis/class_spelling.h"

#include <algorithm>

#include "policy/class_word.h"

namespace strait::analysis {

Result<std::vector<ClassSpelling::Part>> ClassSpelling::spell_out(
    const policy::StatementText& statement, bool& widened) {
  std::vector<Part> parts;
  if (std::ranges::none_of(statement.actions, policy::is_class_word)) {
    parts.push_back({statement, false});
    return parts;
  }
  if (catalog_ == nullptr)
    return fail(ErrorCode::kInvalidConfiguration,
                "a class of actions cannot be said to AWS without a catalog");
  if (known_.empty()) known_ = known_actions(*catalog_);
  auto plain = statement;
  auto classed = statement;
  plain.actions.clear();
  classed.actions.clear();
  for (const auto& action : statement.actions) {
    TRY(const auto which, policy::class_in(action));
    if (!which) {
      plain.actions.push_back(action);
      continue;
    }
    const auto actions = actions_of(*which, known_);
    widened = widened || actions.some.size() != actions.only.size();
    const bool wide = statement.allow != statement.not_action;
    const auto& spelled = wide ? actions.some : actions.only;
    classed.actions.insert(classed.actions.end(), spelled.begin(), spelled.end());
  }
  if (statement.not_action) {  // what is excepted stands in one list
    plain.actions.insert(plain.actions.end(), classed.actions.begin(), classed.actions.end());
    classed.actions.clear();
    if (plain.actions.empty()) plain.not_action = false, plain.actions = {"*"};
  }
  if (!plain.actions.empty()) parts.push_back({std::move(plain), false});
  if (!classed.actions.empty()) parts.push_back({std::move(classed), true});
  return parts;
}

}  // namespace strait::analysis
