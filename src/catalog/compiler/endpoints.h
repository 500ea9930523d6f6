// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"
#include "codec/value.h"

// Host names and targets. Every service's rule set is resolved for every region, with and without
// FIPS and dual stack; what comes out is kept with "{}" in the place of the region. Endpoints that
// only appear with a caller's own data (a bucket, an account) are read off the rule set's URL
// templates, and a few old spellings come from overlay/hosts.txt.
namespace strait::catalog::compiler {

struct ContextParameter {
  std::string name;
  codec::Value value;
  bool operator==(const ContextParameter&) const = default;
};

// The distinct static context parameters of a model's operations.
std::vector<ContextParameter> context_parameters(const codec::Value& model);

Status add_endpoints(Writer& pack, const Sources& sources,
                     const std::vector<std::vector<ContextParameter>>& context_by_service);

}  // namespace strait::catalog::compiler
