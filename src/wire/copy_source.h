// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/member_path.h"

// The header x-amz-copy-source is a request in small: a bucket, a key and perhaps a version as one
// percent-encoded text (Amazon S3 API, CopyObject). S3 decodes it again, so it is read here and
// spelled anew, and what could be read in two ways is refused.
namespace strait::wire {

// What it says: `source` is "bucket/key", or the ARN of an object behind an access point.
struct CopySource {
  std::string source;
  std::optional<std::string> version;
};
// Takes "/bucket/key?versionId=v" with or without its first slash.
Result<CopySource> read_copy_source(std::string_view text, const MemberPath& path);

// The same in its one spelling: no slash in front, everything percent-encoded but the slashes.
Result<std::string> canonical_copy_source(std::string_view text, const MemberPath& path);

}  // namespace strait::wire
