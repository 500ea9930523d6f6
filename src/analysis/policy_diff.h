// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/statements.h"
#include "analysis/vocabulary.h"

// What a change of policy changes: which statements, and of which actions it widens or narrows what
// is allowed, asked for and denied. Compares statement by statement, so it may call "changed" what
// comes to the same in the end; that nothing new is possible is for `prove` to say.
namespace strait::analysis {

struct StatementChange {
  enum Kind { kAdded, kRemoved, kChanged } kind = kAdded;
  std::string role;
  journey::Effect effect = journey::Effect::kDeny;  // of the new one, or the one removed
  std::optional<journey::StatementRef> before, after;
  std::vector<std::string> lines;  // "+ action s3:PutObject", "- condition StringEquals ..."
};

enum class Extent { kSame, kWider, kNarrower, kOther };  // kOther: gained some, lost some
std::string_view name(Extent extent);                    // "wider"; "" for kSame

// Actions whose coverage changed in the same way, by the same statements.
struct AccessChange {
  std::string role;
  Extent allow = Extent::kSame, ask = Extent::kSame, deny = Extent::kSame;
  std::vector<std::string_view> actions;  // sorted; point into the vocabulary's catalog
};

struct PolicyDiff {
  std::vector<std::string> roles_added, roles_removed;
  std::vector<StatementChange> statements;  // by role, then effect: Deny, ask, Allow
  std::vector<AccessChange> access;
};

Result<PolicyDiff> diff(const std::vector<policy::RoleSource>& before,
                        const std::vector<policy::RoleSource>& after, const Vocabulary& words);

}  // namespace strait::analysis
