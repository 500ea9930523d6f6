// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>

#include "base/result.h"
#include "catalog/compiler/sources.h"

// The pack compiler: from the texts of botocore, iam-data and our overlay to the bytes that
// Catalog::load takes. Pure and deterministic: equal sources give equal bytes. It refuses, with the
// file and line to change, when an overlay row names something that does not exist, an operation
// that seems to return credentials is unclassified, or two operations share a route.
namespace strait::catalog::compiler {

// What came out, for people.
struct Stats {
  std::size_t services = 0, operations = 0, shapes = 0, members = 0, routes = 0;
  std::size_t mapped_operations = 0;  // with at least one action row
  std::size_t derivable_operations =
      0;  // mapped, and every always-needed action has a derivable resource
  std::size_t without_resource = 0;  // of these, on "*"
  std::size_t hosts = 0, actions = 0, credential_operations = 0;
};

struct Compiled {
  std::string pack;
  Stats stats;
  std::string coverage;  // docs/coverage.md
};

Result<Compiled> compile(const Sources& sources);

}  // namespace strait::catalog::compiler
