// SPDX-License-Identifier: Apache-2.0
// One need against one role: the hot path. Nothing is allocated unless a policy variable or a
// computed key is met.
#include "policy/compiled.h"

namespace strait::policy {
namespace {

Tri any_resource(const CompiledStatement& statement, Target resource,
                 const Environment& environment) {
  auto any = Tri::kFalse;
  for (const auto& pattern : statement.resources) {
    any = either(any, match(pattern, resource, environment));
    if (any == Tri::kTrue) break;
  }
  return any;
}

Tri applies(const CompiledStatement& statement, const Asked& asked,
            const Environment& environment) {
  auto result = resource_matches(statement, asked.resource, environment);
  for (const auto& condition : statement.conditions) {
    if (result == Tri::kFalse) break;
    result = both(result, evaluate(condition, environment));
  }
  return result;
}

// Visits the statements numbered [from, to) that match the action, those that name it first, until
// `visit` says stop.
template <class Visit>
void visit_band(const CompiledRole& role, const Candidates& candidates, const Asked& asked,
                std::uint32_t from, std::uint32_t to, Visit visit) {
  if (from == to) return;
  for (const auto* list : {candidates.named, candidates.service, candidates.others}) {
    if (list == nullptr) continue;
    const bool named = list == candidates.named;
    for (const auto number : *list) {
      if (number < from) continue;
      if (number >= to) break;
      const auto& statement = role.statements[number];
      if (!named && !action_matches(statement, asked.lower)) continue;
      if (visit(statement, named)) return;
    }
  }
}

}  // namespace

bool action_matches(const CompiledStatement& statement, std::string_view lower_action) {
  for (const auto& pattern : statement.actions) {
    if (pattern.matches(lower_action)) return !statement.not_action;
  }
  return statement.not_action;
}

Tri resource_matches(const CompiledStatement& statement, Target resource,
                     const Environment& environment) {
  const auto any = any_resource(statement, resource, environment);
  return statement.not_resource ? negation(any) : any;
}

Finding judge_need(const CompiledRole& role, const Asked& asked, const Environment& environment) {
  const auto candidates = role.index.find(asked.lower);
  const auto end = static_cast<std::uint32_t>(role.statements.size());
  const auto grants = [&asked](const CompiledStatement& statement, bool named) {
    return !asked.must_be_named || (named && !statement.not_resource);
  };

  const CompiledStatement* denied = nullptr;
  visit_band(role, candidates, asked, 0, role.first_ask,
             [&](const CompiledStatement& statement, bool) {
               // "All but these" is not said of what the call may not be about.
               if (asked.supposed && statement.not_resource) return false;
               if (applies(statement, asked, environment) == Tri::kFalse) return false;
               denied = &statement;
               return true;
             });
  if (denied != nullptr) return {journey::Effect::kDeny, denied};
  if (asked.deny_only) return {journey::Effect::kAllow, nullptr};

  const CompiledStatement* asks = nullptr;   // grants after a human
  const CompiledStatement* gates = nullptr;  // only stands in the way
  visit_band(role, candidates, asked, role.first_ask, role.first_allow,
             [&](const CompiledStatement& statement, bool named) {
               if (applies(statement, asked, environment) == Tri::kFalse) return false;
               (grants(statement, named) ? asks : gates) = &statement;
               return asks != nullptr;
             });
  if (asks != nullptr) return {journey::Effect::kAsk, asks};

  const CompiledStatement* allows = nullptr;
  visit_band(
      role, candidates, asked, role.first_allow, end,
      [&](const CompiledStatement& statement, bool named) {
        if (!grants(statement, named) || applies(statement, asked, environment) != Tri::kTrue)
          return false;
        allows = &statement;
        return true;
      });
  if (allows == nullptr) return {journey::Effect::kDeny, nullptr};
  if (gates != nullptr) return {journey::Effect::kAsk, gates};
  return {journey::Effect::kAllow, allows};
}

std::vector<journey::StatementRef> matching(const CompiledRole& role, const Asked& asked,
                                            const Environment& environment,
                                            journey::Effect effect) {
  std::vector<journey::StatementRef> refs;
  const auto enough = effect == journey::Effect::kAllow ? Tri::kTrue : Tri::kUnknown;
  for (const auto& statement : role.statements) {
    if (statement.effect != effect || !action_matches(statement, asked.lower)) continue;
    if (applies(statement, asked, environment) >= enough) refs.push_back(statement.ref);
  }
  return refs;
}

}  // namespace strait::policy
