// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/system.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "mask/detectors.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/proxy_ca_file.h"
#include "store/disk.h"

namespace strait::programs {

System::~System() {
  if (loops_) {
    loops_->stop();
    loops_->join();
  }
}

Result<std::unique_ptr<System>> System::build(Config config) {
  std::unique_ptr<System> system(new System(std::move(config)));
  const auto wanted = system->config_.server.threads;
  system->loops_ = std::make_unique<async::Loops>(
      wanted > 0 ? static_cast<std::size_t>(wanted)
                 : std::max(1u, std::thread::hardware_concurrency()));
  TRY(system->catalog_, load_catalog({}));
  CHECK_OK(system->build_keys());
  CHECK_OK(system->build_store());
  CHECK_OK(system->build_world());
  CHECK_OK(system->build_loops());
  CHECK_OK(system->build_admin());
  return system;
}

Status System::build_keys() {
  TRY(state_, store::StateDir::open(config_.server.state_dir.string()));
  TRY(auto files, keys::KeyFiles::open(state_->path()));
  TRY(auto masters, files.credential_masters());
  std::vector<identity::MasterSecret> secrets;
  for (auto& master : masters) secrets.push_back({master.epoch, std::move(master.bytes)});
  TRY(minter_, identity::CredentialMinter::make(std::move(secrets)));
  TRY(auto mask_bytes, files.mask_key());
  mask_key_ = std::make_unique<mask::MaskKey>(std::move(mask_bytes));
  if (config_.server.listen_proxy) {
    TRY(auto ca, open_proxy_ca(state_->path(), *catalog_, clock_));
    proxy_ = std::make_shared<gateway::ProxyHosts>(catalog_, std::move(ca));
  }
  TRY(detectors_, mask::Detectors::compile(mask::kDetectAll));
  return {};
}

Status System::build_store() {
  TRY(auto log_key, state_->log_key());
  TRY(auto blob_key, state_->blob_key());
  TRY(recorder_,
      store::Recorder::open({.log_dir = state_->log_dir(),
                             .blob_dir = state_->blob_dir(),
                             .anchor_dir = config_.anchor_dir.string(),
                             .origin = state_->origin(),
                             .version = STRAIT_VERSION},
                            std::move(log_key), std::move(blob_key), clock_, loops_->at(0)));
  TRY(requests_, desk::SqliteRequestStore::at(state_->database_path()));
  return {};
}

Status System::build_world() {
  builder_ = std::make_unique<WorldBuilder>(loops_->at(0), clock_, *catalog_);
  TRY(auto world, builder_->build(config_));
  counted_ = std::make_unique<gateway::Counted>(catalog_);
  CHECK_OK(counted_->remember(*world, state_->log_dir(), clock_.now()));
  world_ = std::make_unique<gateway::PublishedWorld>(std::move(world));
  policies_ = std::make_unique<gateway::CurrentPolicies>(*world_, *counted_, clock_);
  desk_events_ = std::make_unique<gateway::RecordedDesk>(*recorder_);
  desk_ = std::make_unique<desk::Desk>(*requests_, *desk_events_, *policies_, clock_, pool_);
  login_ = std::make_unique<gateway::Login>(*minter_, clock_);
  return {};
}

Result<net::ServerOptions> System::server_options(bool first) const {
  net::ServerOptions options;
  if (config_.server.listen)
    options.listen.push_back(
        {config_.server.listen->host, config_.server.listen->port, nullptr, !first});
  if (config_.server.listen_tls) {
    options.listen.push_back(
        {config_.server.listen_tls->host, config_.server.listen_tls->port, tls_, !first});
  }
  if (config_.server.listen_proxy) {
    const auto& [host, port] = *config_.server.listen_proxy;
    options.listen.push_back({host, port, nullptr, !first, proxy_});
  }
  options.on_rejection = [](const net::Rejection& rejection) {
    spdlog::info("{} from {}: {} {}", rejection.status, rejection.arrival.peer,
                 name(rejection.error.code), rejection.error.message);
  };
  return options;
}

Status System::build_loops() {
  if (config_.server.listen_tls) {
    TRY(tls_, net::ServerTls::from_files(config_.server.tls_cert, config_.server.tls_key));
  }
  wire::Options options;
  options.gateway_hosts = config_.server.hosts;
  const auto help =
      config_.server.public_url.empty() ? std::string() : config_.server.public_url + "/x/";
  for (std::size_t core = 0; core < loops_->size(); ++core) {
    TRY(auto hallway, gateway::Hallway::create(loops_->at(core), {.catalog = catalog_,
                                                                  .world = world_.get(),
                                                                  .minter = &*minter_,
                                                                  .desk = desk_.get(),
                                                                  .recorder = recorder_.get(),
                                                                  .counted = counted_.get(),
                                                                  .clock = &clock_,
                                                                  .mask_key = mask_key_.get(),
                                                                  .detectors = detectors_,
                                                                  .options = options,
                                                                  .help_url = help}));
    auto* walker = hallway.get();
    TRY(auto listen, server_options(core == 0));
    TRY(auto server,
        net::Server::create(loops_->at(core), clock_, std::move(listen),
                            [walker](net::Exchange& exchange) { return walker->walk(exchange); }));
    hallways_.push_back(std::move(hallway));
    servers_.push_back(std::move(server));
  }
  return {};
}

Status System::build_admin() {
  admin_ = std::make_unique<admin::Api>(admin::AdminRooms{
      .desk = desk_.get(),
      .clock = &clock_,
      .identify = [this](std::string token) -> async::Task<Result<journey::Principal>> {
        const auto world = world_->get();
        co_return co_await login_->identify(*world, token);
      },
      .metrics = [this] { return metrics(); },
      .readiness = [this] { return readiness(); },
  });
  TRY(admin_server_, net::PlainServer::create(
                         loops_->at(0), clock_,
                         {.address = config_.server.admin.host, .port = config_.server.admin.port},
                         [this](net::PlainRequest request, net::PeerCredentials peer) {
                           return admin_->handle(std::move(request), std::move(peer));
                         }));
  return {};
}

Status System::run() {
  for (auto& server : servers_) server->start();
  admin_server_->start();
  auto& home = loops_->at(0);
  boost::asio::co_spawn(
      home, announce(world_->get(), ""), [](std::exception_ptr, const Status& recorded) {
        if (!recorded)
          spdlog::error("the policies in force were not recorded: {}", recorded.error().message);
      });
  boost::asio::co_spawn(home, watch_configuration(), boost::asio::detached);
  boost::asio::co_spawn(home, sweep_requests(), boost::asio::detached);
  boost::asio::co_spawn(home, wait_for_signals(), boost::asio::detached);
  loops_->start();
  spdlog::info("ready: {} roles, {} statements, catalog {}", world_->get()->roles.size(),
               world_->get()->policies.statement_count(), catalog_->version());
  loops_->join();
  return {};
}

admin::Readiness System::readiness() const {
  if (draining_) return {false, "draining"};
  if (const auto stats = recorder_->stats(); !stats.accepting)
    return {false, "recorder: " + stats.why_not};
  const auto world = world_->get();
  if (world->issuers.empty()) return {false, "no issuer is configured: nobody can log in"};
  if (world->roles.empty()) return {false, "no role is configured: nobody may do anything"};
  return {true, {}};
}

std::string System::metrics() const {
  std::vector<const gateway::Meters*> meters;
  for (const auto& hallway : hallways_) meters.push_back(&hallway->meters());
  auto text = gateway::Meters::render(meters);
  const auto stats = recorder_->stats();
  text +=
      fmt::format("# TYPE strait_records_total counter\nstrait_records_total {}\n", stats.records);
  text +=
      fmt::format("# TYPE strait_record_commits_total counter\nstrait_record_commits_total {}\n",
                  stats.commits);
  text += fmt::format("# TYPE strait_recorder_accepting gauge\nstrait_recorder_accepting {}\n",
                      stats.accepting ? 1 : 0);
  std::size_t connections = 0;
  for (const auto& server : servers_) connections += server->connections();
  text += fmt::format("# TYPE strait_connections gauge\nstrait_connections {}\n", connections);
  return text;
}

}  // namespace strait::programs
