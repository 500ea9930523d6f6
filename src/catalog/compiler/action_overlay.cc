// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/action_overlay.h"

#include <algorithm>

namespace strait::catalog::compiler {
namespace {

Result<Trigger> trigger_named(const OverlayRow& row, std::string_view word) {
  if (word == "if") return Trigger::kMemberPresent;
  if (word == "unless") return Trigger::kMemberAbsent;
  if (word == "partiql") return Trigger::kPartiql;
  if (word == "role") return Trigger::kRoleArn;
  return row_error(row, quoted(word) + " is not one of if, unless, partiql, role, may, on");
}

}  // namespace

Status ActionOverlay::add(const OverlayRow& row) {
  if (row.words.size() < 3) return row_error(row, "needs a service, an operation and an action");
  TRY(const auto operation, find_operation(pack_, row, row.words[0], row.words[1]));
  auto action = std::string(row.words[2]);
  const bool more = action.starts_with('+');
  if (more) action.erase(0, 1);
  auto& drafts = more ? additions_[operation] : by_operation_[operation];
  if (action == "none") return {};
  if (!iam_.action(action) && row.words.back() != "unlisted")
    return row_error(row, "there is no action " + quoted(action));
  auto made = draft_(operation, action);
  CHECK_OK(apply_words(row, operation, made));
  drafts.insert(drafts.end(), made.begin(), made.end());
  return {};
}

const std::vector<Draft>* ActionOverlay::rows(format::Index operation) const {
  const auto found = by_operation_.find(operation);
  return found == by_operation_.end() ? nullptr : &found->second;
}

void ActionOverlay::append_additions(format::Index operation, std::vector<Draft>& drafts) const {
  const auto found = additions_.find(operation);
  if (found != additions_.end())
    drafts.insert(drafts.end(), found->second.begin(), found->second.end());
}

Status ActionOverlay::apply_words(const OverlayRow& row, format::Index operation,
                                  std::vector<Draft>& made) const {
  const auto input = pack_.operations[operation].input;
  for (std::size_t at = 3; at < row.words.size(); ++at) {
    const auto word = row.words[at];
    if (word == "unlisted") continue;
    if (word == "may") {
      for (auto& draft : made) draft.trigger = Trigger::kMay;
      continue;
    }
    if (at + 1 == row.words.size())
      return row_error(row, quoted(word) + " needs something after it");
    if (word == "on") return apply_on(row, input, at + 1, made);
    const auto path = row.words[++at];
    if (!path_exists(pack_, input, path)) return row_error(row, "the input has no " + quoted(path));
    TRY(const auto trigger, trigger_named(row, word));
    for (auto& draft : made) {
      if (draft.trigger == Trigger::kMay) continue;
      draft.trigger = trigger;
      draft.member = path;
    }
  }
  return {};
}

// `on TYPE VAR=path ...`, to the end of the row; `on ... on ...` gives alternatives.
Status ActionOverlay::apply_on(const OverlayRow& row, format::Index input, std::size_t at,
                               std::vector<Draft>& made) const {
  std::vector<BoundResource> resources;
  auto prefix = row.words[2].substr(0, row.words[2].find(':'));
  if (prefix.starts_with('+')) prefix.remove_prefix(1);
  for (; at < row.words.size(); at += 2) {  // past the `on` between two of them
    BoundResource resource{std::string(row.words[at]), "*", {}, true, true};
    if (row.words[at].starts_with("arn:")) {
      resource.pattern = row.words[at];
      resource.type.clear();
    } else if (row.words[at] != "*") {
      const auto* service = iam_.service(prefix);
      const auto pattern =
          service ? service->patterns.find(row.words[at]) : decltype(service->patterns.find(""))();
      if (!service || pattern == service->patterns.end())
        return row_error(row, "there is no resource type " + quoted(row.words[at]));
      resource.pattern = pattern->second;
    }
    while (at + 1 < row.words.size() && row.words[at + 1] != "on") {
      TRY(auto bound, parse_binding(row, row.words[++at]));
      if (bound.path.empty()) resource.derivable = false;
      if (!bound.path.empty() && !is_constant(bound.path)) {
        if (!path_exists(pack_, input, bound.path))
          return row_error(row, "the input has no " + quoted(bound.path));
        resource.constant = false;
      }
      resource.bindings.push_back(std::move(bound));
    }
    for (const auto& variable : variables_of(resource.pattern)) {
      const auto fills = [&](const BoundVariable& bound) {
        return bound.variable.empty() || bound.variable == variable;
      };
      if (std::ranges::any_of(resource.bindings, fills)) continue;
      resource.bindings.push_back({variable, ""});
      resource.derivable = false;
    }
    resources.push_back(std::move(resource));
  }
  made.resize(1);
  made.front().resources = std::move(resources);
  return {};
}

}  // namespace strait::catalog::compiler
