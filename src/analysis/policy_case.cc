// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy_case.h"

#include <algorithm>

#include "analysis/statements.h"
#include "base/ascii.h"
#include "journey/session.h"
#include "policy/can_i.h"

namespace strait::analysis {
namespace {

// What holds of every request that a session of the role makes, unless the case says otherwise.
void add_session(std::vector<journey::ContextEntry>& entries, const std::string& role) {
  const auto add = [&](std::string key, std::string value) {
    const auto known = [&](const auto& entry) { return lowered(entry.key) == lowered(key); };
    if (std::ranges::none_of(entries, known))
      entries.push_back({.key = std::move(key), .values = {std::move(value)}, .unknown = false});
  };
  add("aws:PrincipalArn", role);
  add("strait:session/role", role);
  add("aws:PrincipalType", "AssumedRole");
  add("aws:ViaAWSService", "false");
  add("aws:PrincipalIsAWSService", "false");
  journey::Session session;
  session.role = role;
  add("aws:PrincipalAccount", session.account());
}

std::string decided_by(const journey::Verdict& verdict) {
  std::string text;
  for (const auto& statement : verdict.decided_by)
    text += (text.empty() ? "" : ", ") + statement.str();
  return text.empty() ? "no statement" : text;
}

bool decided_as_told(const journey::Verdict& verdict, const std::string& rule) {
  if (rule.empty()) return true;
  if (rule == "none") return verdict.decided_by.empty();
  return std::ranges::any_of(verdict.decided_by, [&](const journey::StatementRef& statement) {
    return statement.str() == rule || (rule.starts_with('#') && statement.str().ends_with(rule));
  });
}

}  // namespace

CaseResult run_case(const PolicyCase& one, const policy::PolicySet& policies,
                    const Vocabulary& words) {
  CaseResult result;
  if (policies.role(one.role) == nullptr) {
    result.why = "there is no role " + quoted(one.role);
    return result;
  }
  // A misspelt action is denied whatever the policy says, so that a test of it would say nothing.
  if (!words.catalog().knows_action(one.action)) {
    result.why =
        "AWS documents no action " + quoted(one.action) + words.did_you_mean_action(one.action);
    return result;
  }
  policy::Question question{.role = one.role,
                            .action = one.action,
                            .resource = one.resource,
                            .context = one.with,
                            .missing_is_absent = true,
                            .classes = words.catalog().classes_of_action(one.action)};
  add_session(question.context, one.role);
  result.verdict = policy::can_i(policies, question);
  if (result.verdict.effect != one.expect) {
    result.why = "is " + std::string(journey::name(result.verdict.effect)) + ", by " +
                 decided_by(result.verdict) + "; expected " +
                 std::string(journey::name(one.expect));
    for (const auto& miss : result.verdict.near_misses)
      result.why += "; nearly " + miss.statement.str() + ": " + miss.why;
  } else if (!decided_as_told(result.verdict, one.rule)) {
    result.why = "is " + std::string(journey::name(one.expect)) + ", but by " +
                 decided_by(result.verdict) + " and not by " + one.rule;
  }
  result.passed = result.why.empty();
  return result;
}

}  // namespace strait::analysis
