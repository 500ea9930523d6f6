// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy_diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace strait::analysis {
namespace {

using journey::Effect;
using Statements = std::vector<Statement>;
using Refs = std::vector<const Statement*>;

// A statement as sorted lines: equal ones mean the same.
std::vector<std::string> lines_of(const Statement& statement) {
  std::vector<std::string> lines;
  for (const auto& action : statement.actions)
    lines.push_back((statement.text.not_action ? "not action " : "action ") + action.source());
  for (const auto& resource : statement.resources)
    lines.push_back((statement.text.not_resource ? "not resource " : "resource ") +
                    resource.source());
  for (auto condition : statement.text.conditions) {
    std::ranges::sort(condition.values);
    lines.push_back("condition " + text_of(condition));
  }
  if (statement.dialect == policy::Dialect::k2008) lines.emplace_back("version 2008-10-17");
  std::ranges::sort(lines);
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

std::vector<std::string> difference(const std::vector<std::string>& before,
                                    const std::vector<std::string>& after) {
  std::vector<std::string> lines;
  for (const auto& line : before) {
    if (!std::ranges::binary_search(after, line)) lines.push_back("- " + line);
  }
  for (const auto& line : after) {
    if (!std::ranges::binary_search(before, line)) lines.push_back("+ " + line);
  }
  return lines;
}

// Takes out of both lists the pairs that `alike` holds for, each once.
template <class Alike>
std::vector<std::pair<const Statement*, const Statement*>> pair_off(Refs& before, Refs& after,
                                                                    Alike alike) {
  std::vector<std::pair<const Statement*, const Statement*>> pairs;
  std::erase_if(before, [&](const Statement* old) {
    const auto found =
        std::ranges::find_if(after, [&](const Statement* now) { return alike(*old, *now); });
    if (found == after.end()) return false;
    pairs.emplace_back(old, *found);
    after.erase(found);
    return true;
  });
  return pairs;
}

Refs refs_of(const Statements& statements) {
  Refs refs;
  for (const auto& one : statements) refs.push_back(&one);
  return refs;
}

std::vector<std::string> action_sources(const Statement& statement) {
  std::vector<std::string> sources;
  for (const auto& action : statement.actions) sources.push_back(action.source());
  std::ranges::sort(sources);
  return sources;
}

// What is different between the two, in the first place those that are called the same, then those
// that are about the same actions.
struct Changed {
  Refs removed, added;
  std::vector<std::pair<const Statement*, const Statement*>> changed;
};

Changed changes_between(const Statements& before, const Statements& after) {
  Changed change{refs_of(before), refs_of(after), {}};
  pair_off(change.removed, change.added, [](const Statement& old, const Statement& now) {
    return old.effect == now.effect && lines_of(old) == lines_of(now);
  });
  const auto take = [&](auto alike) {
    auto pairs = pair_off(change.removed, change.added, alike);
    std::ranges::move(pairs, std::back_inserter(change.changed));
  };
  take([](const Statement& old, const Statement& now) {
    return old.effect == now.effect && !old.text.sid.empty() && old.text.sid == now.text.sid;
  });
  take([](const Statement& old, const Statement& now) {
    return old.effect == now.effect && old.text.not_action == now.text.not_action &&
           action_sources(old) == action_sources(now);
  });
  return change;
}

void tell(const std::string& role, const Changed& change, std::vector<StatementChange>& out) {
  const auto first = out.size();
  for (const auto* one : change.removed) {
    out.push_back({StatementChange::kRemoved,
                   role,
                   one->effect,
                   one->ref,
                   {},
                   difference(lines_of(*one), {})});
  }
  for (const auto* one : change.added) {
    out.push_back(
        {StatementChange::kAdded, role, one->effect, {}, one->ref, difference({}, lines_of(*one))});
  }
  for (const auto& [old, now] : change.changed) {
    out.push_back({StatementChange::kChanged, role, now->effect, old->ref, now->ref,
                   difference(lines_of(*old), lines_of(*now))});
  }
  std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                   [](const StatementChange& a, const StatementChange& b) {
                     return static_cast<int>(a.effect) > static_cast<int>(b.effect);
                   });
}

bool covers(const Statement& a, const Statement& b) {
  return resources_cover(a, b) && conditions_cover(a, b);
}

bool all_covered(const Refs& narrow, const Refs& wide) {
  return std::ranges::all_of(narrow, [&](const Statement* one) {
    return std::ranges::any_of(wide, [&](const Statement* by) { return covers(*by, *one); });
  });
}

Extent extent(const Refs& before, const Refs& after) {
  const bool kept = all_covered(before, after);
  const bool within = all_covered(after, before);
  if (kept && within) return Extent::kSame;
  return kept ? Extent::kWider : within ? Extent::kNarrower : Extent::kOther;
}

// The statements of one effect that bear on an action: of an allow that must name it, those that
// do.
Refs bearing(const Statements& statements, Effect effect, const std::string& lower,
             catalog::Classes classes) {
  Refs refs;
  for (const auto& one : statements) {
    if (one.effect != effect || !matches_action(one, lower, classes)) continue;
    if (effect == Effect::kAllow && classes != 0 && !names_action(one, lower, classes)) continue;
    refs.push_back(&one);
  }
  return refs;
}

void compare_access(const std::string& role, const Statements& before, const Statements& after,
                    const Changed& change, const Vocabulary& words, PolicyDiff& diff) {
  Refs touched = change.removed;
  touched.insert(touched.end(), change.added.begin(), change.added.end());
  for (const auto& [old, now] : change.changed) touched.insert(touched.end(), {old, now});
  // By what stands on either side, so that a group is one change and not several that look alike.
  std::map<std::vector<Refs>, AccessChange> groups;
  for (std::uint32_t at = 0; at < words.action_count(); ++at) {
    const auto& lower = words.lower_action(at);
    const auto classes = words.classes_of(at);
    if (std::ranges::none_of(
            touched, [&](const Statement* one) { return matches_action(*one, lower, classes); }))
      continue;
    std::vector<Refs> sides;
    for (const auto effect : {Effect::kAllow, Effect::kAsk, Effect::kDeny}) {
      sides.push_back(bearing(before, effect, lower, classes));
      sides.push_back(bearing(after, effect, lower, classes));
    }
    const auto [group, fresh] = groups.try_emplace(std::move(sides));
    if (fresh) {
      const auto& side = group->first;
      group->second = {
          role, extent(side[0], side[1]), extent(side[2], side[3]), extent(side[4], side[5]), {}};
    }
    group->second.actions.push_back(words.action(at));
  }
  for (auto& [sides, one] : groups) {
    if (one.allow != Extent::kSame || one.ask != Extent::kSame || one.deny != Extent::kSame)
      diff.access.push_back(std::move(one));
  }
}

const policy::RoleSource* find(const std::vector<policy::RoleSource>& roles,
                               const std::string& arn) {
  const auto found = std::ranges::find(roles, arn, &policy::RoleSource::arn);
  return found == roles.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name(Extent extent) {
  switch (extent) {
    case Extent::kSame: return "";
    case Extent::kWider: return "wider";
    case Extent::kNarrower: return "narrower";
    case Extent::kOther: return "changed";
  }
  return "";
}

Result<PolicyDiff> diff(const std::vector<policy::RoleSource>& before,
                        const std::vector<policy::RoleSource>& after, const Vocabulary& words) {
  PolicyDiff diff;
  std::set<std::string> roles;
  for (const auto* side : {&before, &after}) {
    for (const auto& role : *side) roles.insert(role.arn);
  }
  const policy::RoleSource none;
  for (const auto& arn : roles) {
    const auto* old = find(before, arn);
    const auto* now = find(after, arn);
    if (old == nullptr) diff.roles_added.push_back(arn);
    if (now == nullptr) diff.roles_removed.push_back(arn);
    TRY(const auto old_role, statements_of(old == nullptr ? none : *old));
    TRY(const auto new_role, statements_of(now == nullptr ? none : *now));
    const auto change = changes_between(old_role.statements, new_role.statements);
    tell(arn, change, diff.statements);
    compare_access(arn, old_role.statements, new_role.statements, change, words, diff);
  }
  std::ranges::stable_sort(diff.access, {}, [](const AccessChange& one) {
    return std::pair(one.role, one.actions.front());
  });
  return diff;
}

}  // namespace strait::analysis
