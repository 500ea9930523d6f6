// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "analysis/session_policy.h"

// The words of a session policy: how a statement of ours, or a need, is said to AWS. Private to
// this room's session_policy.cc.
namespace strait::analysis {

// The whole policy as compact JSON in ASCII: STS takes no character above U+00FF, and counts them.
std::string render(std::span<const Clause> clauses);

// `statement` as AWS can judge it. `widened` is set when something was left out. nullopt: a Deny
// that cannot be said.
std::optional<Clause> portable(const policy::StatementText& statement, policy::Dialect dialect,
                               bool& widened);

// What `clause` says of one service; nullopt: nothing.
std::optional<Clause> within(const Clause& clause, std::string_view service);

// True when an action names no one service: "*", "s*:Get*", NotAction.
bool spans_services(const Clause& clause);

}  // namespace strait::analysis
