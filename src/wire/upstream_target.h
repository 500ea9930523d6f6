// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"

namespace strait::wire {

// Where the call goes. The host comes from the catalog, the modelled host prefix and, for an access
// point, its ARN in the input; never from the request. It is of the variant that the agent
// addressed: kUnknownService when the service has no FIPS or dual-stack endpoint in the region.
// kUnsupported for endpoints that are not forwarded to.
struct UpstreamTarget {
  std::string host;               // "123456789012.s3-control.eu-west-1.amazonaws.com"
  std::string_view signing_name;  // as the catalog has it
  std::string signing_region;
  bool host_names_resource = false;  // another host in its place would be another resource
};
Result<UpstreamTarget> upstream_target(const journey::Call& call);

}  // namespace strait::wire
