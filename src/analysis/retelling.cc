// SPDX-License-Identifier: Apache-2.0
#include "analysis/retelling.h"

#include "policy/judge.h"

namespace strait::analysis {

std::optional<std::uint64_t> Retelling::Done::done(const policy::HistoryAsk& ask) const {
  if (!whole) return std::nullopt;
  std::uint64_t found = 0;
  if (!ask.window) {
    for (const auto& [action, count] : totals) found += ask.matches(action) ? count : 0;
    return found;
  }
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (event->first <= now - *ask.window) break;
    found += ask.matches(event->second) ? 1 : 0;
  }
  return found;
}

journey::Verdict Retelling::judge(const Past& past, const Then& then) {
  if (past.session.id != session_) {
    session_ = past.session.id;
    done_ = Done();
  }
  done_.now = then.at;
  done_.whole = done_.whole && then.whole;
  auto verdict =
      policy::Judge::evaluate(policies_, past.session.role, past.call, past.session, &done_);
  const bool let_through = verdict.effect == journey::Effect::kAllow ||
                           (verdict.effect == journey::Effect::kAsk && then.sent);
  if (!let_through) return verdict;
  while (!done_.events.empty() && done_.events.front().first <= then.at - policy::kHistoryWindowMax)
    done_.events.pop_front();
  for (const auto& need : past.call.needs) {
    if (need.deny_only) continue;
    const auto total = done_.totals.try_emplace(need.action).first;
    ++total->second;
    done_.events.emplace_back(then.at, total->first);
  }
  return verdict;
}

}  // namespace strait::analysis
