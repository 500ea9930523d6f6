// SPDX-License-Identifier: Apache-2.0
// How a file is written: Version, what "all but these" means under Allow, entries said twice.
#include <algorithm>

#include "analysis/lint_parts.h"
#include "codec/json.h"

namespace strait::analysis {
namespace {

using journey::Effect;

bool has_variable(std::string_view text) { return text.contains("${"); }

void variables(const Statement& statement, Report& report) {
  const Report::What what{
      "variables-need-version", Severity::kWarning,
      "without Version 2012-10-17 `${` is plain text, and no value stands in for it",
      R"(write "Version": "2012-10-17")"};
  for (std::size_t i = 0; i < statement.text.resources.size(); ++i) {
    if (has_variable(statement.text.resources[i]))
      report.at_entry(statement, resource_member(statement), i, what);
  }
  for (const auto& condition : statement.text.conditions) {
    if (std::ranges::any_of(condition.values, has_variable))
      report.at_condition(statement, condition, what);
  }
}

void all_but(const Statement& statement, Report& report) {
  if (statement.effect == Effect::kDeny) return;
  const auto severity = statement.effect == Effect::kAllow ? Severity::kWarning : Severity::kNote;
  if (statement.text.not_action) {
    report.at_entry(statement, "NotAction", 0,
                    {"allow-all-but", severity,
                     "NotAction under Allow reaches every action that AWS has and will have, but "
                     "for these",
                     "list under Action what is wanted, or Deny what is not"});
  }
  if (statement.text.not_resource) {
    report.at_entry(statement, "NotResource", 0,
                    {"allow-all-but", severity,
                     "NotResource under Allow reaches every other resource, in other accounts too",
                     "list under Resource what is wanted, or Deny what is not"});
  }
}

void repeated(const Statement& statement, const std::vector<policy::Pattern>& entries,
              std::string_view member, Report& report) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = 0; j < entries.size(); ++j) {
      const bool same = entries[i].source() == entries[j].source();
      if (i == j || (same && i < j)) continue;
      if (!covers(entries[j], entries[i])) continue;
      // A name beside a wildcard is no repetition: some actions must be named.
      if (!same && member.ends_with("Action") && entries[i].is_literal()) continue;
      report.at_entry(statement, member, i,
                      {"repeated-entry", Severity::kNote,
                       same ? quoted(entries[i].source()) + " is there twice"
                            : quoted(entries[i].source()) + " is in " +
                                  quoted(entries[j].source()) + " of the same list",
                       "remove it"});
      break;
    }
  }
}

}  // namespace

void lint_form(const policy::PolicyText& file, const std::vector<Statement>& statements,
               Report& report) {
  const auto root = codec::parse_json(file.text);
  if (root && root->find("Version") == nullptr && !statements.empty()) {
    report.add(statements.front(), {1, 1},
               {"version-missing", Severity::kNote,
                "without Version the policy is read as of 2008-10-17, which has no variables",
                R"(write "Version": "2012-10-17")"});
  }
  const auto document = policy::parse_document(file.file, file.text);
  for (const auto& idle : document ? document->idle : std::vector<policy::IdleStatement>()) {
    report.take_in({{.rule = "does-nothing",
                     .severity = Severity::kWarning,
                     .file = file.file,
                     .line = idle.place.line,
                     .column = idle.place.column,
                     .message = "statement " + idle.name + " never applies: " + idle.why,
                     .advice = "remove it, or say what it is about"}});
  }
  for (const auto& statement : statements) {
    if (statement.dialect == policy::Dialect::k2008) variables(statement, report);
    all_but(statement, report);
    repeated(statement, statement.actions, action_member(statement), report);
    repeated(statement, statement.resources, resource_member(statement), report);
  }
}

}  // namespace strait::analysis
