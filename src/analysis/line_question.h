// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/known_actions.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "journey/verdict.h"
#include "policy/can_i.h"

// Policies and a request in one line of JSON, answered by themselves: what `strait policy eval`
// reads.
//
//   {"allow": [policy, ...], "ask": [policy, ...],
//    "request": {"principal": ARN, "action": "s3:GetObject", "resource": ARN, "context": {...}}}
//
// A policy is a JSON object; one need not stand in a list. In the context a value is a string, a
// number, a boolean, or a list of these, which says that its key is multi-valued. What is in the
// context is known, anything else is absent, but for what the principal's ARN says:
// aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, and aws:username and aws:userid where
// it has them. "must_be_named": false says that the call is none of those by which its action
// belongs to a class, where there are others (apigateway:GET); `policy prove` says so of its calls.
// Other members of the line are the caller's own.
namespace strait::analysis {

struct Answer {
  journey::Effect effect = journey::Effect::kDeny;
  std::vector<journey::StatementRef> matched;  // file: "allow[0]", as the list is counted
};

class LineQuestions {
 public:
  // With a catalog the answer is the gateway's, named classes and all; without one it is IAM's.
  // IAM has no classes, so that without a catalog a policy that names one is an error. The catalog
  // outlives this.
  explicit LineQuestions(const catalog::Catalog* strict) : strict_(strict) {}

  // kInvalidConfiguration for a policy (with its place), kInvalidInput for anything else.
  Result<Answer> answer(std::string_view line);

 private:
  Result<const policy::PolicySet*> policies_of(std::string_view line, std::string_view allow,
                                               std::string_view ask);
  Result<catalog::Classes> classes_for(const std::string& action, bool of_a_class);

  const catalog::Catalog* strict_;
  std::vector<KnownAction> known_;  // of the catalog, once somebody needs them
  // By the text of both lists: lines that follow one another mostly ask about the same policies.
  std::unordered_map<std::string, policy::PolicySet> compiled_;
};

}  // namespace strait::analysis
