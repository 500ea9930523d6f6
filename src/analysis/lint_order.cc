// SPDX-License-Identifier: Apache-2.0
// Statements that never decide, because one that is asked before them, or one beside them, has said
// it all: Deny before ask before Allow.
#include <algorithm>

#include "analysis/lint_parts.h"
#include "policy/class_word.h"

namespace strait::analysis {
namespace {

using journey::Effect;

// Whether `first` takes everything that entry `entry` of `later` is about, which is asked after it
// or beside it.
bool takes(const Statement& first, const Statement& later, std::size_t entry) {
  return actions_cover(first, later, entry) && resources_cover(first, later) &&
         conditions_cover(first, later);
}

// The classes that a name is about: those of the action, or the one that it is the word for.
catalog::Classes classes_of(std::string_view name, const Vocabulary& words) {
  const auto word = policy::class_in(name);
  return word && *word ? static_cast<catalog::Classes>(**word)
                       : words.catalog().classes_of_action(name);
}

// The name that the entry is, be it of an action or a class, when `first` does not say it too: for
// an action that must be named the name grants, and the wildcard around it does not. "" when there
// is nothing to it.
std::string_view only_name(const Statement& first, const Statement& later, std::size_t entry,
                           const Vocabulary& words) {
  if (first.effect == Effect::kDeny || later.text.not_action) return "";
  const auto& action = later.actions[entry];
  if (!action.is_literal() ||
      names_action(first, action.literal(), classes_of(action.literal(), words)))
    return "";
  return action.literal();
}

std::size_t entries_of(const Statement& statement) {
  return statement.text.not_action ? 1 : statement.actions.size();
}

bool takes_all(const Statement& first, const Statement& later, const Vocabulary& words) {
  for (std::size_t i = 0; i < entries_of(later); ++i) {
    if (!takes(first, later, i)) return false;
    const auto name = only_name(first, later, i, words);
    if (!name.empty() && words.naming_helps(name)) return false;
  }
  return true;
}

std::string_view how(const Statement& first) {
  return first.effect == Effect::kDeny ? " denies" : " asks for";
}

// Which statement of a stricter effect takes each entry; nullptr: none.
std::vector<const Statement*> takers(const RoleStatements& role, const Statement& later,
                                     const Vocabulary& words) {
  std::vector<const Statement*> takers(entries_of(later), nullptr);
  for (const auto& first : role.statements) {
    if (first.effect == later.effect) break;
    for (std::size_t i = 0; i < takers.size(); ++i) {
      if (takers[i] != nullptr || !takes(first, later, i)) continue;
      const auto name = only_name(first, later, i, words);
      if (name.empty() || classes_of(name, words) == 0) takers[i] = &first;
    }
  }
  return takers;
}

// Some calls need the action by name although most do not.
std::string_view but_for(const Statement& first, const Statement& later, std::size_t entry,
                         const Vocabulary& words) {
  const auto name = only_name(first, later, entry, words);
  return name.empty() || !words.naming_helps(name)
             ? ""
             : ", but for calls that do not say what they are on and need the name";
}

// True: the statement never decides, and that is said.
bool shadowed(const RoleStatements& role, const Statement& later, const Vocabulary& words,
              Report& report) {
  const auto by = takers(role, later, words);
  if (std::ranges::find(by, nullptr) == by.end()) {
    report.at_statement(later, {"shadowed-statement", Severity::kWarning,
                                "this statement never decides: " + by.front()->ref.str() +
                                    std::string(how(*by.front())) + " all of it first" +
                                    std::string(but_for(*by.front(), later, 0, words)),
                                "remove one of the two, or narrow the other"});
    return true;
  }
  for (std::size_t i = 0; i < by.size(); ++i) {
    if (by[i] == nullptr) continue;
    report.at_entry(
        later, action_member(later), i,
        {"shadowed-action", Severity::kWarning,
         quoted(later.text.actions[i]) + " never decides here: " + by[i]->ref.str() +
             std::string(how(*by[i])) + " it first" + std::string(but_for(*by[i], later, i, words)),
         "remove it here, or narrow the other"});
  }
  return false;
}

void redundant(const RoleStatements& role, const Statement& later, const Vocabulary& words,
               Report& report) {
  for (const auto& other : role.statements) {
    if (&other == &later || other.effect != later.effect || !takes_all(other, later, words))
      continue;
    // Of two that say the same, the second is too many.
    if (&other > &later && takes_all(later, other, words)) continue;
    report.at_statement(
        later,
        {"redundant-statement", Severity::kWarning,
         "this statement adds nothing to " + other.ref.str() + ", which covers it", "remove it"});
    return;
  }
}

bool is_word(const policy::Pattern& action) { return policy::is_class_word(action.source()); }

// Whether some action is in both lists; what a class holds is asked of the catalog.
bool actions_meet(const Statement& a, const Statement& b, const Vocabulary& words) {
  return std::ranges::any_of(a.actions, [&](const policy::Pattern& x) {
    return std::ranges::any_of(b.actions, [&](const policy::Pattern& y) {
      if (!is_word(x) && !is_word(y)) return policy::intersects(x.tokens(), y.tokens());
      const auto one = words.matched_by(x);
      const auto other = words.matched_by(y);
      return std::ranges::find_first_of(one, other) != one.end();
    });
  });
}

bool resources_meet(const std::vector<policy::Pattern>& a, const std::vector<policy::Pattern>& b) {
  return std::ranges::any_of(a, [&](const policy::Pattern& x) {
    return std::ranges::any_of(b, [&](const policy::Pattern& y) {
      return x.has_variables() || y.has_variables() || policy::intersects(x.tokens(), y.tokens());
    });
  });
}

void asked_first(const RoleStatements& role, const Statement& later, const Vocabulary& words,
                 Report& report) {
  if (later.effect != Effect::kAllow || later.text.not_action || later.text.not_resource) return;
  for (const auto& ask : role.statements) {
    if (ask.effect != Effect::kAsk || ask.text.not_action || ask.text.not_resource) continue;
    if (!actions_meet(ask, later, words) || !resources_meet(ask.resources, later.resources))
      continue;
    report.at_statement(later, {"ask-over-allow", Severity::kNote,
                                "some of what this allows is asked for first, by " + ask.ref.str(),
                                "nothing, when that is meant: ask beats allow"});
    return;
  }
}

}  // namespace

void lint_order(const RoleStatements& role, const Vocabulary& words, Report& report) {
  for (const auto& statement : role.statements) {
    if (statement.effect != Effect::kDeny && shadowed(role, statement, words, report)) continue;
    redundant(role, statement, words, report);
    asked_first(role, statement, words, report);
  }
}

}  // namespace strait::analysis
