// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <span>
#include <string>

#include "analysis/prove_cases.h"
#include "base/result.h"
#include "journey/verdict.h"
#include "policy/can_i.h"
#include "policy/role.h"

// Whether one set of policies permits nothing that another does not: for every action, every
// resource and every combination of known and absent context values, the answer to `policy` (deny,
// ask or allow) is not freer than the answer to `bound`. docs/prove.md says what that covers.
//
// Z3 decides how the statements combine; which texts patterns can tell apart is worked out exactly
// by automata, as far as a model of Z3's needs it. Pure but for Z3 and the time that it is told.
namespace strait::analysis {

struct Proof {
  enum Answer { kProved, kCounterExample, kUnknown } answer = kUnknown;
  std::string reason;  // kUnknown: why
  // kCounterExample: a call that `policy` permits more freely. Both verdicts are the evaluator's
  // own (policy::can_i); what is not in `call.context` is absent.
  policy::Question call;
  bool known_action = false;  // AWS has the action, as far as the catalog knows
  journey::Verdict bound, policy;
  // How much work it was.
  std::size_t cases = 0;   // actions that the statements tell apart
  std::size_t rounds = 0;  // models of Z3's looked at
};

using TimeLeft = std::function<std::chrono::milliseconds()>;

// Errors are those of the policies, and kUnavailable when there is no Z3. `action_states_max` is
// how long actions are cut into kinds before it is left to the solver which patterns one matches:
// that changes the way and, but for what is not known, never the answer.
Result<Proof> prove(const policy::RoleSource& bound, const policy::RoleSource& policy,
                    std::span<const KnownAction> known, const TimeLeft& time_left,
                    std::size_t action_states_max = kActionStatesMax);

}  // namespace strait::analysis
