// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "gateway/world.h"
#include "journey/journey.h"
#include "keys/scoped_credentials.h"

// The second lock: which credential of a connection signs a permitted call. One connection's part
// on one loop; touched by that loop alone.
namespace strait::gateway {

// What AssumeRole is told of an agent, for AWS's own trail: the session name ends in the session's
// id, the source identity is the token's subject. Characters that STS does not take become others.
keys::ScopedSpec assume_as(const journey::Session& session, const Connection& connection);

class ScopedLane {
 public:
  struct Held {
    explicit Held(std::shared_ptr<keys::CredentialSource> from)
        : source(std::move(from)), lease(*source) {}
    std::shared_ptr<keys::CredentialSource> source;
    keys::CredentialLease lease;
  };

  explicit ScopedLane(std::shared_ptr<const Connection> connection);

  // `approved`: by people. Asks nobody. The reference holds until the next call of this.
  Held& for_call(const std::shared_ptr<const World>& world, const Role& role,
                 const journey::Session& session, std::span<const journey::Need> needs,
                 bool approved);

 private:
  struct Key {
    SessionId session;
    std::array<char, 64> policy{};
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  journey::SessionPolicies ordinary(const std::shared_ptr<const World>& world, const Role& role,
                                    std::span<const journey::Need> needs);

  std::shared_ptr<const Connection> connection_;
  Held unscoped_;
  std::unordered_map<Key, Held, KeyHash> held_;
  std::shared_ptr<const World> world_;  // that the next is of
  std::map<std::pair<const Role*, std::string>, journey::SessionPolicies, std::less<>> services_;
};

}  // namespace strait::gateway
