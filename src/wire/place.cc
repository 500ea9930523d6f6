// SPDX-License-Identifier: Apache-2.0
#include "wire/place.h"

#include <algorithm>

#include "wire/agreement.h"

namespace strait::wire {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// The host without its port, in lower case. A bracketed IPv6 address keeps its brackets.
std::string bare_host(std::string_view host) {
  auto end = host.size();
  while (end > 0 && host[end - 1] != ':' && host[end - 1] != ']') --end;
  if (end > 0 && host[end - 1] == ':') host = host.substr(0, end - 1);
  std::string out(host);
  for (char& c : out) c = lower(c);
  return out;
}

bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

// What stands before `name` in `host`: "bucket" of "bucket.gw", "sync-" of "sync-gw"; nullopt when
// it does not fit.
std::optional<std::string_view> label_before(std::string_view host, std::string_view name) {
  if (!host.ends_with(name)) return std::nullopt;
  auto label = host.substr(0, host.size() - name.size());
  if (label.empty()) return label;
  if (label.ends_with('.')) return label.substr(0, label.size() - 1);
  if (label.ends_with('-')) return label;
  return std::nullopt;
}

bool fits_host_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

// A prefix that ends in '/' is a host of its own (overlay/host-prefixes.txt).
bool is_whole_host(std::string_view prefix) { return prefix.ends_with('/'); }

// What of a prefix stands before the endpoint's name, without the dot between.
std::string_view label_of(std::string_view prefix) {
  if (is_whole_host(prefix)) return prefix.substr(0, prefix.find('.'));
  if (prefix.ends_with('.')) prefix.remove_suffix(1);
  return prefix;
}

// Whether a host prefix of the service can be `label`; "{AccountId}." can be any one label.
bool has_prefix(catalog::Service service, std::string_view label) {
  for (std::uint32_t at = 0; at < service.operation_count(); ++at) {
    const auto prefix = label_of(service.operation(at).host_prefix());
    if (prefix.empty()) continue;
    const bool free = prefix.starts_with('{') && prefix.ends_with('}');
    if (free ? fits_host_label(label) : prefix == label) return true;
  }
  return false;
}

bool is_bucket_label(std::string_view label) {
  for (auto rest = label;;) {
    const auto dot = rest.find('.');
    if (!fits_host_label(rest.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return label.size() >= 3;
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<catalog::Endpoint> endpoint_named(std::string_view host,
                                                const catalog::Catalog& catalog) {
  auto endpoint = catalog.endpoint(host);
  if (endpoint && endpoint->kind == catalog::HostKind::kWebsite) return std::nullopt;  // no API
  if (!endpoint || endpoint->label.empty()) return endpoint;
  const auto explains = [&](catalog::Service service) {
    return (service.name() == "s3" && is_bucket_label(endpoint->label)) ||
           (service.account_in_host() && is_account_id(endpoint->label)) ||
           has_prefix(service, endpoint->label);
  };
  if (std::ranges::none_of(endpoint->services, explains)) endpoint.reset();
  return endpoint;
}

Status put_before_host(std::string_view prefix, catalog::Service service,
                       const catalog::Catalog& catalog, std::string& host) {
  if (!is_whole_host(prefix)) {
    host.insert(0, prefix);
    return {};
  }
  host = prefix.substr(0, prefix.size() - 1);
  const auto endpoint = catalog.endpoint(host);
  if (endpoint && std::ranges::find(endpoint->services, service) != endpoint->services.end())
    return {};
  return fail(ErrorCode::kUnknownService,
              "host " + quoted(host) + " is no endpoint of " + std::string(service.name()));
}

Result<Place> locate(std::string_view raw_host, const catalog::Catalog& catalog,
                     const Options& options) {
  Place place;
  place.host = bare_host(raw_host);
  const std::string_view host = place.host;
  if (host.empty()) return fail(ErrorCode::kMalformedRequest, "the request names no host");
  const auto is_gateway = [&](std::string_view name) {
    const auto label = label_before(host, name);
    if (label) place.label = *label;
    return label.has_value();
  };
  if (std::ranges::any_of(options.gateway_hosts, is_gateway)) return place;
  if (is_gateway("127.0.0.1") || is_gateway("localhost"))
    return place;  // SDKs put labels before these as well
  if (is_address(host)) return place;
  place.endpoint = catalog.endpoint(host);
  if (place.endpoint) {
    place.label = place.endpoint->label;
    return place;
  }
  if (catalog.in_aws_domain(host)) {
    return fail(ErrorCode::kUnknownService,
                "host " + quoted(host) + " is no AWS endpoint that Strait knows");
  }
  if (!options.gateway_hosts.empty()) {
    return fail(ErrorCode::kUnknownService,
                "host " + quoted(host) +
                    " is not a name of this gateway: add it to `hosts` in strait.toml");
  }
  return place;
}

Result<std::string> expand_host_prefix(catalog::Operation operation, const codec::Value& input,
                                       std::string_view region) {
  std::string out;
  auto rest = operation.host_prefix();
  while (!rest.empty()) {
    const auto open = rest.find('{');
    out += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    if (close == std::string_view::npos)
      return fail(ErrorCode::kInternal, "the model has a broken host prefix");
    const auto name = rest.substr(open + 1, close - open - 1);
    if (name.empty()) {  // the region's place, in a host of its own
      out += region;
      rest.remove_prefix(close + 1);
      continue;
    }
    const auto* value = input.find(name);
    if (value == nullptr || value->string() == nullptr || !fits_host_label(*value->string())) {
      return fail(ErrorCode::kInvalidInput,
                  "member " + std::string(name) +
                      " is part of the host name and must be 1 to 63 letters, digits or -");
    }
    out += *value->string();
    rest.remove_prefix(close + 1);
  }
  return out;
}

Status check_host_label(std::string_view label, catalog::Operation operation,
                        const codec::Value& input, std::string_view account) {
  if (label.empty()) return {};  // the SDK was told not to inject the prefix, or there is none
  if (operation.host_prefix().empty()) {
    if (operation.service().account_in_host() && label == account) return {};
    return fail(ErrorCode::kAmbiguousRequest, "nothing explains the label " + quoted(label) +
                                                  " in the host name: address the endpoint itself");
  }
  TRY(const auto prefix, expand_host_prefix(operation, input));
  const auto expected = label_of(prefix);
  if (!std::ranges::equal(label, expected, {}, lower, lower)) {
    return fail(ErrorCode::kAmbiguousRequest, "the host name says " + quoted(label) +
                                                  " where the input says " + quoted(expected));
  }
  return {};
}

}  // namespace strait::wire
