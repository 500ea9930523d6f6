// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <set>
#include <string>
#include <vector>

#include "catalog/compiler/endpoints.h"
#include "catalog/compiler/rules.h"

// What a rule set's endpoint templates say without being resolved: hosts that need a caller's
// bucket, account or stream
// ("{AccountId}.ddb.{Region}.amazonaws.com"), with the caller's labels left out, and the names they
// are signed under.
namespace strait::catalog::compiler {

struct TemplateHost {
  std::string host;          // "ddb.{}.amazonaws.com"
  format::Index partition;   // the first with its suffix
  std::uint32_t flags;       // format::HostFlag
  std::string signing_name;  // "" when the template says none, or one of the caller's
};

std::vector<TemplateHost> host_templates(const codec::Value& rule_set,
                                         const std::vector<ContextParameter>& context,
                                         const std::vector<PartitionInfo>& partitions);

// Whether some endpoint has an account's id as a label of its own before it, from the caller's
// configuration or from an ARN in the input: "{AccountId}.ddb.{Region}...".
bool account_before_host(const codec::Value& rule_set);

std::set<std::string> signing_names(const codec::Value& rule_set);

}  // namespace strait::catalog::compiler
