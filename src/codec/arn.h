// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace strait::codec {

// arn:partition:service:region:account:resource, cut at its first five colons. The views point into
// the parsed text. Source: "Identify AWS resources with Amazon Resource Names", IAM user guide.
struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;    // empty for global resources
  std::string_view account;   // empty for S3 buckets; "aws" for AWS-managed policies
  std::string_view resource;  // with its own colons and slashes
  bool operator==(const Arn&) const = default;
};

// nullopt unless it starts with "arn:", has all five colons, and partition, service and resource
// are not empty. Wildcards are kept as text: a pattern is for policy to judge.
std::optional<Arn> parse_arn(std::string_view text);
std::string print_arn(const Arn& arn);

}  // namespace strait::codec
