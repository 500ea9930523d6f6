// SPDX-License-Identifier: Apache-2.0
#include "wire/upstream_target.h"

#include "wire/place.h"

namespace strait::wire {

Result<UpstreamTarget> upstream_target(const journey::Call& call) {
  const auto service = call.operation.service();
  TRY(auto target, call.catalog->target(service, call.region));
  UpstreamTarget out{std::move(target.host), std::string(target.signing_name),
                     std::move(target.signing_region)};
  const auto own = call.operation.signing_name();
  if (service.name() == "s3" && !call.operation.host_prefix().empty()) {
    return fail(ErrorCode::kUnsupported, "S3 Object Lambda is not forwarded to");
  }
  if (own != service.signing_name()) {
    return fail(ErrorCode::kUnsupported, std::string(call.operation.name()) +
                                             " goes to endpoints of " + quoted(own) +
                                             ", which Strait does not forward to");
  }
  const auto* bucket = service.name() == "s3" ? call.input.find("Bucket") : nullptr;
  if (bucket != nullptr && bucket->string() != nullptr && bucket->string()->ends_with("--x-s3")) {
    return fail(ErrorCode::kUnsupported, "S3 directory buckets are not forwarded to");
  }
  TRY(const auto prefix, expand_host_prefix(call.operation, call.input));
  out.host.insert(0, prefix);
  if (out.signing_region.empty()) out.signing_region = call.region;
  return out;
}

}  // namespace strait::wire
