// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/value.h"

// Evaluates an endpoint rule set (Smithy rules engine, the form botocore ships) for given
// parameters. Only what decides a default endpoint is known; functions that look into a caller's
// ARN, URL or bucket never match, because the compiler asks without any.
namespace strait::catalog::compiler {

struct PartitionInfo {
  std::string name;
  codec::Value outputs;
  std::vector<std::string> regions;
  std::string prefixes;  // "us|eu|ap": what stands before "-word-digits" in its regions
};

// The partition of a region by its list, then by its form. Null when there is none.
const PartitionInfo* partition_of(const std::vector<PartitionInfo>& partitions,
                                  std::string_view region);

struct ResolvedEndpoint {
  std::string host, path;
  std::string signing_region, signing_name;  // "" when the rule says nothing
};

using Parameters = std::vector<std::pair<std::string, codec::Value>>;

class Rules {
 public:
  // Both must outlive it.
  Rules(const codec::Value& rule_set, const std::vector<PartitionInfo>& partitions)
      : rule_set_(rule_set), partitions_(partitions) {}

  // Nothing when the rules answer with an error, or with an endpoint that is not https.
  std::optional<ResolvedEndpoint> resolve(const Parameters& given) const;
  bool takes(std::string_view parameter) const;

 private:
  const codec::Value& rule_set_;
  const std::vector<PartitionInfo>& partitions_;
};

}  // namespace strait::catalog::compiler
