// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/finding.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "journey/verdict.h"
#include "policy/document.h"
#include "policy/locate.h"
#include "policy/role.h"

// Statements as they are written, with their patterns compiled and their places at hand: what the
// questions about policy are asked of.
namespace strait::analysis {

struct Statement {
  journey::Effect effect = journey::Effect::kDeny;  // kAsk: an Allow of an ask file
  journey::StatementRef ref;
  std::size_t number = 0;  // in its file, from 0
  policy::StatementText text;
  policy::Dialect dialect = policy::Dialect::k2012;
  std::vector<policy::Pattern> actions;  // lower case; a word for a class as the text that it is
  catalog::Classes classes = 0;          // an or of those words
  std::vector<policy::Pattern> resources;
  const policy::PolicyText* file = nullptr;  // of the RoleSource it was read from
};

struct RoleStatements {
  std::string arn;
  std::vector<Statement> statements;  // Deny, then ask, then Allow; in the order written within
};

// The statements of one file. The text of `file` must outlive them.
Result<std::vector<Statement>> statements_of(const policy::PolicyText& file, bool ask);

// Of a role, in the order of the judgement. `source` must outlive them.
Result<RoleStatements> statements_of(const policy::RoleSource& source);

// Every error of a policy file, as findings: one for each statement that cannot be read, or the one
// that keeps the rest from being read.
std::vector<Finding> grammar_errors(const policy::PolicyText& file);

// An error that begins with "file:line:column: ", or "file:line: ", as a finding with that place.
Finding finding_of_error(std::string_view rule, const std::string& file, std::string_view message);

// Where things stand in the text of a policy.
class StatementPlaces {
 public:
  explicit StatementPlaces(std::string_view text);
  policy::Place of_document(std::string_view member) const;  // "Version"
  policy::Place of_statement(std::size_t number) const;
  // "Action" and its second entry; the member itself when it is no list.
  policy::Place of(std::size_t number, std::string_view member, std::size_t entry) const;
  policy::Place of_condition(std::size_t number, std::string_view op, std::string_view key) const;

 private:
  policy::JsonPath path_to(std::size_t number) const;
  std::string_view text_;
  bool list_ = false;  // Statement is a list
};

// The same of a statement's own file.
policy::Place place_of(const Statement& statement);

// Whether all that `b` matches is matched by `a`. May say no where the answer is yes (a union of
// patterns that covers one together, variables), never the reverse.
bool covers(const policy::Pattern& a, const policy::Pattern& b);
bool actions_cover(const Statement& a, const Statement& b);
// The same of one entry of b's Action; of all of its NotAction.
bool actions_cover(const Statement& a, const Statement& b, std::size_t entry);
bool resources_cover(const Statement& a, const Statement& b);
// Whether every request that meets the conditions of `b` meets those of `a`: each of a's stands
// among b's.
bool conditions_cover(const Statement& a, const Statement& b);

bool any_matches(const std::vector<policy::Pattern>& patterns, std::string_view lower_action);
// `classes` are the action's.
bool matches_action(const Statement& statement, std::string_view lower_action,
                    catalog::Classes classes);
// Named letter for letter or by a class, which is what an action with a class asks for.
bool names_action(const Statement& statement, std::string_view lower_action,
                  catalog::Classes classes);

// "StringEquals aws:RequestedRegion `eu-west-1` or `eu-central-1`"
std::string text_of(const policy::ConditionText& condition);

}  // namespace strait::analysis
