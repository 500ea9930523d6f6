// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "analysis/request_space.h"

namespace strait::analysis {

// Values to try for the keys of policy variables, so that a counter-example can be made concrete:
// the hint's own, ones that occur nowhere else, none at all, and ones that the statements ask for.
// Bounded, best first. None of them has a key with several values.
std::vector<FixedKeys> guess_values(const Statements& statements,
                                    const std::vector<std::string>& keys, const Request& hint);

}  // namespace strait::analysis
