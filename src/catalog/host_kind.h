// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

// What host names of one service differ in.
namespace strait::catalog {

// What a name before an endpoint's own stands for. Amazon S3 has hosts at which it is no bucket.
enum class HostKind : std::uint8_t {
  kPlain,
  kAccessPoint,   // "<access point>-<account>"
  kOutposts,      // S3 on Outposts: "<access point>-<account>.<outpost>"
  kObjectLambda,  // "<access point>-<account>", and the request route of a reply
  kMultiRegion,   // the alias of a multi-Region access point
  kAccelerate,    // a bucket, over the edge network
  kWebsite,       // a bucket as a web site: takes no signed request
};

// Names of one endpoint beside its plain one.
struct Variant {
  bool fips = false;
  bool dual_stack = false;
  bool operator==(const Variant&) const = default;
};

}  // namespace strait::catalog
