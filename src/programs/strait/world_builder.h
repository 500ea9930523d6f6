// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <string>

#include "async/clock.h"
#include "async/task.h"
#include "gateway/world.h"
#include "programs/strait/config.h"

namespace strait::programs {

// Configuration to a World. Whatever fetches and caches (credentials, issuers' keys) is kept from
// one World to the next when its part of the configuration has not changed, so that a new policy
// costs no login.
class WorldBuilder {
 public:
  WorldBuilder(async::Loop& home, const async::Clock& clock, const catalog::Catalog& catalog)
      : home_(home), clock_(clock), catalog_(catalog) {}

  // All or nothing. Blocking (reads certificate files); never on a loop's thread while it serves.
  Result<std::shared_ptr<const gateway::World>> build(const Config& config);

 private:
  Result<std::shared_ptr<const gateway::Connection>> connection(const ConnectionConfig& config);
  Result<gateway::Issuer> issuer(const IssuerConfig& config);

  async::Loop& home_;
  const async::Clock& clock_;
  const catalog::Catalog& catalog_;
  std::map<std::string, std::shared_ptr<const gateway::Connection>>
      connections_;  // by their whole configuration
  std::map<std::string, std::shared_ptr<keys::JwksSource>> issuers_;
};

policy::RoleSource source_of(const RoleFile& role);

// The role's trust policy, which is also where it is checked that the role is of its connection's
// account.
Result<policy::TrustPolicy> trust_of(const RoleFile& role, const std::string& account);

Result<policy::PolicySet> compile_policies(const Config& config);

}  // namespace strait::programs
