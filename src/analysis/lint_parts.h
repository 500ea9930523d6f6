// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/finding.h"
#include "analysis/statements.h"
#include "analysis/vocabulary.h"

// The parts of lint(): each looks at one statement, or at one role, for one kind of fault.
namespace strait::analysis {

// Collects findings, and knows their places.
class Report {
 public:
  struct What {
    std::string_view rule;
    Severity severity = Severity::kWarning;
    std::string message;
    std::string advice;
  };
  void add(const Statement& statement, policy::Place place, What what);
  void at_entry(const Statement& statement, std::string_view member, std::size_t entry, What what);
  void at_condition(const Statement& statement, const policy::ConditionText& condition, What what);
  void at_statement(const Statement& statement, What what);
  // Sorted by place, each once.
  std::vector<Finding> take();
  void take_in(std::vector<Finding> findings);

 private:
  std::vector<Finding> findings_;
};

// "Action" or "NotAction", as it is written; likewise the others.
std::string_view action_member(const Statement& statement);
std::string_view resource_member(const Statement& statement);

// The numbers of the actions that each entry of Action (or NotAction) matches.
std::vector<std::vector<std::uint32_t>> matches_of(const Statement& statement,
                                                   const Vocabulary& words);

void lint_form(const policy::PolicyText& file, const std::vector<Statement>& statements,
               Report& report);
void lint_names(const Statement& statement, const Vocabulary& words, Report& report);
void lint_resources(const Statement& statement, const Vocabulary& words, Report& report);
void lint_conditions(const Statement& statement, const Vocabulary& words, Report& report);
void lint_reach(const RoleStatements& role, const Vocabulary& words, Report& report);
void lint_order(const RoleStatements& role, const Vocabulary& words, Report& report);

}  // namespace strait::analysis
