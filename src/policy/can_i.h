// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "journey/call.h"
#include "journey/verdict.h"
#include "policy/policy_set.h"

// "Could this role do that?", without a call: for `strait can-i`, policy tests and explanations.
// Pure.
namespace strait::policy {

struct Question {
  std::string role;    // ARN
  std::string action;  // "s3:GetObject"
  std::string
      resource;  // an ARN, "*", or an ARN pattern: then the answer holds for everything it can be
  std::vector<journey::ContextEntry> context;
  bool missing_is_absent =
      false;  // keys not in `context`: absent (a closed question) or unknown (the default)
  catalog::Classes classes = 0;  // Catalog::classes_of_action(action)
  bool derived = true;           // false: as for a call whose resource cannot be worked out
  // IAM's own answer, without Strait's strictness: `resource` is one text whatever stands in it,
  // what is not in `context` is absent, and a condition without meaning does not match. IAM has no
  // classes: leave `classes` 0, and a word for one matches nothing.
  bool as_iam = false;
};

// Every key comes from `context`, aws:PrincipalArn and the strait: ones too. Context values of
// session-bound keys are the caller's to fill in.
journey::Verdict can_i(const PolicySet& policies, const Question& question);

// Every statement behind that verdict, in the order of the files: can_i stops at the first.
std::vector<journey::StatementRef> all_deciding(const PolicySet& policies, const Question& question,
                                                journey::Effect effect);

}  // namespace strait::policy
