// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/action_classes.h"
#include "analysis/known_actions.h"
#include "analysis/request_space.h"
#include "catalog/catalog.h"
#include "policy/compiled.h"

// Two policies side by side, cut by action: in one case every action meets the same statements of
// both, so that only resource and conditions are left to decide.
namespace strait::analysis {

struct SideStatement {
  const policy::CompiledStatement* statement = nullptr;
  bool names_it = false;  // letter for letter
};

struct ProveCase {
  std::string action;  // one of those that the case stands for
  bool known = false;  // AWS has it
  catalog::Classes classes = 0;
  std::vector<SideStatement> bound, policy;  // whose actions match
  Statements statements() const;
};

struct ProveCases {
  std::vector<ProveCase> cases;  // only those in which `policy` has a statement that may grant
  bool complete = true;          // false: too many ways to combine the wildcards in actions
};

ProveCases cases_of(const policy::CompiledRole& bound, const policy::CompiledRole& policy,
                    std::span<const KnownAction> known, const std::function<bool()>& has_time);

}  // namespace strait::analysis
