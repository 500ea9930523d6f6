// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "policy/role.h"

// What a role was granted, what of it was used, and what the rest could do, by AWS's access levels.
// Three facts, not one number: a number would hide which of them is bad.
namespace strait::analysis {

// In order of harm. Source: AWS service authorization reference, "Access level".
enum class Level : std::uint8_t { kList, kRead, kTagging, kWrite, kPermissions, kUnknown };
inline constexpr std::size_t kLevels = 6;
std::string_view name(Level level);  // "List", "Read", ...
Level level_of(const catalog::Catalog& catalog, std::string_view action);

struct Score {
  std::array<std::uint64_t, kLevels> granted{}, used{};
  std::vector<std::string> unused;      // granted and never used: the most harmful level first
  std::vector<std::string> everywhere;  // granted on every resource ("*") and used on named ones
  std::uint64_t asked = 0;              // actions that a human is asked for
};

// Of `role`, whose agents have used `used` (action names as IAM spells them). An action counts as
// granted when an Allow names it, or covers it by a wildcard that reaches it, and no Deny without a
// condition takes it away everywhere. kInvalidConfiguration when a document does not parse.
Result<Score> score(const policy::RoleSource& role, const std::set<std::string>& used,
                    const catalog::Catalog& catalog);

}  // namespace strait::analysis
