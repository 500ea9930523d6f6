// SPDX-License-Identifier: Apache-2.0
#include "analysis/who_can.h"

#include <algorithm>

#include "analysis/statements.h"
#include "base/ascii.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using policy::Tri;

// No session is in hand, so a variable could be anything.
class Anything final : public policy::VariableSource {
 public:
  policy::VariableValue value_of(const policy::Variable&) const override { return {}; }
};

Tri resource_of(const Statement& statement, policy::Target target) {
  auto any = Tri::kFalse;
  for (const auto& pattern : statement.resources)
    any = either(any, policy::match(pattern, target, Anything()));
  return statement.text.not_resource ? negation(any) : any;
}

Say say_of(const Statement& statement, bool whole) {
  Say say{statement.ref, statement.effect, {}, whole};
  for (const auto& condition : statement.text.conditions)
    say.conditions.push_back(text_of(condition));
  return say;
}

// What the says of a role come to.
struct Sum {
  bool some_deny = false, sure_deny = false;
  bool some_ask = false, sure_ask = false;    // statements that grant after a human
  bool some_gate = false, sure_gate = false;  // that only stand before an allow
  bool some_allow = false, sure_allow = false;

  void take(Effect effect, bool grants, bool sure) {
    bool& some = effect == Effect::kDeny    ? some_deny
                 : effect == Effect::kAllow ? some_allow
                 : grants                   ? some_ask
                                            : some_gate;
    bool& certain = effect == Effect::kDeny    ? sure_deny
                    : effect == Effect::kAllow ? sure_allow
                    : grants                   ? sure_ask
                                               : sure_gate;
    some = true;
    certain = certain || sure;
  }

  void conclude(WhoCan& answer) const {
    const bool asked_first = sure_ask || sure_gate;
    if (sure_deny || !(some_ask || some_allow)) {
      answer.effect = Effect::kDeny;
    } else if (some_allow && !asked_first) {
      answer.effect = Effect::kAllow;
      answer.always = sure_allow && !some_ask && !some_gate && !some_deny;
    } else {
      answer.effect = Effect::kAsk;
      answer.always = (sure_ask || (sure_gate && sure_allow)) && !some_deny;
    }
  }
};

}  // namespace

Result<std::vector<WhoCan>> who_can(const std::vector<policy::RoleSource>& roles,
                                    const std::string& action, const std::string& resource,
                                    const Vocabulary& words) {
  const auto lower = lowered(action);
  const auto classes = words.catalog().classes_of_action(action);
  const bool pattern = resource != "*" && resource.find_first_of("*?") != std::string::npos;
  std::vector<WhoCan> answers;
  for (const auto& source : roles) {
    TRY(const auto role, statements_of(source));
    WhoCan answer{.role = source.arn};
    Sum sum;
    for (const auto& statement : role.statements) {
      if (!matches_action(statement, lower, classes)) continue;
      const auto matched = resource_of(statement, {resource, !pattern});
      if (matched == Tri::kFalse) continue;
      const bool grants = classes == 0 || names_action(statement, lower, classes);
      // An allow must be of all that the resource can be.
      if (statement.effect == Effect::kAllow &&
          (!grants || (pattern && matched != Tri::kTrue &&
                       std::ranges::none_of(statement.resources, &policy::Pattern::has_variables))))
        continue;
      sum.take(statement.effect, grants,
               matched == Tri::kTrue && statement.text.conditions.empty());
      answer.says.push_back(say_of(statement, matched == Tri::kTrue));
    }
    sum.conclude(answer);
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace strait::analysis
