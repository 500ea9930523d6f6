// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "journey/journey.h"

// The names under which a forward proxy may stand in for AWS.
namespace strait::wire {

// Whether `host` (no port, lower case) is an AWS endpoint of the catalog as requests address it:
// the endpoint's own name, a bucket before S3's, or a label that an operation of the service puts
// there. kDenied otherwise.
Status check_proxy_host(std::string_view host, const catalog::Catalog& catalog);

// Whether a request is addressed to the host of the tunnel that it came through; without a tunnel
// there is nothing to say. CONNECT and TLS have agreed on that host, and one that names another in
// its Host means something else to whoever reads it there.
Status check_tunnel(const journey::ReceivedRequest& request);

}  // namespace strait::wire
