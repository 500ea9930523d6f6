// SPDX-License-Identifier: Apache-2.0
// Roles whose calls are counted: conditions on what went before, and limits. A call takes its
// places when it is permitted; they go back by themselves when it is not sent.
#include "gateway/told.h"
#include "policy/judge.h"

namespace strait::gateway {

Status Hallway::judge_counted(Told& told) {
  const auto& policies = told.world->policies;
  const auto who = Counted::session(told.authenticated->session());
  if (const auto rate = told.role->limits.calls_per_second; rate > 0) {
    const auto key = Counted::principal(told.authenticated->session(), told.now).key;
    if (!rooms_.counted->rates.take(key, rate, told.now)) {
      return fail(ErrorCode::kThrottled, "role " + told.authenticated->session().role_name() +
                                             " takes " + std::to_string(rate) +
                                             " calls a second; send it again later");
    }
  }
  if (!told.role->asks_history) {
    told.judged = policy::Judge::judge(std::move(*told.authenticated), policies);
    told.permitted = rooms_.desk->permit(*told.judged);
  } else {
    auto past = rooms_.counted->sessions.enter(who, told.now);
    told.judged = policy::Judge::judge(std::move(*told.authenticated), policies, &past);
    told.permitted = rooms_.desk->permit(*told.judged);
    if (told.permitted) told.place = past.take(told.permitted->call().needs);
  }
  return told.permitted ? spend(told) : Status{};
}

// After people said yes: what was left when they were asked may be gone.
Status Hallway::take_places(Told& told) {
  const auto& call = told.permitted->call();
  const auto& session = told.permitted->session();
  if (told.role->asks_history) {
    const auto who = Counted::session(session);
    auto past = rooms_.counted->sessions.enter(who, told.now);
    auto verdict =
        policy::Judge::evaluate(told.world->policies, session.role, call, session, &past);
    if (verdict.effect == journey::Effect::kDeny) {
      told.verdict = std::move(verdict);
      return fail(ErrorCode::kDenied, told.verdict->why);
    }
    told.place = past.take(call.needs);
  }
  return spend(told);
}

Status Hallway::spend(Told& told) {
  const auto& limits = told.role->limits;
  if (limits.spends.empty()) return {};
  const auto& needs = told.permitted->call().needs;
  const auto who = Counted::principal(told.permitted->session(), told.now);
  auto past = rooms_.counted->principals.enter(who, told.now);
  auto why = overspends(limits, needs, past, rooms_.counted->level_of);
  if (why) {
    told.verdict = told.permitted->verdict();
    told.verdict->effect = journey::Effect::kDeny;
    told.verdict->decided_by.clear();
    told.verdict->why = *std::move(why);
    return fail(ErrorCode::kDenied, told.verdict->why);
  }
  told.spent = past.take(needs, limits.levels());
  return {};
}

}  // namespace strait::gateway
