// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "analysis/vocabulary.h"
#include "journey/call.h"
#include "journey/verdict.h"
#include "policy/policy_set.h"

// One line of a policy test: what a role should be told when it asks to do something.
namespace strait::analysis {

struct PolicyCase {
  std::string file;
  int line = 0;
  std::string name;
  std::string role;  // ARN
  std::string action, resource;
  // What the request carries; every other key is absent, except those that every request of the
  // role carries (aws:PrincipalArn and the like).
  std::vector<journey::ContextEntry> with;
  journey::Effect expect = journey::Effect::kDeny;
  std::string rule;  // the statement that must decide: "policies/ci.json#NoDelete", "#NoDelete",
                     // "none" for the default deny; "" for any
};

struct CaseResult {
  journey::Verdict verdict;
  bool passed = false;
  std::string why;  // when it failed: "is allow, by policies/ci.json#Read; expected deny"
};

CaseResult run_case(const PolicyCase& one, const policy::PolicySet& policies,
                    const Vocabulary& words);

}  // namespace strait::analysis
