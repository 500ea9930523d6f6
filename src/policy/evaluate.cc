// SPDX-License-Identifier: Apache-2.0
// One need against one role: the hot path. Nothing is allocated unless a policy variable or a
// computed key is met.
#include <algorithm>
#include <optional>

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

// The statements that can matter for one need, found once for all three steps.
class Relevant {
 public:
  Relevant(const CompiledRole& role, const Asked& asked)
      : Relevant(role, asked, role.index.find(asked.lower, asked.classes)) {}

  // Visits the statements numbered [from, to) that match the action, those that name it first,
  // until `visit` says stop.
  template <class Visit>
  void visit_band(std::uint32_t from, std::uint32_t to, Visit visit) const {
    if (from == to) return;
    if (classed_ && visit_classed(from, to, visit)) return;
    for (const auto* list : {&named_, &service_, &others_}) {
      const bool named = list == &named_;
      for (const auto number : list->numbers()) {
        if (number < from) continue;
        if (number >= to) break;
        const auto& statement = role_.statements[number];
        if (!named && !action_matches(statement, asked_.lower, asked_.classes)) continue;
        if (visit(statement, named)) return;
      }
    }
  }

 private:
  Relevant(const CompiledRole& role, const Asked& asked, const Candidates& candidates)
      : role_(role),
        asked_(asked),
        named_(candidates.named, asked.resource),
        service_(candidates.service, asked.resource),
        others_(candidates.others, asked.resource) {
    if (candidates.classed != nullptr) classed_.emplace(candidates.classed, asked.resource);
  }

  // True: `visit` said stop.
  template <class Visit>
  bool visit_classed(std::uint32_t from, std::uint32_t to, const Visit& visit) const {
    return std::ranges::any_of(classed_->numbers(), [&](std::uint32_t number) {
      return number >= from && number < to && visit(role_.statements[number], true);
    });
  }

  const CompiledRole& role_;
  const Asked& asked_;
  std::optional<Narrowed> classed_;
  Narrowed named_;
  Narrowed service_;
  Narrowed others_;
};

}  // namespace

bool action_matches(const CompiledStatement& statement, std::string_view lower_action,
                    catalog::Classes classes) {
  for (const auto& pattern : statement.actions) {
    if (pattern.matches(lower_action)) return !statement.not_action;
  }
  return ((statement.classes & classes) != 0) != statement.not_action;
}

bool names(const CompiledStatement& statement, std::string_view lower_action,
           catalog::Classes classes) {
  if (statement.not_action || statement.not_resource) return false;
  if ((statement.classes & classes) != 0) return true;
  for (const auto& pattern : statement.actions) {
    if (pattern.is_literal() && pattern.literal() == lower_action) return true;
  }
  return false;
}

Tri resource_matches(const CompiledStatement& statement, Target resource,
                     const Environment& environment) {
  const auto any = any_resource(statement, resource, environment);
  return statement.not_resource ? negation(any) : any;
}

Finding judge_need(const CompiledRole& role, const Asked& asked, const Environment& environment) {
  const Relevant relevant(role, asked);
  const auto end = static_cast<std::uint32_t>(role.statements.size());
  const auto grants = [&asked](const CompiledStatement& statement, bool named) {
    return !asked.must_be_named || (named && !statement.not_resource);
  };

  const CompiledStatement* denied = nullptr;
  relevant.visit_band(0, role.first_ask, [&](const CompiledStatement& statement, bool) {
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
  relevant.visit_band(role.first_ask, role.first_allow,
                      [&](const CompiledStatement& statement, bool named) {
                        if (applies(statement, asked, environment) == Tri::kFalse) return false;
                        (grants(statement, named) ? asks : gates) = &statement;
                        return asks != nullptr;
                      });
  if (asks != nullptr) return {journey::Effect::kAsk, asks};

  const CompiledStatement* allows = nullptr;
  relevant.visit_band(role.first_allow, end, [&](const CompiledStatement& statement, bool named) {
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
    if (statement.effect != effect || !action_matches(statement, asked.lower, asked.classes))
      continue;
    if (effect == journey::Effect::kAllow && asked.must_be_named &&
        !names(statement, asked.lower, asked.classes))
      continue;
    if (applies(statement, asked, environment) >= enough) refs.push_back(statement.ref);
  }
  return refs;
}

}  // namespace strait::policy
