// SPDX-License-Identifier: Apache-2.0
#include "wire/resource_arns.h"

#include <algorithm>

#include "base/limits.h"
#include "wire/input_path.h"
#include "wire/resource_name.h"

namespace strait::wire {
namespace {

using catalog::Binding;
using catalog::ResourceRow;
using journey::Call;

// One way to fill the variables of a pattern.
struct Filling {
  std::vector<std::pair<std::string_view, std::string>> values;
  PathHit position;     // the list elements it stands on
  std::string account;  // when a parameter names it
  std::string whole_arn;
  bool open = false;  // a variable is not known
};

struct Candidate {
  ResourceName name;
  PathHit hit;
};

// What one binding can be. Empty when its path leads nowhere.
Result<std::vector<Candidate>> candidates(const Binding& binding, const Call& call) {
  std::vector<Candidate> out;
  auto path = binding.member;
  if (path.empty()) {
    out.push_back({{ResourceName::kUnknown, {}, {}}, {}});
    return out;
  }
  if (path.starts_with('=')) {
    out.push_back({{ResourceName::kText, std::string(path.substr(1)), {}}, {}});
    return out;
  }
  const auto bar = path.find('|');
  const auto transform = bar == std::string_view::npos ? std::string_view() : path.substr(bar + 1);
  for (auto& hit : walk_path(call.input, path.substr(0, bar))) {
    TRY(auto name, resource_name(hit.text, transform, binding.variable, call));
    if (name.kind != ResourceName::kNone) out.push_back({std::move(name), std::move(hit)});
  }
  return out;
}

// Extends one filling by one candidate; nullopt when the two stand on different elements.
std::optional<Filling> extended(const Filling& filling, const Binding& binding,
                                const Candidate& candidate) {
  if (!same_elements(filling.position, candidate.hit)) return std::nullopt;
  auto out = filling;
  for (const auto& step : candidate.hit.steps) {
    if (std::ranges::find(out.position.steps, step) == out.position.steps.end())
      out.position.steps.push_back(step);
  }
  switch (candidate.name.kind) {
    case ResourceName::kText:
      out.values.emplace_back(binding.variable, candidate.name.text);
      if (!candidate.name.account.empty()) out.account = candidate.name.account;
      break;
    case ResourceName::kWholeArn: out.whole_arn = candidate.name.text; break;
    case ResourceName::kUnknown:
    case ResourceName::kNone: out.open = true; break;
  }
  return out;
}

// Every consistent filling. `complete` asks for nothing when a binding leads nowhere; otherwise it
// stays open.
Result<std::vector<Filling>> fillings(const ResourceRow& row, const Call& call, bool complete) {
  std::vector<Filling> out(1);
  for (const auto& binding : row.bindings) {
    TRY(const auto options, candidates(binding, call));
    if (options.empty()) {
      if (complete) return std::vector<Filling>();
      for (auto& filling : out) filling.open = true;
      continue;
    }
    std::vector<Filling> next;
    for (const auto& filling : out) {
      for (const auto& option : options) {
        if (auto longer = extended(filling, binding, option)) next.push_back(std::move(*longer));
        if (next.size() > limits::kNeedsMax) {
          return fail(ErrorCode::kLimitExceeded, "the call names more than " +
                                                     std::to_string(limits::kNeedsMax) +
                                                     " resources: split it");
        }
      }
    }
    out = std::move(next);
  }
  return out;
}

std::string_view fixed_variable(std::string_view name, const Call& call) {
  if (name == "Partition") return call.partition;
  if (name == "Region") return call.region;
  if (name == "Account") return call.account;
  return {};
}

NamedResource filled(const ResourceRow& row, const Filling& filling, const Call& call) {
  NamedResource out;
  out.derived = !filling.open;
  auto rest = row.pattern;
  while (!rest.empty()) {
    const auto open = rest.find("${");
    out.arn += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const auto name = rest.substr(open + 2, close - open - 2);
    rest.remove_prefix(close + 1);
    const auto fixed = name == "Account" && !filling.account.empty()
                           ? std::string_view(filling.account)
                           : fixed_variable(name, call);
    const auto bound =
        std::ranges::find(filling.values, name, [](const auto& value) { return value.first; });
    if (!fixed.empty()) {
      out.arn += fixed;
    } else if (bound != filling.values.end()) {
      out.arn += bound->second;
    } else {
      out.arn += '*';
      out.derived = false;
    }
  }
  return out;
}

bool fits_row(std::string_view arn, const ResourceRow& row, const Call& call) {
  return row.pattern == "*" || fits_pattern(arn, row.pattern, call.partition);
}

}  // namespace

Result<bool> trigger_holds(std::string_view path, const Call& call) {
  const auto bar = path.find('|');
  if (bar == std::string_view::npos) return path_present(call.input, path);
  TRY(const auto values, candidates({.variable = "trigger", .member = path}, call));
  return !values.empty();
}

Result<std::vector<NamedResource>> named_resources(const ResourceRow& row, const Call& call) {
  TRY(const auto ways, fillings(row, call, true));
  std::vector<NamedResource> out;
  for (const auto& way : ways) {
    if (way.open) continue;
    if (way.whole_arn.empty()) {
      auto resource = filled(row, way, call);
      if (resource.derived) out.push_back(std::move(resource));
    } else if (fits_row(way.whole_arn, row, call)) {
      out.push_back({way.whole_arn, true});
    }
  }
  // One thing that cannot be named makes the whole list incomplete.
  if (out.size() != ways.size()) out.clear();
  return out;
}

Result<NamedResource> open_resource(const ResourceRow& row, const Call& call) {
  TRY(auto ways, fillings(row, call, false));
  Filling one;
  if (ways.size() == 1 && ways[0].whole_arn.empty()) one = std::move(ways[0]);
  one.open = true;
  return filled(row, one, call);
}

}  // namespace strait::wire
