// SPDX-License-Identifier: Apache-2.0
// Wildcards over actions that must be named: they match them, and do not reach them.
#include <algorithm>

#include "analysis/lint_parts.h"
#include "policy/class_word.h"

namespace strait::analysis {
namespace {

using journey::Effect;

// An action that the role names somewhere, or keeps from everything by a Deny: somebody has thought
// of it.
bool settled(const RoleStatements& role, const std::string& lower_action,
             catalog::Classes classes) {
  return std::ranges::any_of(role.statements, [&](const Statement& one) {
    if (one.effect != Effect::kDeny) return names_action(one, lower_action, classes);
    return matches_action(one, lower_action, classes) && one.text.conditions.empty() &&
           !one.text.not_resource &&
           std::ranges::any_of(one.resources, &policy::Pattern::is_everything);
  });
}

std::string examples_of(const std::vector<std::uint32_t>& actions, const Vocabulary& words) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t i = 0; i < actions.size() && i < kShown; ++i) {
    if (i > 0) text += ", ";
    text += words.action(actions[i]);
    text += " (" + text_of(words.catalog().classes_of_action(words.action(actions[i]))) + ")";
  }
  if (actions.size() > kShown) text += " and " + std::to_string(actions.size() - kShown) + " more";
  return text;
}

// "strait:class/run-code, strait:class/edit-policy": of those that some of the actions are of.
std::string words_for(const std::vector<std::uint32_t>& actions, const Vocabulary& words) {
  catalog::Classes classes = 0;
  for (const auto at : actions) classes |= words.classes_of(at);
  std::string text;
  for (const auto one : catalog::kClasses) {
    if ((classes & static_cast<catalog::Classes>(one)) == 0) continue;
    text += (text.empty() ? "" : ", ") + policy::class_word(one);
  }
  return text;
}

void tell(const Statement& statement, std::size_t entry, std::vector<std::uint32_t> matched,
          const RoleStatements& role, const Vocabulary& words, Report& report) {
  const auto all = matched.size();
  std::erase_if(matched, [&](std::uint32_t at) { return !words.must_be_named(at); });
  const bool nothing = !matched.empty() && matched.size() == all;
  std::erase_if(matched, [&](std::uint32_t at) {
    return settled(role, words.lower_action(at), words.classes_of(at));
  });
  if (matched.empty()) return;
  const auto& text = statement.text.actions[entry];
  const auto what = statement.text.not_action ? std::string("NotAction") : quoted(text);
  report.at_entry(
      statement, action_member(statement), entry,
      {nothing ? "wildcard-reaches-nothing" : "wildcard-misses-named",
       nothing || statement.effect == Effect::kAllow ? Severity::kWarning : Severity::kNote,
       what +
           (nothing ? " reaches nothing: all that it matches must be named, "
                    : " does not reach what must be named: ") +
           examples_of(matched, words),
       "name each that is wanted, letter for letter, or all of a class by its word (" +
           words_for(matched, words) + "); Deny those that are not"});
}

}  // namespace

void lint_reach(const RoleStatements& role, const Vocabulary& words, Report& report) {
  for (const auto& statement : role.statements) {
    if (statement.effect == Effect::kDeny) continue;
    if (statement.text.not_action) {
      std::vector<std::uint32_t> matched;
      for (std::uint32_t at = 0; at < words.action_count(); ++at) {
        if (matches_action(statement, words.lower_action(at), words.classes_of(at)))
          matched.push_back(at);
      }
      tell(statement, 0, std::move(matched), role, words, report);
      continue;
    }
    for (std::size_t i = 0; i < statement.actions.size(); ++i) {
      if (statement.actions[i].is_literal()) continue;
      tell(statement, i, words.matched_by(statement.actions[i]), role, words, report);
    }
  }
}

}  // namespace strait::analysis
