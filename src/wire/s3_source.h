// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

// What an S3 copy reads: the text of x-amz-copy-source, which goes to AWS as the agent wrote it. So
// it must be a text that everybody reads alike.
namespace strait::wire {

struct S3Source {
  std::string bucket;  // or the ARN of an access point's object, with nothing in `key`
  std::string key;
  std::optional<std::string> version;
};

// "bucket/key", "/bucket/key", each with or without "?versionId=v", percent-encoded. kInvalidInput:
// whatever could be read in two ways. A '?' that is not encoded and does not begin "?versionId=",
// one in a key that says "?versionId=" when it is decoded, a '+' (a space or a plus), an encoded
// byte in the bucket's name, no key.
Result<S3Source> read_s3_source(std::string_view text);

}  // namespace strait::wire
