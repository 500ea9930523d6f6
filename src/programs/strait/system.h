// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "admin/api.h"
#include "async/blocking_pool.h"
#include "async/clock.h"
#include "async/loops.h"
#include "desk/sqlite_request_store.h"
#include "gateway/desk_rooms.h"
#include "gateway/hallway.h"
#include "gateway/proxy_hosts.h"
#include "keys/key_files.h"
#include "net/plain_server.h"
#include "net/server.h"
#include "programs/strait/config.h"
#include "programs/strait/world_builder.h"
#include "store/recorder.h"
#include "store/state_dir.h"

namespace strait::programs {

// The whole gateway: builds every room in floor order, hands each what it needs, and runs until it
// is told to stop. Nothing else in Strait knows all of it.
class System {
 public:
  static Result<std::unique_ptr<System>> build(Config config);
  ~System();

  // Serves until SIGTERM or SIGINT, then drains. SIGHUP, and any change of a configuration file,
  // reloads.
  Status run();

 private:
  explicit System(Config config) : config_(std::move(config)) {}
  Status build_store();
  Status build_keys();
  Status build_world();
  Status build_loops();
  Status build_admin();
  Result<net::ServerOptions> server_options(bool first) const;

  async::Task<void> watch_configuration();
  async::Task<void> sweep_requests();
  async::Task<void> wait_for_signals();
  async::Task<Status> announce(std::shared_ptr<const gateway::World> world,
                               std::string previous_hash);
  async::Task<void> drain();
  void reload();
  admin::Readiness readiness() const;
  std::string metrics() const;

  // Order is the order of destruction, last first: what is used by another stands before it.
  Config config_;
  async::SystemClock clock_;
  std::unique_ptr<async::Loops> loops_;
  async::BlockingPool pool_{2};
  std::optional<store::StateDir> state_;
  std::unique_ptr<store::Recorder> recorder_;
  std::unique_ptr<desk::SqliteRequestStore> requests_;
  std::optional<identity::CredentialMinter> minter_;
  std::unique_ptr<mask::MaskKey> mask_key_;
  std::shared_ptr<const mask::Detectors> detectors_;
  std::shared_ptr<const catalog::Catalog> catalog_;
  std::unique_ptr<WorldBuilder> builder_;
  std::unique_ptr<gateway::PublishedWorld> world_;
  std::unique_ptr<gateway::Counted> counted_;
  std::unique_ptr<gateway::CurrentPolicies> policies_;
  std::unique_ptr<gateway::RecordedDesk> desk_events_;
  std::unique_ptr<desk::Desk> desk_;
  std::unique_ptr<gateway::Login> login_;
  std::shared_ptr<net::ServerTls> tls_;
  std::shared_ptr<gateway::ProxyHosts> proxy_;
  std::vector<std::unique_ptr<gateway::Hallway>> hallways_;
  std::vector<std::unique_ptr<net::Server>> servers_;
  std::unique_ptr<admin::Api> admin_;
  std::unique_ptr<net::PlainServer> admin_server_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> reload_wanted_{false};
};

}  // namespace strait::programs
