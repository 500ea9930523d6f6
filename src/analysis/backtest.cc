// SPDX-License-Identifier: Apache-2.0
#include "analysis/backtest.h"

#include <algorithm>

namespace strait::analysis {
namespace {

std::string statement_of(const journey::Verdict& verdict) {
  return verdict.decided_by.empty() ? "none" : verdict.decided_by.front().str();
}

void add_example(std::vector<std::string>& examples, const std::string& text) {
  if (examples.size() < kExamples && std::ranges::find(examples, text) == examples.end())
    examples.push_back(text);
}

}  // namespace

void Backtest::take(const Past& past, const std::string& call_id, journey::Effect before,
                    const journey::Verdict& after) {
  ++judged_;
  if (!past.doubt.empty()) ++doubtful_;
  if (before == after.effect) {
    ++same_;
    return;
  }
  const auto by = statement_of(after);
  auto& group = groups_[Group(past.session.role, after.action, before, after.effect, by)];
  if (group.count++ == 0) {
    group.role = past.session.role;
    group.action = after.action;
    group.before = before;
    group.after = after.effect;
    group.by = by;
  }
  if (!past.doubt.empty()) ++group.doubtful;
  add_example(group.call_ids, call_id);
  add_example(group.resources, after.resource);
}

std::vector<Difference> Backtest::differences() const {
  std::vector<Difference> out;
  out.reserve(groups_.size());
  for (const auto& [key, group] : groups_) out.push_back(group);
  std::ranges::stable_sort(out, [](const Difference& a, const Difference& b) {
    return std::tuple(a.after, -static_cast<std::int64_t>(a.count)) <
           std::tuple(b.after, -static_cast<std::int64_t>(b.count));
  });
  return out;
}

}  // namespace strait::analysis
