// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "journey/call.h"
#include "journey/scope.h"
#include "policy/document.h"
#include "policy/role.h"

// Session policies for AssumeRole: AWS lets the credential do what its role may *and* what stands
// here, so a call that Strait misread stops at AWS. Pure.
//
//   an ordinary call      what the role's allow files allow, less its Denies; of one service when
//                         all of it does not fit or the role says "*"
//   a call that people    its own needs, letter for letter. Through AWS's own services, which act
//   approved, or that     on with the caller's permissions (aws:ViaAWSService), what the role may:
//   must be named         KMS behind a secret, CloudFormation without a role of its own
//
// AWS does not know classes: their words are spelled out as the actions that stand for them.
//
// Ask files grant nothing here. A condition stays only when AWS judges it as Strait does: keys of
// services, of the request's region and tags and of the resource. Others (who asks, from where,
// strait:...) and variables are left out of an Allow, which is then wider within its actions and
// resources, and take a whole Deny with them.
namespace strait::analysis {

// One statement of a session policy.
struct Clause {
  bool deny = false;
  bool spelled_out = false;  // what a class is in actions, which are many
  bool not_action = false;
  bool not_resource = false;
  std::vector<std::string> actions;
  std::vector<std::string> resources;
  std::vector<policy::ConditionText> conditions;
};

class RoleScope {
 public:
  // kInvalidConfiguration as compile() of the policy room. Without a catalog (nullptr) no policy
  // may name a class.
  static Result<RoleScope> compile(const policy::RoleSource& role, const catalog::Catalog* catalog);

  // True: only for_call() will do. The call is of a class that must be named, on things that could
  // not be worked out, or may ask for more than its role was judged by.
  static bool wants_exact(std::span<const journey::Need> needs);

  // For every ordinary call of the role; nullptr when it is for_service() that is wanted.
  const journey::SessionPolicies& for_role() const { return whole_; }
  // For ordinary calls whose actions are all of `service`, an IAM prefix. nullptr: the role allows
  // nothing there.
  journey::SessionPolicies for_service(std::string_view service) const;
  // For this call alone.
  journey::SessionPolicies for_call(std::span<const journey::Need> needs) const;

 private:
  std::vector<Clause> clauses_;
  bool widened_ = false;
  journey::SessionPolicies whole_;
};

// "s3" when every need is of S3; "" when they are of several services.
std::string_view service_of(std::span<const journey::Need> needs);

}  // namespace strait::analysis
