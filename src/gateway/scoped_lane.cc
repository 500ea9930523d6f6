// SPDX-License-Identifier: Apache-2.0
#include "gateway/scoped_lane.h"

#include <algorithm>
#include <cstring>

#include "identity/role_session_name.h"

namespace strait::gateway {
namespace {

constexpr std::size_t kHeldMax = 1024;  // a loop's own; all loops share keys::ScopedCredentials
// The shortest that STS gives: what is for one call is not kept for long.
constexpr auto kExactDuration = std::chrono::minutes(15);
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kTagValueBytesMax = 256;

// Letters, digits, blanks and _ . : / = + - @ are what a tag's value may have.
std::string tag_value(std::string_view text) {
  std::string out(text.substr(0, kTagValueBytesMax));
  for (auto& c : out) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view(" _.:/=+-@").find(c) != std::string_view::npos;
    if (!fits) c = '_';
  }
  return out;
}

}  // namespace

keys::ScopedSpec assume_as(const journey::Session& session, const Connection& connection) {
  keys::ScopedSpec spec;
  const auto id = session.id.str();
  spec.session_name = session.name.substr(0, kNameBytesMax - 1 - id.size()) + "@" + std::string(id);
  const auto& who = session.principal;
  if (connection.source_identity)
    spec.source_identity = identity::role_session_name(who.subject, who.subject);
  if (connection.session_tags) {
    spec.tags = {{"strait:session", tag_value(id)},
                 {"strait:role", tag_value(session.role_name())},
                 {"strait:issuer", tag_value(who.issuer)},
                 {"strait:subject", tag_value(who.subject)}};
  }
  return spec;
}

std::size_t ScopedLane::KeyHash::operator()(const Key& key) const {
  std::uint64_t policy = 0, session = 0;
  std::memcpy(&policy, key.policy.data(), sizeof policy);
  const auto id = key.session.str();
  std::memcpy(&session, id.data() + id.size() - sizeof session, sizeof session);
  return (policy * 0x9e3779b97f4a7c15ULL) ^ session;
}

ScopedLane::ScopedLane(std::shared_ptr<const Connection> connection)
    : connection_(std::move(connection)), unscoped_(connection_->credentials) {}

// What the role's ordinary calls are signed under, worked out once for a World.
journey::SessionPolicies ScopedLane::ordinary(const std::shared_ptr<const World>& world,
                                              const Role& role,
                                              std::span<const journey::Need> needs) {
  if (const auto& whole = role.scope->for_role()) return whole;
  const auto service = analysis::service_of(needs);
  if (service.empty()) return nullptr;
  if (world_ != world) {
    world_ = world;
    services_.clear();
  }
  auto key = std::pair(&role, std::string(service));
  const auto found = services_.find(key);
  if (found != services_.end()) return found->second;
  return services_.emplace(std::move(key), role.scope->for_service(service)).first->second;
}

ScopedLane::Held& ScopedLane::for_call(const std::shared_ptr<const World>& world, const Role& role,
                                       const journey::Session& session,
                                       std::span<const journey::Need> needs, bool approved) {
  if (!connection_->scoped) return unscoped_;
  journey::SessionPolicies policies;
  if (!approved && !analysis::RoleScope::wants_exact(needs))
    policies = ordinary(world, role, needs);
  const bool exact = policies == nullptr;
  if (exact) policies = role.scope->for_call(needs);

  Key key{session.id, {}};
  policies->front().hash.copy(key.policy.data(), key.policy.size());
  const auto found = held_.find(key);
  if (found != held_.end()) return found->second;
  auto spec = assume_as(session, *connection_);
  spec.policies = std::move(policies);
  if (exact) spec.duration = kExactDuration;
  if (held_.size() >= kHeldMax) held_.clear();
  auto source = connection_->scoped->source(session.id.str(), std::move(spec));
  return held_.try_emplace(key, std::move(source)).first->second;
}

}  // namespace strait::gateway
