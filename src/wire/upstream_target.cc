// SPDX-License-Identifier: Apache-2.0
#include "wire/upstream_target.h"

#include "wire/place.h"
#include "wire/s3_place.h"

namespace strait::wire {
namespace {

using catalog::HostKind;
using journey::Call;

Status refuse_other_endpoints(const Call& call) {
  const auto service = call.operation.service();
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
  return {};
}

// Buckets of an outpost are controlled at endpoints of their own, without the account before them.
bool is_for_outpost(const Call& call) {
  return call.operation.service().name() == "s3control" && call.input.find("OutpostId") != nullptr;
}

}  // namespace

Result<UpstreamTarget> upstream_target(const Call& call) {
  CHECK_OK(refuse_other_endpoints(call));
  const auto point = access_point_of(call.operation, call.input);
  const bool outpost = is_for_outpost(call);
  const auto kind = point     ? HostKind::kAccessPoint
                    : outpost ? HostKind::kOutposts
                              : HostKind::kPlain;
  auto target = call.catalog->target(call.operation.service(), call.region, call.variant, kind);
  if (!target) return std::unexpected(std::move(target).error());
  UpstreamTarget out{std::move(target->host), target->signing_name,
                     std::move(target->signing_region), point.has_value()};
  if (out.signing_region.empty()) out.signing_region = call.region;
  if (point) {
    out.host = std::string(point->name) + "-" + std::string(point->account) + "." + out.host;
  } else if (!outpost && !call.operation.host_prefix().empty()) {
    TRY(const auto prefix, expand_host_prefix(call.operation, call.input, call.region));
    CHECK_OK(put_before_host(prefix, call.operation.service(), *call.catalog, out.host));
  }
  return out;
}

}  // namespace strait::wire
