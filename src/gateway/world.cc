// SPDX-License-Identifier: Apache-2.0
#include "gateway/world.h"

#include <algorithm>

#include "crypto/sha256.h"

namespace strait::gateway {

const net::Address* Connection::override_for(std::string_view service) const {
  if (const auto found = endpoints.find(service); found != endpoints.end()) return &found->second;
  return endpoint ? &*endpoint : nullptr;
}

bool Connection::takes_region(std::string_view region) const {
  return regions.empty() || std::ranges::find(regions, region) != regions.end();
}

const Role* World::role(std::string_view arn) const {
  const auto found = std::ranges::find(
      roles, arn, [](const auto& role) -> std::string_view { return role->config.policies.arn; });
  return found == roles.end() ? nullptr : found->get();
}

const Issuer* World::issuer(std::string_view url) const {
  const auto found = std::ranges::find(
      issuers, url, [](const Issuer& issuer) -> std::string_view { return issuer.rules.issuer; });
  return found == issuers.end() ? nullptr : &*found;
}

std::string World::hash() const {
  crypto::Sha256 digest;
  const auto part =
      [&](std::string_view text) {  // length-prefixed, so that no two worlds share a preimage
        digest.update(std::to_string(text.size()));
        digest.update(":");
        digest.update(text);
      };
  part(policies.hash());
  for (const auto& role : roles) {
    part(role->config.policies.arn);
    part(role->config.trust.text);
    part(role->connection->fingerprint);
    part(role->config.connection);
    part(std::to_string(role->config.hold.count()) + " " +
         std::to_string(role->config.approval_expiry.count()) + " " +
         std::to_string(role->config.session_max.count()));
    for (const auto& approver : role->config.approvers) part(approver);
    part(std::to_string(role->config.approvals_required));
    for (const auto& shown : role->mask.show) part(shown);
    part(std::to_string(role->limits.calls_per_second));
    for (const auto& spend : role->limits.spends) {
      part(spend.level + " " + std::to_string(spend.max) + " " +
           std::to_string(spend.window.count()));
    }
  }
  for (const auto& issuer : issuers) {
    part(issuer.fingerprint);
  }
  return crypto::hex(digest.finish());
}

}  // namespace strait::gateway
