// SPDX-License-Identifier: Apache-2.0
#include "wire/proxy_host.h"

#include <algorithm>

namespace strait::wire {
namespace {

bool is_account(std::string_view label) {
  return label.size() == 12 &&
         std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
}

// "sync-" is the label "sync-", "api." the label "api", and "{AccountId}." any one label.
bool fits_prefix(std::string_view label, std::string_view prefix) {
  if (prefix.empty()) return false;
  if (prefix.starts_with('{')) return !label.contains('.') && !label.ends_with('-');
  if (prefix.ends_with('.')) prefix.remove_suffix(1);
  return label == prefix;
}

bool explains(catalog::Service service, std::string_view label) {
  if (service.name() == "s3") return true;  // a bucket, dotted ones too
  // Their endpoints by account: see check_host_label().
  if (service.name() == "kinesis" || service.name() == "dynamodb") {
    if (is_account(label)) return true;
  }
  for (std::uint32_t at = 0; at < service.operation_count(); ++at) {
    if (fits_prefix(label, service.operation(at).host_prefix())) return true;
  }
  return false;
}

}  // namespace

Status check_proxy_host(std::string_view host, const catalog::Catalog& catalog) {
  const auto endpoint = catalog.endpoint(host);
  if (!endpoint) {
    return fail(ErrorCode::kDenied, quoted(host) +
                                        " is no AWS endpoint that Strait knows, and this proxy "
                                        "goes nowhere else");
  }
  if (endpoint->label.empty()) return {};
  const auto explained = [&](const catalog::Service& service) {
    return explains(service, endpoint->label);
  };
  if (std::ranges::any_of(endpoint->services, explained)) return {};
  return fail(ErrorCode::kDenied, "nothing explains the label " + quoted(endpoint->label) + " in " +
                                      quoted(host) + ": address the endpoint itself");
}

Status check_tunnel(const journey::ReceivedRequest& request) {
  const std::string_view tunnel = request.arrival().tunnel;
  if (tunnel.empty()) return {};
  const auto host = request.head().headers.one("host").value_or("");
  constexpr std::string_view kPort = ":443";
  if (host == tunnel || (host.ends_with(kPort) && host.substr(0, host.size() - 4) == tunnel))
    return {};
  return fail(ErrorCode::kAmbiguousRequest,
              "the request names host " + quoted(host) + " inside a tunnel to " + quoted(tunnel));
}

}  // namespace strait::wire
