// SPDX-License-Identifier: Apache-2.0
#include "policy/judge.h"

#include <algorithm>

#include "policy/can_i.h"
#include "policy/compiled.h"

namespace strait::policy {
namespace {

using journey::Effect;

// An action in lower case, without allocation for every action that AWS has.
class Lowered {
 public:
  explicit Lowered(std::string_view text) {
    if (text.size() > fixed_.size()) {
      long_.resize(text.size());
      view_ = fold(text, long_.data());
    } else {
      view_ = fold(text, fixed_.data());
    }
  }
  Lowered(const Lowered&) = delete;
  Lowered& operator=(const Lowered&) = delete;
  std::string_view view() const { return view_; }

 private:
  static std::string_view fold(std::string_view text, char* out) {
    std::ranges::transform(
        text, out, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return {out, text.size()};
  }

  std::array<char, 96> fixed_;
  std::string long_;
  std::string_view view_;
};

Asked asked_for(const journey::Need& need, std::string_view lower) {
  return {need.action,
          lower,
          {need.resource, need.derived && !need.pattern},
          need.classes,
          need.classes != 0 || !need.derived,
          need.deny_only,
          need.deny_only && !need.derived};
}

int strictness(Effect effect) {
  switch (effect) {
    case Effect::kAllow: return 0;
    case Effect::kAsk: return 1;
    case Effect::kDeny: return 2;
  }
  return 2;
}

std::string why_not(const journey::Need& need, const Finding& finding) {
  if (finding.by != nullptr) return "of an explicit deny in strait policy " + finding.by->ref.str();
  return "no strait policy allows the " + need.action + " action";
}

std::string in_policy(const journey::StatementRef& ref) {
  constexpr std::string_view kWords = "of strait policy ";
  std::string why;
  why.reserve(kWords.size() + ref.str().size());
  why.append(kWords).append(ref.str());
  return why;
}

void decide(journey::Verdict& verdict, const journey::Need& need, const Finding& finding) {
  verdict.effect = finding.effect;
  verdict.action = need.action;
  verdict.resource = need.resource;
  verdict.decided_by.clear();
  if (finding.by != nullptr) verdict.decided_by.push_back(finding.by->ref);
  switch (finding.effect) {
    case Effect::kDeny: verdict.why = why_not(need, finding); break;
    case Effect::kAsk: verdict.why = "it needs approval"; break;
    case Effect::kAllow: verdict.why = in_policy(finding.by->ref); break;
  }
}

journey::Verdict refused(std::string why) {
  journey::Verdict verdict;
  verdict.why = std::move(why);
  return verdict;
}

// Takes in the finding on one need. True: it is a deny, and nothing can change that.
bool take(journey::Verdict& verdict, bool first, const journey::Need& need,
          const Finding& finding) {
  if (need.deny_only && finding.effect != Effect::kDeny) return false;
  if (first || strictness(finding.effect) > strictness(verdict.effect)) {
    decide(verdict, need, finding);
  } else if (finding.effect == verdict.effect && finding.by != nullptr &&
             std::ranges::find(verdict.decided_by, finding.by->ref) == verdict.decided_by.end()) {
    verdict.decided_by.push_back(finding.by->ref);
  }
  return finding.effect == Effect::kDeny;
}

journey::Verdict judged(const CompiledRole& role, std::span<const journey::Need> needs,
                        Environment& environment) {
  journey::Verdict verdict;
  bool none_yet = true;
  for (const auto& need : needs) {
    environment.enter(&need);
    const Lowered lower(need.action);
    const auto asked = asked_for(need, lower.view());
    const auto finding = judge_need(role, asked, environment);
    const bool stop = take(verdict, none_yet, need, finding);
    none_yet = none_yet && need.deny_only && !stop;
    if (!stop) continue;
    if (finding.by == nullptr) collect_near_misses(role, asked, environment, verdict.near_misses);
    break;
  }
  environment.enter(nullptr);
  if (none_yet) verdict = refused("strait does not know what this operation needs");
  verdict.policy_hash = role.hash;
  return verdict;
}

journey::Verdict without_role(std::span<const journey::Need> needs) {
  if (needs.empty()) return refused("strait does not know what this operation needs");
  auto verdict = refused(why_not(needs.front(), {}));
  verdict.action = needs.front().action;
  verdict.resource = needs.front().resource;
  return verdict;
}

}  // namespace

journey::Verdict verdict_for(const CompiledRole* role, std::span<const journey::Need> needs,
                             Environment& environment) {
  return role == nullptr ? without_role(needs) : judged(*role, needs, environment);
}

journey::Verdict Judge::evaluate(const PolicySet& policies, std::string_view role,
                                 const journey::Call& call, const journey::Session& session,
                                 const History* history) {
  Environment environment(call, session, history);
  return verdict_for(policies.role(role), call.needs, environment);
}

journey::JudgedCall Judge::judge(journey::AuthenticatedCall call, const PolicySet& policies,
                                 const History* history) {
  auto verdict = evaluate(policies, call.session().role, call.call(), call.session(), history);
  return journey::JudgedCall({}, std::move(call), std::move(verdict));
}

namespace {

journey::Need need_of(const Question& question) {
  journey::Need need;
  need.action = question.action;
  need.resource = question.resource;
  need.derived = question.derived;
  need.classes = question.classes;
  need.pattern = !question.as_iam && question.resource != "*" &&
                 question.resource.find_first_of("*?") != std::string::npos;
  return need;
}

Environment environment_of(const Question& question) {
  const bool closed = question.as_iam || question.missing_is_absent;
  return {question.context, closed ? KeyValues::kAbsent : KeyValues::kUnknown,
          question.as_iam ? Tri::kFalse : Tri::kUnknown};
}

}  // namespace

journey::Verdict can_i(const PolicySet& policies, const Question& question) {
  const auto need = need_of(question);
  auto environment = environment_of(question);
  return verdict_for(policies.role(question.role), {&need, 1}, environment);
}

std::vector<journey::StatementRef> all_deciding(const PolicySet& policies, const Question& question,
                                                Effect effect) {
  const auto* role = policies.role(question.role);
  if (role == nullptr) return {};
  const auto need = need_of(question);
  auto environment = environment_of(question);
  environment.enter(&need);
  const Lowered lower(need.action);
  return matching(*role, asked_for(need, lower.view()), environment, effect);
}

}  // namespace strait::policy
