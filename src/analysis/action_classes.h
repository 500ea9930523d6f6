// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/pattern.h"

// All action names, cut into the finitely many kinds that a set of action patterns can tell apart.
// Exact over every name of the form service:Name ([a-z0-9-]+ ":" [a-z0-9_-]+, case aside), whether
// AWS has such an action today or not: a policy outlives AWS's list. Pure.
namespace strait::analysis {

struct OwnedPattern {
  const policy::Tokens* tokens = nullptr;  // lower case, without variables
  std::uint32_t owner = 0;
};

struct ActionClass {
  std::vector<std::uint32_t> owners;  // with a pattern that matches; ascending
  std::string action;                 // one of the class: the first of `known` that is
  bool known = false;
};

struct ActionClasses {
  std::vector<ActionClass> classes;
  bool complete = true;  // false: more than `states_max` states, or no time, so some may be missing
};

ActionClasses classify_actions(std::span<const OwnedPattern> patterns,
                               std::span<const std::string_view> known, std::size_t states_max,
                               const std::function<bool()>& has_time);

}  // namespace strait::analysis
