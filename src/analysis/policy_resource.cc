// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy_resource.h"

namespace strait::analysis {

std::string policy_resource(const journey::Need& need) {
  if (need.pattern || !need.derived || need.resource == "*") return need.resource;
  std::string out;
  for (const char c : need.resource) {
    const bool special = c == '*' || c == '?' || c == '$';
    special ? out.append("${").append(1, c).append(1, '}') : out.append(1, c);
  }
  return out;
}

}  // namespace strait::analysis
