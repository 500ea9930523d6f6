// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "analysis/vocabulary.h"
#include "journey/verdict.h"
#include "policy/role.h"

// Who may do something, and under which conditions: for a person who asks about an action and a
// resource, without a call in hand.
namespace strait::analysis {

// A statement that has a say in it.
struct Say {
  journey::StatementRef statement;
  journey::Effect effect = journey::Effect::kDeny;
  std::vector<std::string> conditions;  // "StringEquals aws:RequestedRegion `eu-west-1`"
  bool whole = true;  // it is about all that the resource can be; false: about some, or a variable
                      // decides
};

struct WhoCan {
  std::string role;  // ARN
  // The most that the role can get: allow when some call is allowed, else ask when some call is
  // asked for, else deny.
  journey::Effect effect = journey::Effect::kDeny;
  bool always = true;  // whatever the call and the session are; false: the conditions below decide
  std::vector<Say> says;  // Deny, then ask, then allow
};

// One answer a role, in their order. `resource` is an ARN, "*", or an ARN pattern: then it is about
// everything that it can be. `action` is one that AWS has.
Result<std::vector<WhoCan>> who_can(const std::vector<policy::RoleSource>& roles,
                                    const std::string& action, const std::string& resource,
                                    const Vocabulary& words);

}  // namespace strait::analysis
