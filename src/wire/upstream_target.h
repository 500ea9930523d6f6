// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.h"
#include "journey/call.h"

namespace strait::wire {

// Where the call goes. The host comes from the catalog and the modelled host prefix, never from the
// request.
struct UpstreamTarget {
  std::string host;  // "123456789012.s3-control.eu-west-1.amazonaws.com"
  std::string signing_name;
  std::string signing_region;
};
Result<UpstreamTarget> upstream_target(const journey::Call& call);

}  // namespace strait::wire
