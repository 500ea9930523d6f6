// SPDX-License-Identifier: Apache-2.0
// Actions that AWS does not have, and resources that no action is on.
#include <algorithm>
#include <set>

#include "analysis/lint_parts.h"

namespace strait::analysis {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::set<std::string_view> things_of(const Numbers& actions, const Vocabulary& words) {
  std::set<std::string_view> things;
  for (const auto action : actions) {
    for (const auto thing : words.things_of(action)) things.insert(thing);
  }
  return things;
}

std::string examples_of(const std::set<std::string_view>& things) {
  constexpr std::size_t kShown = 3;
  std::string text;
  std::size_t shown = 0;
  for (const auto thing : things) {
    if (shown++ == kShown) return text + " and others";
    if (!text.empty()) text += " or ";
    text += thing;
  }
  return text;
}

// Whether every one of the actions is known to be on something: of the others nothing can be said.
bool all_known(const Numbers& actions, const Vocabulary& words) {
  return !actions.empty() && std::ranges::none_of(actions, [&](std::uint32_t action) {
    return words.things_of(action).empty();
  });
}

bool on_any(const policy::Pattern& resource, const std::set<std::string_view>& things) {
  return std::ranges::any_of(things,
                             [&](std::string_view thing) { return may_be_on(resource, thing); });
}

void each_resource(const Statement& statement, const std::set<std::string_view>& things,
                   Report& report) {
  for (std::size_t i = 0; i < statement.resources.size(); ++i) {
    if (on_any(statement.resources[i], things)) continue;
    report.at_entry(
        statement, resource_member(statement), i,
        {"resource-shape", Severity::kWarning,
         "no action of this statement is on anything like " + quoted(statement.text.resources[i]),
         things.size() == 1 && *things.begin() == "*"
             ? "they are on no resource of their own: they need Resource \"*\""
             : "they are on " + examples_of(things)});
  }
}

void each_action(const Statement& statement, const std::vector<Numbers>& matches,
                 const Vocabulary& words, Report& report) {
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (!all_known(matches[i], words)) continue;
    const auto things = things_of(matches[i], words);
    if (std::ranges::any_of(statement.resources, [&](const policy::Pattern& resource) {
          return on_any(resource, things);
        }))
      continue;
    report.at_entry(
        statement, action_member(statement), i,
        {"action-without-resource", Severity::kWarning,
         "none of the resources is one that " + quoted(statement.text.actions[i]) + " is on",
         things.size() == 1 && *things.begin() == "*"
             ? "it is on no resource of its own: it needs Resource \"*\", in a statement without "
               "other actions if those should stay narrow"
             : "it is on " + examples_of(things)});
  }
}

}  // namespace

void lint_names(const Statement& statement, const Vocabulary& words, Report& report) {
  const auto matches = matches_of(statement, words);
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (!matches[i].empty()) continue;
    const auto& action = statement.text.actions[i];
    const bool wildcard = !statement.actions[i].is_literal();
    report.at_entry(
        statement, action_member(statement), i,
        {"unknown-action", Severity::kWarning,
         wildcard ? quoted(action) + " matches no action of AWS's"
                  : "AWS documents no action " + quoted(action) + words.did_you_mean_action(action),
         "no call will ever need it; correct or remove it"});
  }
}

void lint_resources(const Statement& statement, const Vocabulary& words, Report& report) {
  if (statement.text.not_action || statement.text.not_resource) return;
  const auto matches = matches_of(statement, words);
  Numbers all;
  for (const auto& some : matches) all.insert(all.end(), some.begin(), some.end());
  if (all.empty()) return;
  // Of one action there is one thing to say, not one of it and one of each resource.
  const bool several = matches.size() > 1;
  if (!all_known(all, words)) {
    if (several) each_action(statement, matches, words, report);
    return;
  }
  const auto things = things_of(all, words);
  const bool none = std::ranges::none_of(
      statement.resources, [&](const auto& resource) { return on_any(resource, things); });
  if (none && !several) return each_action(statement, matches, words, report);
  each_resource(statement, things, report);
  if (!none) each_action(statement, matches, words, report);
}

}  // namespace strait::analysis
