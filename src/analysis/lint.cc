// SPDX-License-Identifier: Apache-2.0
#include "analysis/lint.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "analysis/lint_parts.h"

namespace strait::analysis {
namespace {

// A file by itself. False: it cannot be read.
bool lint_file(const policy::PolicyText& file, bool ask, const Vocabulary& words, Report& report) {
  const auto statements = statements_of(file, ask);
  if (!statements) {
    report.take_in(grammar_errors(file));
    return false;
  }
  lint_form(file, *statements, report);
  for (const auto& statement : *statements) {
    lint_names(statement, words, report);
    lint_resources(statement, words, report);
    lint_conditions(statement, words, report);
  }
  return true;
}

}  // namespace

void Report::add(const Statement& statement, policy::Place place, What what) {
  findings_.push_back({what.rule, what.severity, statement.file->file, place.line, place.column,
                       std::move(what.message), std::move(what.advice)});
}

void Report::at_entry(const Statement& statement, std::string_view member, std::size_t entry,
                      What what) {
  const StatementPlaces places(statement.file->text);
  add(statement, places.of(statement.number, member, entry), std::move(what));
}

void Report::at_condition(const Statement& statement, const policy::ConditionText& condition,
                          What what) {
  const StatementPlaces places(statement.file->text);
  add(statement, places.of_condition(statement.number, condition.op, condition.key),
      std::move(what));
}

void Report::at_statement(const Statement& statement, What what) {
  add(statement, place_of(statement), std::move(what));
}

void Report::take_in(std::vector<Finding> findings) {
  std::ranges::move(findings, std::back_inserter(findings_));
}

std::vector<Finding> Report::take() {
  std::ranges::stable_sort(findings_, {}, [](const Finding& one) {
    return std::tie(one.file, one.line, one.column, one.rule);
  });
  findings_.erase(std::unique(findings_.begin(), findings_.end()), findings_.end());
  return std::move(findings_);
}

std::string_view action_member(const Statement& statement) {
  return statement.text.not_action ? "NotAction" : "Action";
}

std::string_view resource_member(const Statement& statement) {
  return statement.text.not_resource ? "NotResource" : "Resource";
}

std::vector<std::vector<std::uint32_t>> matches_of(const Statement& statement,
                                                   const Vocabulary& words) {
  std::vector<std::vector<std::uint32_t>> matches;
  matches.reserve(statement.actions.size());
  for (const auto& action : statement.actions) matches.push_back(words.matched_by(action));
  return matches;
}

std::vector<Finding> lint(const std::vector<policy::RoleSource>& roles, const Vocabulary& words) {
  Report report;
  std::map<std::tuple<std::string, std::string, bool>, bool> seen;  // name, text, ask: readable
  for (const auto& role : roles) {
    bool readable = true;
    for (const auto* files : {&role.allow, &role.ask}) {
      const bool ask = files == &role.ask;
      for (const auto& file : *files) {
        const auto [known, fresh] = seen.try_emplace({file.file, file.text, ask}, true);
        if (fresh) known->second = lint_file(file, ask, words, report);
        readable = readable && known->second;
      }
    }
    if (!readable) continue;
    if (const auto statements = statements_of(role)) {
      lint_reach(*statements, words, report);
      lint_order(*statements, words, report);
    }
  }
  return report.take();
}

}  // namespace strait::analysis
