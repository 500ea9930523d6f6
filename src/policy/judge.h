// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "journey/journey.h"
#include "policy/history.h"
#include "policy/policy_set.h"

// The judgement: pure, deterministic, any thread. For each need of the call, over the role's
// statements:
//
//   1. a Deny, in an allow or an ask file, whose action matches and whose resource and conditions
//   may match: deny.
//   2. else an Allow in an ask file whose action matches and whose resource and conditions may
//   match: ask.
//   3. else an Allow in an allow file whose resource pattern covers all that the need's resource
//   can be, and whose
//      conditions are all definitely true: allow.
//   4. else deny.
// The strictest over all needs wins; needs marked deny_only take part in step 1 alone; a call
// without any other need is denied.
//
// Needs that must be named. A need with a class (returns-credentials, pass-role, run-code,
// edit-policy, edit-trust) or whose resource could not be worked out (derived = false) is granted
// only by a statement with that very action in its Action list, letter for letter (case aside), or
// with the word for one of the need's classes (class_word.h); no wildcard, no NotAction and no
// NotResource. In step 2 a statement that does not name it turns an
// allow of step 3 into ask, but grants nothing by itself: without a named statement the answer is
// deny.
namespace strait::policy {

class Judge {
 public:
  // `history` is of the session; nullptr: conditions on it are unknown.
  static journey::JudgedCall judge(journey::AuthenticatedCall call, const PolicySet& policies,
                                   const History* history = nullptr);

  // The verdict alone; also for judging again at execution. `role` is an ARN, normally
  // session.role.
  static journey::Verdict evaluate(const PolicySet& policies, std::string_view role,
                                   const journey::Call& call, const journey::Session& session,
                                   const History* history = nullptr);
};

// What stands in Verdict::why, completing "... because <why>". No word of AWS's that tools react
// to.
//   allow  "of strait policy dev.json#Read"
//   ask    "it needs approval"
//   deny   "of an explicit deny in strait policy ci.json#NoDelete"
//          "no strait policy allows the s3:DeleteObject action"
}  // namespace strait::policy
