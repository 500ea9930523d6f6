// SPDX-License-Identifier: Apache-2.0
#include "analysis/score.h"

#include <algorithm>

#include "base/ascii.h"
#include "policy/document.h"
#include "policy/pattern.h"

namespace strait::analysis {
namespace {

struct Statement {
  bool allow = false;
  bool not_action = false;
  bool everywhere = false;     // on every resource
  bool unconditional = false;  // and always
  std::vector<policy::Pattern> actions;
  std::vector<std::string> named;  // in lower case

  bool matches(std::string_view lower) const {
    const auto one = [lower](const policy::Pattern& pattern) { return pattern.matches(lower); };
    return std::ranges::any_of(actions, one) != not_action;
  }
  bool names(std::string_view lower) const {
    return !not_action && std::ranges::find(named, lower) != named.end();
  }
};

Result<std::vector<Statement>> read(const std::vector<policy::PolicyText>& texts) {
  std::vector<Statement> out;
  for (const auto& text : texts) {
    TRY(const auto document, policy::parse_document(text.file, text.text));
    for (const auto& source : document.statements) {
      Statement statement{.allow = source.allow, .not_action = source.not_action};
      statement.everywhere = !source.not_resource &&
                             std::ranges::find(source.resources, "*") != source.resources.end();
      statement.unconditional = source.conditions.empty();
      for (const auto& action : source.actions) {
        TRY(auto pattern,
            policy::Pattern::compile(action, policy::Grammar::kPlain, document.dialect, true));
        statement.actions.push_back(std::move(pattern));
        statement.named.push_back(lowered(action));
      }
      out.push_back(std::move(statement));
    }
  }
  return out;
}

// How far the Allows of a list reach an action.
struct Reach {
  bool granted = false, everywhere = false;
};
Reach reach(const std::vector<Statement>& statements, std::string_view lower, bool must_be_named) {
  Reach out;
  for (const auto& statement : statements) {
    if (!statement.allow) continue;
    if (must_be_named ? !statement.names(lower) : !statement.matches(lower)) continue;
    out.granted = true;
    out.everywhere = out.everywhere || statement.everywhere;
  }
  return out;
}

bool taken_away(const std::vector<Statement>& statements, std::string_view lower) {
  return std::ranges::any_of(statements, [lower](const Statement& statement) {
    return !statement.allow && statement.everywhere && statement.unconditional &&
           statement.matches(lower);
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
  TRY(const auto allow, read(role.allow));
  TRY(const auto ask, read(role.ask));
  Score out;
  std::set<std::string> used_lower;
  for (const auto& action : used) {
    used_lower.insert(lowered(action));
    ++out.used[static_cast<std::size_t>(level_of(catalog, action))];
  }
  for (std::uint32_t at = 0; at < catalog.action_count(); ++at) {
    const auto action = catalog.action(at);
    const auto lower = lowered(action);
    if (taken_away(allow, lower) || taken_away(ask, lower)) continue;
    const bool classed = catalog.classes_of_action(action) != 0;
    if (reach(ask, lower, classed).granted) {
      ++out.asked;
      continue;
    }
    const auto granted = reach(allow, lower, classed);
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
