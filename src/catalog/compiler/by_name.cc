// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/by_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace strait::catalog::compiler {
namespace {

// So many published operations of a service, and so large a part of all, are called as their action
// before the rest is taken to be.
constexpr std::size_t kOwnMin = 10;
constexpr std::size_t kOwnShareMin = 2;  // one of so many

bool upper(char c) { return c >= 'A' && c <= 'Z'; }

// GetFindingsV2: GetFindings.
std::string_view without_version(std::string_view name) {
  const auto digits = name.find_last_not_of("0123456789");
  if (digits == std::string_view::npos || digits + 1 == name.size() || name[digits] != 'V')
    return name;
  return name.substr(0, digits);
}

// InvokeModelWithResponseStream, GetLayerVersionByArn, InvokeAsync, DescribeDashboardDefinition.
std::string_view without_manner(std::string_view name) {
  for (const std::string_view manner : {"With", "By"}) {
    const auto at = name.rfind(manner);
    const auto after = at + manner.size();
    if (at != std::string_view::npos && at > 0 && after < name.size() && upper(name[after]))
      return name.substr(0, at);
  }
  for (const std::string_view ending : {"Async", "Definition"}) {
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

// Other forms of the name, each less than it, itself left out.
std::set<std::string> forms_of(std::string_view name) {
  std::set<std::string> forms = {std::string(name)};
  const auto add_all = [&](auto change) {
    std::set<std::string> more;
    for (const auto& form : forms) more.emplace(change(form));
    forms.merge(more);
  };
  add_all([](std::string_view form) { return without_version(form); });
  add_all([](std::string_view form) { return without_manner(form); });
  add_all([](std::string_view form) { return form.starts_with("Batch") ? form.substr(5) : form; });
  add_all([](std::string_view form) {
    return form.ends_with('s') ? form.substr(0, form.size() - 1) : form;
  });
  add_all([](std::string_view form) {
    return form.ends_with("ie") ? std::string(form.substr(0, form.size() - 2)) + "y"
                                : std::string(form);
  });
  forms.erase(std::string(name));
  forms.erase("");
  return forms;
}

}  // namespace

std::string_view ByName::prefix_of(format::Index operation) const {
  return pack_.text(pack_.services[pack_.operations[operation].service].iam_prefix);
}

void ByName::show(format::Index operation, const std::vector<Draft>& drafts) {
  const auto& record = pack_.operations[operation];
  auto& evidence = services_[record.service];
  ++evidence.operations;
  if (drafts.empty()) return;
  const auto name = pack_.text(record.name);
  const auto is_called = [&](std::string_view wanted) {
    const auto action = lower(fmt::format("{}:{}", prefix_of(operation), wanted));
    return std::ranges::any_of(drafts,
                               [&](const Draft& draft) { return lower(draft.action) == action; });
  };
  if (is_called(name)) {
    ++evidence.own;
  } else if (!std::ranges::any_of(forms_of(name), is_called)) {
    evidence.renamed = true;
  }
}

std::string_view ByName::why_not(format::Index operation) const {
  const auto& record = pack_.operations[operation];
  if (record.flags & format::kNoAuth) return "takes no AWS signature";
  if (!iam_.service(prefix_of(operation))) return "no action of the service is published";
  const auto& evidence = services_.at(record.service);
  if (evidence.renamed) return "the service has actions that are not called as their operations";
  if (evidence.own < kOwnMin || evidence.own * kOwnShareMin < evidence.operations)
    return "too few actions of the service are published to tell how the others are called";
  return "";
}

std::vector<std::string> ByName::variants(format::Index operation) const {
  std::vector<std::string> published;
  const auto prefix = prefix_of(operation);
  for (const auto& form : forms_of(pack_.text(pack_.operations[operation].name))) {
    if (const auto* action = iam_.action(prefix, form))
      published.push_back(fmt::format("{}:{}", prefix, action->name));
  }
  return published;
}

}  // namespace strait::catalog::compiler
