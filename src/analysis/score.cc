// SPDX-License-Identifier: Apache-2.0
#include "analysis/score.h"

#include <algorithm>

#include "analysis/statements.h"
#include "base/ascii.h"

namespace strait::analysis {
namespace {

bool is_everywhere(const Statement& statement) {
  return !statement.text.not_resource &&
         std::ranges::find(statement.text.resources, "*") != statement.text.resources.end();
}

// How far a role's Allows of one effect reach an action.
struct Reach {
  bool granted = false, everywhere = false;
};
Reach reach(const RoleStatements& role, journey::Effect effect, std::string_view lower,
            catalog::Classes classes) {
  Reach out;
  for (const auto& statement : role.statements) {
    if (statement.effect != effect) continue;
    if (classes != 0 ? !names_action(statement, lower, classes)
                     : !matches_action(statement, lower, classes))
      continue;
    out.granted = true;
    out.everywhere = out.everywhere || is_everywhere(statement);
  }
  return out;
}

bool taken_away(const RoleStatements& role, std::string_view lower, catalog::Classes classes) {
  return std::ranges::any_of(role.statements, [=](const Statement& statement) {
    return statement.effect == journey::Effect::kDeny && is_everywhere(statement) &&
           statement.text.conditions.empty() && matches_action(statement, lower, classes);
  });
}

}  // namespace

std::string_view name(Level level) {
  constexpr std::array<std::string_view, kLevels> kNames{
      "List", "Read", "Tagging", "Write", "Permissions management", "unknown"};
  return kNames[static_cast<std::size_t>(level)];
}

Level level_of(const catalog::Catalog& catalog, std::string_view action) {
  const auto text = catalog.access_level(action);
  for (std::size_t at = 0; at + 1 < kLevels; ++at) {
    if (name(static_cast<Level>(at)) == text) return static_cast<Level>(at);
  }
  return Level::kUnknown;
}

Result<Score> score(const policy::RoleSource& role, const std::set<std::string>& used,
                    const catalog::Catalog& catalog) {
  TRY(const auto written, statements_of(role));
  Score out;
  std::set<std::string> used_lower;
  for (const auto& action : used) {
    used_lower.insert(lowered(action));
    ++out.used[static_cast<std::size_t>(level_of(catalog, action))];
  }
  for (std::uint32_t at = 0; at < catalog.action_count(); ++at) {
    const auto action = catalog.action(at);
    const auto lower = lowered(action);
    const auto classes = catalog.classes_of_action(action);
    if (taken_away(written, lower, classes)) continue;
    if (reach(written, journey::Effect::kAsk, lower, classes).granted) {
      ++out.asked;
      continue;
    }
    const auto granted = reach(written, journey::Effect::kAllow, lower, classes);
    if (!granted.granted) continue;
    ++out.granted[static_cast<std::size_t>(level_of(catalog, action))];
    if (!used_lower.contains(lower)) out.unused.emplace_back(action);
    if (used_lower.contains(lower) && granted.everywhere) out.everywhere.emplace_back(action);
  }
  std::ranges::stable_sort(out.unused, std::greater(),
                           [&](const std::string& action) { return level_of(catalog, action); });
  return out;
}

}  // namespace strait::analysis
