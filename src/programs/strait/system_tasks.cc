// SPDX-License-Identifier: Apache-2.0
// What goes on beside the calls: configuration watched, requests expired, signals taken, the last
// drain.
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_future.hpp>
#include <csignal>

#include "async/timers.h"
#include "programs/strait/applied.h"
#include "programs/strait/file_stamps.h"
#include "programs/strait/system.h"

namespace strait::programs {

using namespace std::chrono_literals;

// The first record of a run, and one for every change: which policies are in force.
async::Task<Status> System::announce(std::shared_ptr<const gateway::World> world,
                                     std::string previous_hash) {
  store::PolicyChange change{.policy_hash = world->hash(),
                             .previous_hash = std::move(previous_hash),
                             .who = world->source,
                             .summary = fmt::format("{} roles, {} statements", world->roles.size(),
                                                    world->policies.statement_count())};
  co_return co_await recorder_->policy_change(std::move(change));
}

async::Task<void> System::watch_configuration() {
  const auto look = [this] {
    return stamps_of(config_.file, history_folder(config_.server.state_dir));
  };
  auto seen = co_await pool_.run(look);
  for (;;) {
    co_await async::sleep_for(500ms);
    auto now = co_await pool_.run(look);
    if (now == seen && !reload_wanted_.exchange(false)) continue;
    seen = std::move(now);
    co_await pool_.run([this] { reload(); });
  }
}

// On a pool thread. An invalid set changes nothing and says so.
void System::reload() {
  auto config = read_running_config(config_.file);
  if (!config) {
    spdlog::error("configuration not reloaded, the old one stays: {}", config.error().message);
    return;
  }
  auto world = builder_->build(*config);
  if (!world) {
    spdlog::error("configuration not reloaded, the old one stays: {}", world.error().message);
    return;
  }
  if (tls_) {
    if (auto renewed = tls_->reload_files(config_.server.tls_cert, config_.server.tls_key);
        !renewed) {
      spdlog::error("certificate not reloaded: {}", renewed.error().message);
    }
  }
  const auto before = world_->get()->hash();
  if ((*world)->hash() == before) return;
  // Recorded first: a policy that cannot be written down does not come into force.
  const auto next = *world;
  auto recorded =
      boost::asio::co_spawn(loops_->at(0), announce(next, before), boost::asio::use_future);
  if (const auto status = recorded.get(); !status) {
    spdlog::error("configuration not reloaded: {}", status.error().message);
    return;
  }
  world_->publish(next);
  // Calls that saw the old policies may still be on their way.
  counted_->follow(*next, clock_.now() + 1s);
  spdlog::info("{} in force: {} roles, {} statements", next->source, next->roles.size(),
               next->policies.statement_count());
}

async::Task<void> System::sweep_requests() {
  for (;;) {
    co_await async::sleep_for(2s);
    if (const auto swept = co_await desk_->sweep(); !swept) {
      spdlog::error("requests not expired: {}", swept.error().message);
    }
  }
}

async::Task<void> System::wait_for_signals() {
  boost::asio::signal_set signals(loops_->at(0), SIGTERM, SIGINT, SIGHUP);
  for (;;) {
    boost::system::error_code failed;
    const int signal = co_await signals.async_wait(
        boost::asio::redirect_error(async::use_task, failed));
    if (failed) co_return;
    if (signal != SIGHUP) break;
    reload_wanted_ = true;
  }
  co_await drain();
}

async::Task<void> System::drain() {
  draining_ = true;
  spdlog::info("draining");
  for (std::size_t core = 0; core < servers_.size(); ++core) {
    co_await boost::asio::co_spawn(loops_->at(core), servers_[core]->drain(),
                                   async::use_task);
  }
  if (const auto closed = co_await recorder_->close(); !closed) {
    spdlog::error("the record was not closed: {}", closed.error().message);
  }
  loops_->stop();
}

}  // namespace strait::programs
