// SPDX-License-Identifier: Apache-2.0
#include "analysis/why.h"

#include <set>

#include "analysis/policy_resource.h"
#include "codec/json.h"
#include "policy/judge.h"

namespace strait::analysis {
namespace {

using journey::Effect;

void write_texts(std::string& out, const std::set<std::string>& texts) {
  out += '[';
  for (const auto& text : texts) {
    if (out.back() != '[') out += ", ";
    codec::write_json_string(out, text);
  }
  out += ']';
}

std::string smallest_statement(const Past& past, const std::vector<Why::Branch>& branches) {
  std::set<std::string> actions, resources;
  for (std::size_t at = 0; at < branches.size(); ++at) {
    const auto& branch = branches[at];
    if (branch.verdict.effect == Effect::kAllow || branch.deny_only) continue;
    if (branch.verdict.effect == Effect::kDeny && !branch.verdict.decided_by.empty()) return "";
    actions.insert(branch.action);
    resources.insert(policy_resource(past.call.needs[at]));
  }
  if (actions.empty()) return "";
  std::string out = R"({"Effect": "Allow", "Action": )";
  write_texts(out, actions);
  out += R"(, "Resource": )";
  write_texts(out, resources);
  return out + "}";
}

}  // namespace

Why explain(const Past& past, const policy::PolicySet& policies) {
  const auto judged = [&](const journey::Call& call) {
    return policy::Judge::evaluate(policies, past.session.role, call, past.session);
  };
  Why out{.verdict = judged(past.call)};
  for (const auto& need : past.call.needs) {
    auto one = past.call;
    one.needs = {need};
    one.needs.front().deny_only = false;
    auto verdict = judged(one);
    if (need.deny_only && verdict.decided_by.empty()) verdict.effect = Effect::kAllow;
    out.branches.push_back({need.action, need.resource, need.deny_only, std::move(verdict)});
  }
  if (out.verdict.effect == Effect::kDeny)
    out.statement_json = smallest_statement(past, out.branches);
  return out;
}

}  // namespace strait::analysis
