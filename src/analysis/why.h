// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "analysis/past.h"

// Why a past call would be decided as it is, permission by permission, and what would change that.
namespace strait::analysis {

struct Why {
  struct Branch {
    std::string action, resource;
    bool deny_only = false;  // AWS may check it: only a Deny counts
    journey::Verdict verdict;
  };
  journey::Verdict verdict;
  std::vector<Branch> branches;  // one for each permission that the call needs
  // The smallest statement that, put in an `allow` policy of the role, would let the call pass; ""
  // when it passes already, or when none would because of an explicit Deny.
  std::string statement_json;
};

Why explain(const Past& past, const policy::PolicySet& policies);

}  // namespace strait::analysis
