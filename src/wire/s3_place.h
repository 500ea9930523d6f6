// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"
#include "wire/place.h"

// What stands where Amazon S3 takes a bucket: in the first segment of the path, or before the name
// of the endpoint. It may be a bucket's name, or an access point, which is its ARN in a Call
// whichever way it was addressed. What leads to a bucket that its name does not tell is refused: an
// alias, a multi-Region or Object Lambda access point.
//
// Source: Amazon S3 User Guide, "General purpose bucket naming rules", "Accessing a general purpose
// bucket through an access point"; the service's endpoint rules.
namespace strait::wire {

// "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
struct AccessPoint {
  std::string_view partition, region, account, name;
};
std::optional<AccessPoint> access_point(std::string_view bucket);

// The access point that is the call's `Bucket`. It is not in the path of the request that goes to
// AWS: the host says it.
std::optional<AccessPoint> access_point_of(catalog::Operation operation, const codec::Value& input);

// What the host name says: a bucket's name, an access point's ARN, or "" when the path is to say
// it. kUnsupported for what leads to buckets unnamed; kAmbiguousRequest for a name before
// the gateway's own that can be a bucket's as well as an access point's.
Result<std::string> bucket_at(const Place& place);

// Whether a bucket's name is one that S3 made for something that is no bucket.
bool is_bucket_alias(std::string_view name);

// Whether `bucket`, as read, may stand for what a call in this region is on.
Status check_bucket(std::string_view bucket, std::string_view partition, std::string_view region);

}  // namespace strait::wire
