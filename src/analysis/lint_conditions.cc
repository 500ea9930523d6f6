// SPDX-License-Identifier: Apache-2.0
// Condition keys: misspelt ones, ones that the action does not have, that the gateway cannot know,
// and set operators that hold where nobody thought they would.
#include <algorithm>
#include <span>

#include "analysis/lint_parts.h"
#include "base/ascii.h"
#include "policy/condition.h"
#include "policy/context.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using policy::ConditionText;
using policy::Quantifier;

// Ours, or filled from the session whatever the call is.
bool of_the_session(const std::string& key) {
  const auto classified = policy::classify_key(key);
  return classified && classified->kind != policy::Key::kContext;
}

bool always_there(const std::string& key) {
  constexpr std::string_view kAlways[] = {"aws:currenttime",       "aws:epochtime",
                                          "aws:principalaccount",  "aws:principalarn",
                                          "aws:principaltype",     "aws:requestedregion",
                                          "aws:securetransport",   "aws:sourceip",
                                          "aws:tokenissuetime",    "aws:userid",
                                          "aws:viaawsservice",     "aws:principalisawsservice",
                                          "strait:session/id",     "strait:session/role",
                                          "strait:session/name",   "strait:session/issuer",
                                          "strait:session/subject"};
  return std::ranges::find(kAlways, lowered(key)) != std::end(kAlways);
}

// {"Null": {"<key>": "false"}} beside it: the key must be there.
bool demanded(const Statement& statement, const std::string& key) {
  return std::ranges::any_of(statement.text.conditions, [&](const ConditionText& one) {
    return lowered(one.op) == "null" && lowered(one.key) == lowered(key) &&
           one.values.size() == 1 && lowered(one.values[0]) == "false";
  });
}

// The actions that the statement is about; empty when it is about nearly all of them.
std::vector<std::uint32_t> actions_of(const Statement& statement, const Vocabulary& words) {
  if (statement.text.not_action ||
      std::ranges::any_of(statement.actions, &policy::Pattern::is_everything))
    return {};
  std::vector<std::uint32_t> all;
  for (const auto& some : matches_of(statement, words))
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

// Whether AWS lists the key for the action. Of global keys, and of actions for which it lists
// nothing at all, nothing is said.
bool listed(std::uint32_t action, std::uint32_t key, const Vocabulary& words) {
  const auto keys = words.catalog().keys_of_action(words.lower_action(action));
  return std::ranges::find(keys, key) != keys.end();
}

void not_for_action(const Statement& statement, const ConditionText& condition, std::uint32_t key,
                    const std::vector<std::uint32_t>& actions, const Vocabulary& words,
                    Report& report) {
  std::vector<std::string_view> without;
  for (const auto action : actions) {
    if (!listed(action, key, words)) without.push_back(words.action(action));
  }
  if (actions.empty() || without.size() < actions.size()) return;
  report.at_condition(
      statement, condition,
      {"key-not-for-action", Severity::kWarning,
       "AWS lists " + quoted(condition.key) + " for none of these actions, such as " +
           std::string(without.front()) + ", so no request has a value for it",
       "use a key of the action, or strait:param/<path> for a parameter of the call"});
}

bool is_global(const std::string& key) { return lowered(key).starts_with("aws:"); }

// Global keys are the same for every action, so one of them is enough.
std::span<const std::uint32_t> asked_of(const std::vector<std::uint32_t>& actions,
                                        const std::string& key) {
  return std::span(actions).first(is_global(key) ? std::min<std::size_t>(actions.size(), 1)
                                                 : actions.size());
}

// True: nothing more needs saying.
bool never_known(const Statement& statement, const ConditionText& condition,
                 const std::vector<std::uint32_t>& actions, const Vocabulary& words,
                 Report& report) {
  const bool knows = std::ranges::any_of(
      asked_of(actions, condition.key),
      [&](std::uint32_t action) { return words.can_know(action, condition.key); });
  if (actions.empty() || knows) return false;
  const bool allow = statement.effect == Effect::kAllow;
  report.at_condition(
      statement, condition,
      {"key-never-known", Severity::kWarning,
       "only AWS knows " + quoted(condition.key) + " of these calls, so the condition " +
           (allow ? "is never certain and the Allow never applies"
                  : "is never certain and the statement applies whatever the value is"),
       allow ? "restrict by resource, by aws:RequestTag or strait:param/<path>, and leave this key "
               "to the AWS role behind the connection"
             : "restrict it by resource, by aws:RequestTag or strait:param/<path>"});
  return true;
}

void set_operators(const Statement& statement, const ConditionText& condition,
                   std::string_view type, Report& report) {
  const auto op = policy::parse_operator(condition.op);
  if (!op || statement.effect == Effect::kDeny || op->op == policy::Operator::kNull) return;
  if (op->quantifier == Quantifier::kForAllValues && !always_there(condition.key) &&
      !demanded(statement, condition.key)) {
    report.at_condition(statement, condition,
                        {"key-sometimes-absent", Severity::kWarning,
                         "ForAllValues holds when the request has no " + quoted(condition.key) +
                             " at all, so this allows calls without it",
                         R"(add "Null": {")" + condition.key + R"(": "false"})"});
  }
  if (op->quantifier == Quantifier::kOne && type.starts_with("ArrayOf")) {
    report.at_condition(statement, condition,
                        {"set-key-without-qualifier", Severity::kWarning,
                         quoted(condition.key) + " can have several values, for which " +
                             condition.op + " is not defined",
                         "write ForAnyValue:" + condition.op + " or ForAllValues:" + condition.op});
  }
}

}  // namespace

void lint_conditions(const Statement& statement, const Vocabulary& words, Report& report) {
  if (statement.text.conditions.empty()) return;
  const auto actions = actions_of(statement, words);
  for (const auto& condition : statement.text.conditions) {
    if (of_the_session(condition.key)) {
      set_operators(statement, condition, "", report);
      continue;
    }
    const auto key = words.catalog().find_condition_key(condition.key);
    if (!key) {
      report.at_condition(statement, condition,
                          {"unknown-key", Severity::kWarning,
                           "AWS documents no condition key " + quoted(condition.key) +
                               words.did_you_mean_key(condition.key),
                           "no request has a value for it; correct or remove it"});
      continue;
    }
    set_operators(statement, condition, words.catalog().condition_key(*key).type, report);
    if (never_known(statement, condition, actions, words, report) || is_global(condition.key))
      continue;
    not_for_action(statement, condition, *key, actions, words, report);
  }
}

}  // namespace strait::analysis
