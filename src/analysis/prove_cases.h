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
  std::string action;  // one of those that the case stands for; "" when it is open
  bool open = false;   // every action without a class: which statements match is for the solver
  bool known = false;  // AWS has it
  catalog::Classes classes = 0;
  std::vector<SideStatement> bound, policy;  // whose actions match
  Statements statements() const;
};

struct ProveCases {
  // Only those in which `policy` has a statement that may grant. When the wildcards in actions
  // combine in too many ways, every known action and an open case for the others.
  std::vector<ProveCase> cases;
  std::vector<policy::Tokens> with_class;  // actions that an open case is not about
};

// One action, by itself.
ProveCase case_of(const policy::CompiledRole& bound, const policy::CompiledRole& policy,
                  const KnownAction& action);

// States of the automaton of action patterns; more is slower than an open case.
inline constexpr std::size_t kActionStatesMax = 50'000;
ProveCases cases_of(const policy::CompiledRole& bound, const policy::CompiledRole& policy,
                    std::span<const KnownAction> known, const std::function<bool()>& has_time,
                    std::size_t states_max);

}  // namespace strait::analysis
