// SPDX-License-Identifier: Apache-2.0
#include "wire/resource_arns.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "codec/value_path.h"
#include "wire/input_path.h"
#include "wire/pattern_text.h"
#include "wire/resource_name.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Binding;
using catalog::ResourceRow;
using journey::Call;

// A variable and what stands in its place.
struct Bound {
  std::string_view variable;
  std::string text;
  bool pattern = false;
};

// One way to fill the variables of a pattern.
struct Filling {
  std::vector<Bound> values;
  PathHit position;     // the list elements it stands on
  std::string account;  // when a parameter names it
  std::string whole_arn;
  bool arn_is_pattern = false;
  bool deny_only = false;  // what AWS may mean besides
  bool open = false;       // a variable is not known
};

// What a binding without a path into the input says; nullopt when it has one.
std::optional<ResourceName> fixed_name(std::string_view path) {
  if (path.empty()) return ResourceName{ResourceName::kUnknown, {}, false, {}, {}};
  if (path == "*") return ResourceName{ResourceName::kText, "*", true, {}, {}};
  if (path.starts_with('='))
    return ResourceName{ResourceName::kText, std::string(path.substr(1)), false, {}, {}};
  return std::nullopt;
}

struct Candidate {
  ResourceName name;
  PathHit hit;
  bool deny_only = false;
};

// What one binding can be. Empty when its path leads nowhere.
Result<std::vector<Candidate>> candidates(const Binding& binding, const Call& call) {
  std::vector<Candidate> out;
  auto path = binding.member;
  if (auto fixed = fixed_name(path)) {
    out.push_back({*std::move(fixed), {}});
    return out;
  }
  const auto bar = path.find('|');
  const auto transform = bar == std::string_view::npos ? std::string_view() : path.substr(bar + 1);
  for (auto& hit : walk_path(call.input, path.substr(0, bar))) {
    TRY(auto name, resource_name(hit.text, transform, binding.variable, call));
    if (name.kind == ResourceName::kNone) continue;
    if (!name.also.empty())
      out.push_back({{name.kind, std::move(name.also), true, name.account, {}}, hit, true});
    out.push_back({std::move(name), std::move(hit)});
  }
  return out;
}

// Extends one filling by one candidate; nullopt when the two stand on different elements.
std::optional<Filling> extended(const Filling& filling, const Binding& binding,
                                const Candidate& candidate) {
  if (!same_elements(filling.position, candidate.hit)) return std::nullopt;
  auto out = filling;
  out.deny_only = out.deny_only || candidate.deny_only;
  for (const auto& step : candidate.hit.steps) {
    if (std::ranges::find(out.position.steps, step) == out.position.steps.end())
      out.position.steps.push_back(step);
  }
  switch (candidate.name.kind) {
    case ResourceName::kText:
      out.values.push_back({binding.variable, candidate.name.text, candidate.name.pattern});
      if (!candidate.name.account.empty()) out.account = candidate.name.account;
      break;
    case ResourceName::kWholeArn:
      out.whole_arn = candidate.name.text;
      out.arn_is_pattern = candidate.name.pattern;
      break;
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

// The row's pattern with its variables filled; `account` stands for the call's when a parameter
// names one. `escape`: it is going to be a pattern, so what is no wildcard must not look like one.
NamedResource spelled(const ResourceRow& row, std::span<const Bound> values,
                      std::string_view account, const Call& call, bool escape) {
  NamedResource out;
  auto rest = row.pattern;
  // The reference leaves a part of some ARNs open itself: "arn:${Partition}:dms:...:rep:*".
  out.pattern = rest.size() > 1 && rest.find('*') != std::string_view::npos;
  out.arn.reserve(rest.size() + 32);
  while (!rest.empty()) {
    const auto open = rest.find("${");
    out.arn += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const auto name = rest.substr(open + 2, close - open - 2);
    rest.remove_prefix(close + 1);
    const auto fixed = name == "Account" && !account.empty() ? account : fixed_variable(name, call);
    const auto bound = std::ranges::find(values, name, &Bound::variable);
    if (!fixed.empty()) {
      out.arn += fixed;
    } else if (bound == values.end()) {
      out.arn += '*';
      out.derived = false;
      out.pattern = true;
    } else if (escape && !bound->pattern) {
      append_escaped(out.arn, bound->text);
    } else {
      out.arn += bound->text;
      out.pattern = out.pattern || bound->pattern;
    }
  }
  return out;
}

// One wildcard anywhere makes the whole a pattern.
NamedResource filled(const ResourceRow& row, std::span<const Bound> values,
                     std::string_view account, const Call& call) {
  auto out = spelled(row, values, account, call, false);
  if (!out.pattern) return out;
  return spelled(row, values, account, call, true);
}

bool fits_row(std::string_view arn, const ResourceRow& row, const Call& call) {
  return row.pattern == "*" || fits_pattern(arn, row.pattern, call.partition);
}

// Nearly every row is filled from single members of the input: then there is one way at most, and
// nothing to combine.
class OneWay {
 public:
  OneWay(const ResourceRow& row, const Call& call) : row_(row), call_(call) {}

  // False: a binding goes through a list or a map, or can be read in two ways, or there are more of
  // them than fit here.
  Result<bool> fill() {
    if (row_.bindings.size() > values_.size()) return false;
    for (const auto& binding : row_.bindings) {
      if (binding.member.find_first_of("[{") != std::string_view::npos) return false;
      CHECK_OK(bind(binding));
      if (two_ways_) return false;
      if (nothing_) break;
    }
    return true;
  }

  std::optional<NamedResource> named() {
    if (nothing_ || open_) return std::nullopt;
    if (!whole_arn_.empty()) {
      if (!fits_row(whole_arn_, row_, call_)) return std::nullopt;
      return NamedResource{std::move(whole_arn_), arn_is_pattern_};
    }
    auto resource = filled(row_, std::span(values_).first(count_), account_, call_);
    if (!resource.derived) return std::nullopt;
    return resource;
  }

 private:
  Status bind(const Binding& binding) {
    const auto path = binding.member;
    if (auto fixed = fixed_name(path)) {
      take(binding.variable, *std::move(fixed));
      return {};
    }
    const auto bar = path.find('|');
    const auto text = text_at(path.substr(0, bar));
    nothing_ = !text;
    if (nothing_) return {};
    const auto transform =
        bar == std::string_view::npos ? std::string_view() : path.substr(bar + 1);
    TRY(auto name, resource_name(*text, transform, binding.variable, call_));
    two_ways_ = !name.also.empty();
    take(binding.variable, std::move(name));
    return {};
  }

  void take(std::string_view variable, ResourceName name) {
    switch (name.kind) {
      case ResourceName::kText:
        values_[count_++] = {variable, std::move(name.text), name.pattern};
        if (!name.account.empty()) account_ = std::move(name.account);
        break;
      case ResourceName::kWholeArn:
        whole_arn_ = std::move(name.text);
        arn_is_pattern_ = name.pattern;
        break;
      case ResourceName::kUnknown: open_ = true; break;
      case ResourceName::kNone: nothing_ = true; break;
    }
  }

  // The scalar at a path of member names.
  std::optional<std::string_view> text_at(std::string_view path) {
    const auto* value = codec::find_path(call_.input, path);
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->string()) return *text;
    spelled_.clear();
    if (!write_scalar(spelled_, *value, catalog::TimestampFormat::kIso8601)) return std::nullopt;
    return spelled_;
  }

  const ResourceRow& row_;
  const Call& call_;
  std::array<Bound, 4> values_;
  std::size_t count_ = 0;
  std::string account_, whole_arn_, spelled_;
  bool arn_is_pattern_ = false;
  bool open_ = false;     // a variable is not known
  bool nothing_ = false;  // a binding leads nowhere
  bool two_ways_ = false;
};

// Every way there is, when elements of lists are combined.
Result<bool> name_every_way(const ResourceRow& row, const Call& call,
                            const std::function<Status(NamedResource)>& add) {
  TRY(const auto ways, fillings(row, call, true));
  std::vector<NamedResource> out;
  for (const auto& way : ways) {
    if (way.open) continue;
    if (way.whole_arn.empty()) {
      auto resource = filled(row, way.values, way.account, call);
      resource.deny_only = way.deny_only;
      if (resource.derived) out.push_back(std::move(resource));
    } else if (fits_row(way.whole_arn, row, call)) {
      out.push_back({way.whole_arn, way.arn_is_pattern, true, way.deny_only});
    }
  }
  // One thing that cannot be named makes the whole list incomplete.
  if (out.size() != ways.size()) return false;
  for (auto& resource : out) CHECK_OK(add(std::move(resource)));
  return !out.empty();
}

}  // namespace

Result<bool> trigger_holds(std::string_view path, const Call& call) {
  const auto bar = path.find('|');
  if (bar == std::string_view::npos) return path_present(call.input, path);
  TRY(const auto values, candidates({.variable = "trigger", .member = path}, call));
  return !values.empty();
}

Result<bool> name_resources(const ResourceRow& row, const Call& call,
                            const std::function<Status(NamedResource)>& add) {
  OneWay way(row, call);
  TRY(const bool one, way.fill());
  if (!one) return name_every_way(row, call, add);
  auto resource = way.named();
  if (!resource) return false;
  CHECK_OK(add(*std::move(resource)));
  return true;
}

Result<NamedResource> open_resource(const ResourceRow& row, const Call& call) {
  TRY(auto ways, fillings(row, call, false));
  Filling one;
  if (ways.size() == 1 && ways[0].whole_arn.empty()) one = std::move(ways[0]);
  auto out = spelled(row, one.values, one.account, call, true);
  out.pattern = true;
  out.derived = false;
  return out;
}

}  // namespace strait::wire
