// SPDX-License-Identifier: Apache-2.0
#include "wire/place.h"

#include <algorithm>
#include <array>

namespace strait::wire {
namespace {

constexpr std::array<std::string_view, 8> kAwsDomains = {
    "amazonaws.com", "amazonaws.com.cn",         "api.aws",    "amazonwebservices.com.cn",
    "amazonaws.eu",  "api.amazonwebservices.eu", "c2s.ic.gov", "sc2s.sgov.gov"};

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

bool under(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
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

}  // namespace

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
  if (std::ranges::any_of(kAwsDomains,
                          [&](std::string_view domain) { return under(host, domain); })) {
    place.endpoint = catalog.endpoint(host);
    if (!place.endpoint) {
      return fail(ErrorCode::kUnknownService,
                  "host " + quoted(host) + " is no AWS endpoint that Strait knows");
    }
    place.label = place.endpoint->label;
    return place;
  }
  if (!options.gateway_hosts.empty() && !is_address(host)) {
    return fail(ErrorCode::kUnknownService,
                "host " + quoted(host) +
                    " is not a name of this gateway: add it to `hosts` in strait.toml");
  }
  return place;
}

Result<std::string> expand_host_prefix(catalog::Operation operation, const codec::Value& input) {
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
  const auto service = operation.service().name();
  if ((service == "kinesis" || service == "dynamodb") && label == account) return {};
  if (operation.host_prefix().empty()) {
    return fail(ErrorCode::kAmbiguousRequest, "nothing explains the label " + quoted(label) +
                                                  " in the host name: address the endpoint itself");
  }
  TRY(const auto prefix, expand_host_prefix(operation, input));
  auto expected = std::string_view(prefix);
  if (expected.ends_with('.')) expected.remove_suffix(1);
  if (!std::ranges::equal(label, expected, {}, lower, lower)) {
    return fail(ErrorCode::kAmbiguousRequest, "the host name says " + quoted(label) +
                                                  " where the input says " + quoted(expected));
  }
  return {};
}

}  // namespace strait::wire
