// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "programs/strait/applied.h"

// What `apply`, `history` and `rollback` have in common.
namespace strait::programs {

// A change that whoever runs this makes now: "kim", or "root (kim)" through sudo.
Applied by_me(std::string what);

// {"number","hash","what","who","at","summary","in_force"}
std::string json_of(const Applied& applied, bool in_force);

// The state directory that --state, STRAIT_STATE or strait.toml here say, in this order.
Result<std::filesystem::path> state_dir_of(const std::string& state, const std::string& config);

}  // namespace strait::programs
