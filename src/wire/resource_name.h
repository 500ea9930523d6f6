// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/call.h"
#include "wire/input_path.h"

// The transforms of catalog::Binding: from what a parameter says to what an ARN has in its place.
namespace strait::wire {

struct ResourceName {
  enum Kind : std::uint8_t { kText, kWholeArn, kUnknown, kNone } kind = kText;
  std::string text;      // for kText what fills the variable, for kWholeArn the ARN
  bool pattern = false;  // `text` is a pattern, spelled as in journey::Need, not letter for letter
  std::string account;   // when the parameter names the account as well (a queue URL), else ""
  std::string also;      // what else AWS may take the parameter for, in the place of `text` and as a
                         // pattern: for a Deny to meet; "" when nothing
};

// kInvalidInput when the parameter contradicts the call's region.
Result<ResourceName> resource_name(std::string_view text, std::string_view transform,
                                   std::string_view variable, const journey::Call& call);

// Whether `arn` fits `pattern` ("arn:${Partition}:s3:::${BucketName}") with every variable but the
// partition free, and every `*`.
bool fits_pattern(std::string_view arn, std::string_view pattern, std::string_view partition);

}  // namespace strait::wire
