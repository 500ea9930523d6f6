// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace strait::codec {

// One gzip member (RFC 1952), whole. kMalformedRequest when it is damaged, cut off, or followed by
// anything, a second member included. kLimitExceeded over limits::kInflatedBytesMax, or, once the
// output exceeds 1 MiB, over limits::kInflateRatioMax times the input: it stops there, and memory
// stays within the limit.
Result<std::string> gunzip(std::string_view bytes);

// One member, without a name or a time, so that equal input gives equal output.
std::string gzip(std::string_view bytes);

}  // namespace strait::codec
