// SPDX-License-Identifier: Apache-2.0
#include "analysis/statements.h"

#include <algorithm>
#include <span>

#include "base/ascii.h"
#include "policy/class_word.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using policy::Pattern;

int order_of(Effect effect) {
  switch (effect) {
    case Effect::kDeny: return 0;
    case Effect::kAsk: return 1;
    case Effect::kAllow: return 2;
  }
  return 0;
}

// Variables can be anything, so a pattern with one may meet every other; and so may a class.
bool may_meet(const Pattern& a, const Pattern& b) {
  return policy::is_class_word(a.source()) || policy::is_class_word(b.source()) ||
         a.has_variables() || b.has_variables() || policy::intersects(a.tokens(), b.tokens());
}

struct Words {
  bool negated;
  std::span<const Pattern> patterns;
};

// A set of texts given by patterns, or all but those.
bool covers(const Words& a, const Words& b) {
  const auto in_one_of = [](std::span<const Pattern> wide, const Pattern& narrow) {
    return std::ranges::any_of(wide,
                               [&](const Pattern& one) { return analysis::covers(one, narrow); });
  };
  if (!a.negated && b.negated) {
    return std::ranges::any_of(a.patterns, &Pattern::is_everything);
  }
  if (!a.negated) {
    return std::ranges::all_of(b.patterns,
                               [&](const Pattern& one) { return in_one_of(a.patterns, one); });
  }
  if (b.negated) {
    return std::ranges::all_of(a.patterns,
                               [&](const Pattern& one) { return in_one_of(b.patterns, one); });
  }
  return std::ranges::none_of(a.patterns, [&](const Pattern& excepted) {
    return std::ranges::any_of(b.patterns,
                               [&](const Pattern& one) { return may_meet(excepted, one); });
  });
}

}  // namespace

bool covers(const policy::Pattern& a, const policy::Pattern& b) {
  const std::string_view wide = a.source();
  const std::string_view narrow = b.source();
  if (wide == narrow) return true;
  // A class is no text that a pattern matches, nor is what is of it known here.
  if (policy::is_class_word(narrow)) return a.is_everything();
  if (policy::is_class_word(wide)) return false;
  // What stands before its first wildcard or variable stands at the head of all that it covers.
  // Long lists are compared each with each, and this settles nearly all of it.
  const auto head = wide.find_first_of("*?$");
  if (head == std::string_view::npos || narrow.substr(0, head) != wide.substr(0, head))
    return false;
  return policy::covers(a.tokens(), b.tokens());
}

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kNote: return "note";
  }
  return "";
}

Result<std::vector<Statement>> statements_of(const policy::PolicyText& file, bool ask) {
  TRY(auto document, policy::parse_document(file.file, file.text));
  std::vector<Statement> statements;
  for (auto& text : document.statements) {
    Statement statement;
    statement.text = std::move(text);
    statement.dialect = document.dialect;
    statement.number = statement.text.number;
    statement.file = &file;
    statement.effect = !statement.text.allow ? Effect::kDeny : ask ? Effect::kAsk : Effect::kAllow;
    statement.ref = {file.file, statement.text.sid.empty() ? std::to_string(statement.number + 1)
                                                           : statement.text.sid};
    for (const auto& action : statement.text.actions) {
      TRY(const auto which, policy::class_in(action));
      if (which) statement.classes |= static_cast<catalog::Classes>(*which);
      TRY(auto pattern,
          Pattern::compile(lowered(action), policy::Grammar::kPlain, policy::Dialect::k2008, true));
      statement.actions.push_back(std::move(pattern));
    }
    for (const auto& resource : statement.text.resources) {
      TRY(auto pattern, Pattern::compile(resource, policy::Grammar::kResource, document.dialect));
      statement.resources.push_back(std::move(pattern));
    }
    statements.push_back(std::move(statement));
  }
  return statements;
}

Result<RoleStatements> statements_of(const policy::RoleSource& source) {
  RoleStatements role{source.arn, {}};
  for (const auto* files : {&source.allow, &source.ask}) {
    for (const auto& file : *files) {
      TRY(auto statements, statements_of(file, files == &source.ask));
      std::ranges::move(statements, std::back_inserter(role.statements));
    }
  }
  std::ranges::stable_sort(role.statements, {},
                           [](const Statement& one) { return order_of(one.effect); });
  return role;
}

StatementPlaces::StatementPlaces(std::string_view text) : text_(text) {
  // The first element of a list, or the value itself when it is none: what stands before an element
  // of a list is not there before an object.
  const auto members = policy::locate(text, {std::string("Statement"), std::string("Effect")});
  const auto first = policy::locate(text, {std::string("Statement"), std::size_t{0}});
  list_ =
      members.line < first.line || (members.line == first.line && members.column < first.column);
}

policy::JsonPath StatementPlaces::path_to(std::size_t number) const {
  policy::JsonPath path{std::string("Statement")};
  if (list_) path.emplace_back(number);
  return path;
}

policy::Place StatementPlaces::of_document(std::string_view member) const {
  return policy::locate(text_, {std::string(member)});
}

policy::Place StatementPlaces::of_statement(std::size_t number) const {
  return policy::locate(text_, path_to(number));
}

policy::Place StatementPlaces::of(std::size_t number, std::string_view member,
                                  std::size_t entry) const {
  auto path = path_to(number);
  path.emplace_back(std::string(member));
  path.emplace_back(entry);
  return policy::locate(text_, path);
}

policy::Place StatementPlaces::of_condition(std::size_t number, std::string_view op,
                                            std::string_view key) const {
  auto path = path_to(number);
  for (const auto step : {std::string_view("Condition"), op, key})
    path.emplace_back(std::string(step));
  return policy::locate(text_, path);
}

policy::Place place_of(const Statement& statement) {
  return StatementPlaces(statement.file->text).of_statement(statement.number);
}

bool actions_cover(const Statement& a, const Statement& b) {
  return covers(Words{a.text.not_action, a.actions}, Words{b.text.not_action, b.actions});
}

bool actions_cover(const Statement& a, const Statement& b, std::size_t entry) {
  if (b.text.not_action) return actions_cover(a, b);
  return covers(Words{a.text.not_action, a.actions}, Words{false, {&b.actions[entry], 1}});
}

bool resources_cover(const Statement& a, const Statement& b) {
  return covers(Words{a.text.not_resource, a.resources}, Words{b.text.not_resource, b.resources});
}

bool conditions_cover(const Statement& a, const Statement& b) {
  const auto same = [](const policy::ConditionText& x, const policy::ConditionText& y) {
    return lowered(x.op) == lowered(y.op) && lowered(x.key) == lowered(y.key) &&
           std::ranges::is_permutation(x.values, y.values);
  };
  return std::ranges::all_of(a.text.conditions, [&](const policy::ConditionText& wanted) {
    return std::ranges::any_of(b.text.conditions,
                               [&](const auto& had) { return same(wanted, had); });
  });
}

bool any_matches(const std::vector<Pattern>& patterns, std::string_view lower_action) {
  return std::ranges::any_of(patterns,
                             [&](const Pattern& one) { return one.matches(lower_action); });
}

bool matches_action(const Statement& statement, std::string_view lower_action,
                    catalog::Classes classes) {
  const bool listed =
      (statement.classes & classes) != 0 || any_matches(statement.actions, lower_action);
  return listed != statement.text.not_action;
}

bool names_action(const Statement& statement, std::string_view lower_action,
                  catalog::Classes classes) {
  if (statement.text.not_action || statement.text.not_resource) return false;
  return (statement.classes & classes) != 0 ||
         std::ranges::any_of(statement.actions, [&](const Pattern& one) {
           return one.is_literal() && one.literal() == lower_action;
         });
}

std::string text_of(const policy::ConditionText& condition) {
  std::string text = condition.op + " " + condition.key + " ";
  for (std::size_t i = 0; i < condition.values.size(); ++i) {
    if (i > 0) text += " or ";
    text += quoted(condition.values[i]);
  }
  return text;
}

}  // namespace strait::analysis
