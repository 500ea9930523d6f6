// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/session_policy.h"
#include "gateway/published.h"
#include "gateway/role_limits.h"
#include "identity/jwt.h"
#include "keys/credential_source.h"
#include "keys/jwks_source.h"
#include "keys/scoped_credentials.h"
#include "mask/rules.h"
#include "net/tls.h"
#include "net/upstream.h"
#include "policy/judge.h"
#include "policy/policy_set.h"
#include "policy/role.h"
#include "policy/trust.h"

// What configuration says, compiled: immutable, replaced whole. A call holds one World from its
// head to its last byte, so that it never sees half of an old policy and half of a new one.
// programs/strait makes Worlds from files.
namespace strait::gateway {

struct Connection {
  std::string name;
  std::string account;
  std::string fingerprint;                                     // of its whole configuration
  std::vector<std::string> regions;                            // empty: every region
  bool rewrite_queue_urls = false;                             // see mask/rules.h
  std::optional<net::Address> endpoint;                        // instead of AWS's own host
  std::map<std::string, net::Address, std::less<>> endpoints;  // by service; before `endpoint`
  std::shared_ptr<net::ClientTls> tls;
  std::shared_ptr<keys::CredentialSource>
      credentials;  // survives reloads that leave the connection alone; so does the next
  // When a role is assumed: what its credentials are cut down to is each call's matter. Else null,
  // and calls are signed with `credentials` as they are.
  std::shared_ptr<keys::ScopedCredentials> scoped;
  bool source_identity = true;  // said with every AssumeRole
  bool session_tags = true;

  // The endpoint that replaces AWS's for `service`; nullptr: none does.
  const net::Address* override_for(std::string_view service) const;
  bool takes_region(std::string_view region) const;
};

struct Issuer {
  identity::IssuerRules rules;
  std::string fingerprint;                 // of its configuration, and of static keys
  std::shared_ptr<keys::JwksSource> keys;  // survives reloads too
};

struct Role {
  policy::RoleConfig config;
  policy::TrustPolicy trust;
  std::shared_ptr<const Connection> connection;
  mask::MaskRules mask;
  RoleLimits limits;
  bool asks_history = false;                 // as PolicySet::asks_history
  std::optional<analysis::RoleScope> scope;  // when the connection's credentials can be cut down
};

struct World {
  std::string source = "configuration";  // where it is from, for the record; decides nothing
  policy::PolicySet policies;
  std::vector<std::shared_ptr<const Role>> roles;
  std::vector<Issuer> issuers;

  const Role* role(std::string_view arn) const;  // nullptr: no such role
  const Issuer* issuer(std::string_view url) const;
  std::string hash() const;  // of everything that decides; stands in POLICY_CHANGE
};

using PublishedWorld = Published<World>;

}  // namespace strait::gateway
