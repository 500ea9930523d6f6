// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/role.h"

namespace strait::policy {

struct CompiledRole;  // policy/compiled.h

// Every role's policies, compiled and indexed by action. Immutable: any number of threads may judge
// with one, and a change is a new PolicySet. Copies share the compiled form.
class PolicySet {
 public:
  PolicySet();
  const CompiledRole* role(
      std::string_view arn) const;  // nullptr: no such role, so nothing is allowed
  // Whether the role's verdicts depend on what its session did before.
  bool asks_history(std::string_view role) const;
  std::size_t statement_count() const;
  // SHA-256 (hex) over every role's name, files and texts. A Verdict carries its own role's hash,
  // so that a change to one role does not void what was approved for another.
  const std::string& hash() const;

 private:
  friend Result<PolicySet> compile(std::vector<RoleSource> roles);
  struct Roles;
  std::shared_ptr<const Roles> roles_;
};

// All or nothing: the first error names file, line and statement. A role twice is an error; a role
// without any statement is not (it is allowed nothing).
Result<PolicySet> compile(std::vector<RoleSource> roles);

}  // namespace strait::policy
