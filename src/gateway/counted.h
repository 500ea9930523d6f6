// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "gateway/histories.h"
#include "gateway/role_limits.h"
#include "gateway/world.h"
#include "journey/session.h"

// All that the gateway remembers of calls from one to the next, of the roles that ask for it.
// Shared by all loops.
namespace strait::gateway {

class Counted {
 public:
  explicit Counted(std::shared_ptr<const catalog::Catalog> catalog);

  static bool wanted(const Role& role) { return role.asks_history || role.limits.any(); }
  static Histories::Who session(const journey::Session& session);
  static Histories::Who principal(const journey::Session& session, Timestamp now);

  // A World that comes into force: what it newly asks for is counted from `since` on.
  void follow(const World& world, Timestamp since);

  // Before anything is served: takes up what the record of the last day says of the roles of
  // `world`, which are then counted from the first leaf that was read. Blocks. An error means that
  // the record cannot be read; then nothing was taken up.
  Status remember(const World& world, const std::string& log_dir, Timestamp now);

  Histories sessions;    // for strait:calls and strait:seen
  Histories principals;  // for limits
  Rates rates;
  const Histories::LevelOf level_of;
};

}  // namespace strait::gateway
