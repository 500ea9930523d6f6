// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/host_templates.h"

#include <algorithm>

#include "catalog/compiler/model.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

void for_each_endpoint(const Value& value, const auto& take) {
  if (const auto* list = value.list()) {
    for (const auto& item : *list) for_each_endpoint(item, take);
  }
  if (const auto* object = value.object()) {
    if (const auto* endpoint = value.find("endpoint"); endpoint && endpoint->find("url"))
      take(*endpoint);
    for (const auto& member : *object) for_each_endpoint(member.value, take);
  }
}

bool is_place(std::string_view reference) {
  const auto hash = reference.find('#');
  const auto name = hash == std::string_view::npos ? reference : reference.substr(hash + 1);
  return name == "Region" || name == "region";
}

// Labels of a host template between dots that stand outside braces; braces hold no dots in any rule
// set.
std::vector<std::string> labels_of(std::string_view host) {
  std::vector<std::string> labels{""};
  for (const char c : host) {
    if (c == '.')
      labels.emplace_back();
    else
      labels.back() += c;
  }
  return labels;
}

// A label with one reference at its end becomes "literal*"; with a context parameter in it, its
// values; "" when it says nothing by itself. A reference to the region is the place.
std::vector<std::string> readings(const std::string& label,
                                  const std::vector<ContextParameter>& context) {
  const auto open = label.find('{');
  if (open == std::string::npos) return {label};
  const auto close = label.find('}', open);
  if (close == std::string::npos || label.find('{', close) != std::string::npos) return {};
  const auto reference = label.substr(open + 1, close - open - 1);
  const auto before = label.substr(0, open);
  const auto after = label.substr(close + 1);
  if (is_place(reference))
    return before.empty() && after.empty() ? std::vector<std::string>{"{}"}
                                           : std::vector<std::string>{};
  std::vector<std::string> found;
  for (const auto& parameter : context) {
    if (parameter.name == reference && parameter.value.string())
      found.push_back(before + *parameter.value.string() + after);
  }
  if (found.empty() && !before.empty() && after.empty()) found.push_back(before + "*");
  return found;
}

bool only_references(const std::string& label) {
  return label.starts_with('{') && label.ends_with('}') && label.find("}{") == std::string::npos;
}

// The first name under which the endpoint is signed with SigV4.
std::string_view signing_name(const Value& endpoint) {
  const auto* properties = endpoint.find("properties");
  const auto* schemes = properties ? properties->find("authSchemes") : nullptr;
  if (!schemes || !schemes->list()) return {};
  for (const auto& scheme : *schemes->list()) {
    if (text_of(scheme, "name") != "sigv4") continue;
    const auto name = text_of(scheme, "signingName");
    return name.find('{') == std::string_view::npos ? name : std::string_view();
  }
  return {};
}

// All hosts that a template can be, after the caller's leading labels: the suffix for each
// partition that has one. What is left of a template whose only word is the caller's says nothing:
// it would be a host of any name.
void expand(std::string_view host, std::string_view signing_name,
            const std::vector<ContextParameter>& context,
            const std::vector<PartitionInfo>& partitions, std::vector<TemplateHost>& out) {
  auto labels = labels_of(host);
  while (labels.size() > 2 && only_references(labels.front()) &&
         !is_place(labels.front().substr(1, labels.front().size() - 2))) {
    labels.erase(labels.begin());
  }
  const auto suffix = labels.back();
  const bool dual = suffix.find("#dualStackDnsSuffix}") != std::string::npos;
  const bool plain = suffix.find("#dnsSuffix}") != std::string::npos;
  std::vector<std::string> heads{""};
  for (std::size_t at = 0; at < labels.size() - (dual || plain ? 1 : 0); ++at) {
    const auto ways = readings(labels[at], context);
    std::vector<std::string> longer;
    for (const auto& head : heads) {
      for (const auto& way : ways) longer.push_back(head.empty() ? way : head + "." + way);
    }
    heads = std::move(longer);
  }
  const std::uint32_t flags =
      (host.find("fips") != std::string_view::npos ? format::kFips : 0u) |
      (dual || host.find(".dualstack.") != std::string_view::npos ? format::kDualStack : 0u);
  for (const auto& head : heads) {
    if (head.empty() || head == "{}") continue;
    if (!dual && !plain) {
      out.push_back({head, 0, flags, std::string(signing_name)});
      continue;
    }
    for (format::Index at = 0; at < partitions.size(); ++at) {
      const auto domain =
          text_of(partitions[at].outputs, dual ? "dualStackDnsSuffix" : "dnsSuffix");
      out.push_back({head + "." + std::string(domain), at, flags, std::string(signing_name)});
    }
  }
}

}  // namespace

std::vector<TemplateHost> host_templates(const Value& rule_set,
                                         const std::vector<ContextParameter>& context,
                                         const std::vector<PartitionInfo>& partitions) {
  std::vector<TemplateHost> found;
  for_each_endpoint(rule_set, [&](const Value& endpoint) {
    auto url = text_of(endpoint, "url");
    constexpr std::string_view kScheme = "https://";
    if (!url.starts_with(kScheme) || url.find("#authority") != std::string_view::npos) return;
    url.remove_prefix(kScheme.size());
    expand(url.substr(0, url.find('/')), signing_name(endpoint), context, partitions, found);
  });
  return found;
}

bool account_before_host(const Value& rule_set) {
  bool found = false;
  for_each_endpoint(rule_set, [&](const Value& endpoint) {
    const auto url = text_of(endpoint, "url");
    const auto label = url.substr(0, url.find("}."));
    constexpr std::string_view kScheme = "https://{";
    if (!label.starts_with(kScheme)) return;
    const auto reference = label.substr(kScheme.size());
    found = found || reference == "AccountId" || reference.ends_with("#accountId");
  });
  return found;
}

std::set<std::string> signing_names(const Value& rule_set) {
  std::set<std::string> names;
  for_each_endpoint(rule_set, [&](const Value& endpoint) {
    const auto* properties = endpoint.find("properties");
    const auto* schemes = properties ? properties->find("authSchemes") : nullptr;
    if (!schemes || !schemes->list()) return;
    for (const auto& scheme : *schemes->list()) {
      const auto name = text_of(scheme, "signingName");
      if (!name.empty() && name.find('{') == std::string_view::npos) names.emplace(name);
    }
  });
  return names;
}

}  // namespace strait::catalog::compiler
