// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/aws_actions.h"

#include <fmt/format.h>

#include <vector>

#include "analysis/vocabulary.h"

namespace strait::programs {
namespace {

using catalog::ActionRow;
using catalog::Binding;
using catalog::Classes;
using catalog::ResourceRow;
using catalog::Trigger;

// "must, when Tags is present"
std::string when(const ActionRow& row) {
  switch (row.trigger) {
    case Trigger::kAlways: return "must";
    case Trigger::kMemberPresent: return fmt::format("must, when {} is present", row.member);
    case Trigger::kMemberAbsent: return fmt::format("must, when {} is absent", row.member);
    case Trigger::kPartiql:
      return fmt::format("must, the verb is that of the PartiQL in {}", row.member);
    case Trigger::kRoleArn: return fmt::format("must, for every role in {}", row.member);
    case Trigger::kMay: return "may, only a Deny counts";
  }
  return "";
}

std::string text_of(const Binding& binding) {
  const auto name = binding.variable.empty() ? "the ARN" : binding.variable;
  if (binding.member.empty()) return fmt::format("{} unknown", name);
  if (binding.member == "=*") return fmt::format("{} not there before the call", name);
  if (binding.member == "*") return fmt::format("{} any", name);
  if (binding.member.starts_with('=')) return fmt::format("{} {}", name, binding.member.substr(1));
  return fmt::format("{} from {}", name, binding.member);
}

std::string text_of(const ResourceRow& row) {
  std::vector<std::string> bindings;
  for (const auto& binding : row.bindings) bindings.push_back(text_of(binding));
  return fmt::format("    on {}{}{}{}{}\n", row.type, row.type.empty() ? "" : " ", row.pattern,
                     row.derivable ? "" : "  (the input does not say which)",
                     bindings.empty() ? "" : fmt::format("\n       {}", fmt::join(bindings, ", ")));
}

std::string text_of(Classes classes) {
  if (classes == 0) return "";
  return fmt::format(
      "classes: {}; a policy must name it, itself or its class (strait:class/...), `*` does not "
      "cover it\n",
      analysis::text_of(classes));
}

}  // namespace

std::string describe_actions(const catalog::Operation& operation) {
  if (operation.actions().empty())
    return "no action is known for it, so it is refused (docs/coverage.md says why)\n";
  std::string text;
  for (const auto& row : operation.actions()) {
    const auto level = row.access_level.empty() ? "level unknown" : row.access_level;
    text += fmt::format("{}  [{}]  {}\n", row.action, level, when(row));
    for (const auto& resource : row.resources) text += text_of(resource);
  }
  for (const auto& row : operation.context_keys())
    text += fmt::format("condition key {} is {}\n", row.key, row.path);
  return text + text_of(operation.classes());
}

}  // namespace strait::programs
