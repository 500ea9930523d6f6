// SPDX-License-Identifier: Apache-2.0
#include "analysis/prove_cases.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"

namespace strait::analysis {
namespace {

using policy::CompiledStatement;

policy::Tokens tokens_of(std::string_view lower_action) {
  policy::Tokens tokens;
  for (const char c : lower_action) tokens.push_back({policy::Token::kChar, c, 0});
  return tokens;
}

bool may_grant(const ProveCase& one) {
  return std::ranges::any_of(one.policy, [&](const SideStatement& side) {
    return side.statement->effect != journey::Effect::kDeny;
  });
}

using Sides = std::pair<const policy::CompiledRole*, const policy::CompiledRole*>;

// Owners are numbers of statements, those of `bound` first.
ProveCase case_of(const Sides& sides, const ActionClass& actions) {
  ProveCase one{actions.action, false, actions.known, 0, {}, {}};
  std::uint32_t number = 0;
  for (const auto& [role, out] :
       {std::pair(sides.first, &one.bound), std::pair(sides.second, &one.policy)}) {
    for (const auto& statement : role->statements) {
      const bool listed = std::ranges::binary_search(actions.owners, number++);
      if (listed != statement.not_action) out->push_back({&statement, false});
    }
  }
  return one;
}

ProveCase open_case(const Sides& sides) {
  ProveCase one{"", true, false, 0, {}, {}};
  for (const auto& statement : sides.first->statements) one.bound.push_back({&statement, false});
  for (const auto& statement : sides.second->statements) one.policy.push_back({&statement, false});
  return one;
}

}  // namespace

// An action with a class is a case by itself, because a statement that names it counts for more.
ProveCase case_of(const policy::CompiledRole& bound, const policy::CompiledRole& policy,
                  const KnownAction& action) {
  ProveCase one{std::string(action.name), false, true, action.classes, {}, {}};
  const auto lower = lowered(action.name);
  const auto collect = [&](const policy::CompiledRole& role, auto& out) {
    for (const auto& statement : role.statements) {
      if (!policy::action_matches(statement, lower, action.classes)) continue;
      out.push_back({&statement, action.classes != 0 && names(statement, lower, action.classes)});
    }
  };
  collect(bound, one.bound);
  collect(policy, one.policy);
  return one;
}

Statements ProveCase::statements() const {
  Statements all;
  for (const auto* side : {&bound, &policy}) {
    for (const auto& one : *side) all.push_back(one.statement);
  }
  return all;
}

ProveCases cases_of(const policy::CompiledRole& bound, const policy::CompiledRole& policy,
                    std::span<const KnownAction> known, const std::function<bool()>& has_time,
                    std::size_t states_max) {
  const Sides sides{&bound, &policy};
  std::vector<OwnedPattern> patterns;
  std::uint32_t owner = 0;
  for (const auto* role : {&bound, &policy}) {
    for (const auto& statement : role->statements) {
      for (const auto& action : statement.actions) patterns.push_back({&action.tokens(), owner});
      ++owner;
    }
  }
  // What these own is left to the cases by name.
  ProveCases result;
  auto& with_class = result.with_class;
  std::set<std::string_view> without, with;
  for (const auto& action : known) (action.classes == 0 ? without : with).insert(action.name);
  // Names without doubt before those that mean something else in other calls.
  std::vector<std::string_view> names_known;
  std::ranges::set_difference(without, with, std::back_inserter(names_known));
  std::ranges::set_intersection(without, with, std::back_inserter(names_known));
  for (const auto name : with) {
    if (!without.contains(name)) with_class.push_back(tokens_of(lowered(name)));
  }
  for (const auto& tokens : with_class) patterns.push_back({&tokens, owner});

  const auto keep = [&result](ProveCase one) {
    if (may_grant(one)) result.cases.push_back(std::move(one));
  };
  const auto classes = classify_actions(patterns, names_known, states_max, has_time);
  for (const auto& actions : classes.classes) {
    if (!classes.complete) break;
    if (!std::ranges::binary_search(actions.owners, owner)) keep(case_of(sides, actions));
  }
  if (!classes.complete) keep(open_case(sides));
  std::set<std::vector<std::pair<const CompiledStatement*, bool>>> seen[2];
  for (const auto& action : known) {
    if (action.classes == 0 && classes.complete) continue;
    auto one = case_of(bound, policy, action);
    std::vector<std::pair<const CompiledStatement*, bool>> key;
    for (const auto* side : {&one.bound, &one.policy}) {
      for (const auto& [statement, named] : *side) key.emplace_back(statement, named);
    }
    if (seen[action.classes != 0].insert(std::move(key)).second) keep(std::move(one));
  }
  return result;
}

}  // namespace strait::analysis
