// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "journey/call.h"

namespace strait::analysis {

// A need's resource as the Resource of a statement that matches it and nothing else: no wildcards
// but those of a pattern, characters that would be one as "${*}", "${?}" and "${$}". For the 2012
// dialect.
std::string policy_resource(const journey::Need& need);

}  // namespace strait::analysis
