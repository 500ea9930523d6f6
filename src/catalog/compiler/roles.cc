// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/roles.h"

#include "catalog/catalog.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/leaves.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::size_t kPathsMax = 64;

bool role_like(std::string_view name) {
  const auto plain = lower(name);
  for (const std::string_view ending :
       {"rolearn", "rolearns", "iamrole", "servicerole", "executionrole", "jobflowrole"}) {
    if (plain.ends_with(ending)) return true;
  }
  return plain == "role";
}

}  // namespace

std::vector<std::string> role_paths(const Writer& pack, format::Index input) {
  std::vector<std::string> paths;
  for_each_leaf(pack, input, [&](const Leaf& leaf) {
    const auto& shape = pack.shapes[leaf.shape];
    if (static_cast<ShapeKind>(shape.kind) != ShapeKind::kString || paths.size() == kPathsMax)
      return;
    if (role_like(leaf.name) || role_like(pack.text(shape.name))) paths.push_back(leaf.path);
  });
  return paths;
}

}  // namespace strait::catalog::compiler
