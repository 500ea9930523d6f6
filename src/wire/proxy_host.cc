// SPDX-License-Identifier: Apache-2.0
#include "wire/proxy_host.h"

#include "wire/place.h"

namespace strait::wire {

Status check_proxy_host(std::string_view host, const catalog::Catalog& catalog) {
  if (endpoint_named(host, catalog)) return {};
  return fail(ErrorCode::kDenied, quoted(host) +
                                      " is no AWS endpoint that Strait knows, and this proxy goes "
                                      "nowhere else");
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
