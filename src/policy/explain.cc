// SPDX-License-Identifier: Apache-2.0
// Why nothing granted a need: the statements that came close. Off the hot path.
#include "policy/class_word.h"
#include "policy/compiled.h"

namespace strait::policy {
namespace {

std::string resource_miss(const CompiledStatement& statement, Target resource, Tri matched) {
  const auto& wanted = statement.resources.front().source();
  const auto more = statement.resources.size() > 1
                        ? " or " + std::to_string(statement.resources.size() - 1) + " more"
                        : "";
  if (statement.not_resource)
    return "resource " + quoted(resource.text) + " is excepted by NotResource " + quoted(wanted) +
           more;
  if (matched == Tri::kUnknown) {
    return "resource " + quoted(resource.text) + " is only known as a pattern, which " +
           quoted(wanted) + more + " does not cover";
  }
  return "resource " + quoted(resource.text) + " is not " + quoted(wanted) + more;
}

// ", itself or by strait:class/pass-role"; "" of a need without a class that has a word.
std::string words_for(catalog::Classes classes) {
  std::string text;
  for (const auto one : catalog::kClasses) {
    if ((classes & static_cast<catalog::Classes>(one)) == 0) continue;
    text += (text.empty() ? ", itself or by " : " or ") + class_word(one);
  }
  return text;
}

// nullopt: it missed nothing, and counted.
std::optional<std::string> miss(const CompiledStatement& statement, const Asked& asked,
                                const Environment& environment) {
  const auto matched = resource_matches(statement, asked.resource, environment);
  if (matched != Tri::kTrue) return resource_miss(statement, asked.resource, matched);
  for (const auto& condition : statement.conditions) {
    if (evaluate(condition, environment) != Tri::kTrue) return explain(condition, environment);
  }
  if (asked.must_be_named && !names(statement, asked.lower, asked.classes)) {
    return "this action must be named" + words_for(asked.classes) +
           ": `*`, NotAction and NotResource do not reach it";
  }
  return std::nullopt;
}

}  // namespace

void collect_near_misses(const CompiledRole& role, const Asked& asked,
                         const Environment& environment, std::vector<journey::NearMiss>& out) {
  for (auto number = role.first_ask; number < role.statements.size() && out.size() < kNearMissesMax;
       ++number) {
    const auto& statement = role.statements[number];
    if (!action_matches(statement, asked.lower, asked.classes)) continue;
    if (auto why = miss(statement, asked, environment))
      out.push_back({statement.ref, *std::move(why)});
  }
}

}  // namespace strait::policy
