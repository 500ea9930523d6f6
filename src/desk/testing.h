// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "desk/desk.h"
#include "desk/sqlite_request_store.h"
#include "policy/judge.h"
#include "policy/testing.h"

// The one room that may make an AuthenticatedCall is not linked here; the tests stand in for it.
namespace strait::sigv4 {
class Verifier {
 public:
  static journey::AuthenticatedCall authenticate(journey::Arrival arrival, journey::Call call,
                                                 journey::Session session) {
    return journey::AuthenticatedCall({}, std::move(arrival), std::move(call), std::move(session));
  }
};
}  // namespace strait::sigv4

namespace strait::desk::testing {

using policy::testing::kRole;

class FakeClock final : public async::Clock {
 public:
  Timestamp now() const override { return now_; }
  void pass(Timestamp::duration span) { now_ += span; }

 private:
  Timestamp now_{Seconds(1'700'000'000)};
};

// Remembers what happened; fails when told to.
class Recording final : public DeskEvents {
 public:
  std::vector<std::string> seen;
  bool down = false;

  async::Task<Status> requested(const Request& request, const journey::JudgedCall&) override {
    co_return note("requested " + request.action);
  }
  async::Task<Status> decided(const Request&, const Decision& decision, const GrantId& grant,
                              Timestamp) override {
    co_return note((decision.approve ? "approved by " : "denied by ") + decision.subject +
                   (grant.empty() ? "" : " with grant"));
  }
  async::Task<Status> consumed(const Request&, const Consumed&, const CallId&) override {
    co_return note("consumed");
  }
  async::Task<Status> expired(const Request&) override { co_return note("expired"); }

 private:
  Status note(std::string what) {
    if (down) return fail(ErrorCode::kRecorderUnavailable, "the recorder cannot write");
    seen.push_back(std::move(what));
    return {};
  }
};

class Policies final : public PolicyView {
 public:
  policy::PolicySet set;
  std::shared_ptr<policy::RoleConfig> config = std::make_shared<policy::RoleConfig>();

  journey::Verdict judge(const journey::Call& call,
                         const journey::Session& session) const override {
    return policy::Judge::evaluate(set, session.role, call, session);
  }
  std::shared_ptr<const policy::RoleConfig> role(std::string_view) const override { return config; }
};

class Client final : public Interim {
 public:
  int continues = 0;
  std::atomic<bool> gone = false;
  async::Task<Status> send_continue() override {
    ++continues;
    co_return Status();
  }
  bool client_gone() const override { return gone; }
};

inline journey::Principal person(std::string subject,
                                 std::vector<std::string> groups = {"platform"}) {
  journey::Principal who;
  who.issuer = "https://people.example";
  who.subject = subject;
  who.claims = {{"email", {subject + "@acme.dev"}},
                {"email_verified", {"true"}},
                {"groups", std::move(groups)}};
  return who;
}

inline constexpr auto kAskDeletes =
    R"({"Sid":"Deletes","Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"})";

// A desk with a store of its own, a role whose deletes ask, and the people around it.
class World : public ::testing::Test {
 protected:
  World() {
    policies.set = policy::testing::policies("", kAskDeletes);
    policies.config->policies.arn = kRole;
    policies.config->connection = "prod";
    policies.config->approvers = {"group:platform"};
    reopen();
  }
  ~World() override {
    desk.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }

  // As after a crash: everything that was not on disk is gone.
  void reopen() {
    desk.reset();
    store.reset();
    std::filesystem::create_directories(folder);
    auto opened = SqliteRequestStore::at((folder / "desk.db").string());
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    store = *std::move(opened);
    make_desk(clock, {});
  }
  void make_desk(const async::Clock& its_clock, DeskTimes times) {
    desk = std::make_unique<Desk>(*store, events, policies, its_clock, pool, times);
  }

  journey::Call delete_call(std::string key = "a") {
    auto call = policy::testing::call(
        {policy::testing::need("s3:DeleteObject", "arn:aws:s3:::logs/" + key)});
    call.input = codec::Object{{"Bucket", "logs"}, {"Key", std::move(key)}};
    return call;
  }
  journey::JudgedCall judged(journey::Call call,
                             journey::Session session = policy::testing::session()) {
    const journey::Arrival arrival{CallId::make(clock.now(), {++serial}), clock.now(),
                                   "127.0.0.1:1", false};
    return policy::Judge::judge(
        sigv4::Verifier::authenticate(arrival, std::move(call), std::move(session)), policies.set);
  }

  template <class T>
  T run(async::Task<T> task) {
    boost::asio::io_context loop;
    std::optional<T> result;
    spawn(loop, std::move(task), [&](T value) { result.emplace(std::move(value)); });
    loop.run();
    return *std::move(result);
  }
  // co_spawn wants results that can be empty; ours cannot.
  template <class T, class Done>
  static void spawn(boost::asio::io_context& loop, async::Task<T> task, Done done) {
    const auto body = [](async::Task<T> inner, Done then) -> async::Task<void> {
      then(co_await std::move(inner));
    };
    boost::asio::co_spawn(loop, body(std::move(task), std::move(done)), boost::asio::detached);
  }
  auto settle(journey::Call call, journey::Session session = policy::testing::session()) {
    auto asked = judged(std::move(call), std::move(session));
    return run(desk->settle(asked, client));
  }
  // Asks without holding; the id of the request that opened or was joined.
  RequestId ask(journey::Call call) {
    auto settled = settle(std::move(call));
    EXPECT_FALSE(settled.has_value());
    if (settled || !settled.error().request) return {};
    EXPECT_EQ(settled.error().error.code, ErrorCode::kApprovalRequired);
    return *settled.error().request;
  }
  Result<Request> approve(const RequestId& id, journey::Principal who = person("lee")) {
    return run(desk->decide(id, std::move(who), true, ""));
  }
  Result<Request> deny(const RequestId& id, std::string reason) {
    return run(desk->decide(id, person("lee"), false, std::move(reason)));
  }
  template <class T>
  static ErrorCode code(const Result<T>& failed) {
    return failed.has_value() ? ErrorCode::kInternal : failed.error().code;
  }
  static ErrorCode code(const std::expected<journey::PermittedCall, Refused>& failed) {
    return failed.has_value() ? ErrorCode::kInternal : failed.error().error.code;
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("strait_desk_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "_" +
       std::to_string(reinterpret_cast<std::uintptr_t>(this)));
  FakeClock clock;
  Recording events;
  Policies policies;
  Client client;
  async::BlockingPool pool{4};
  std::unique_ptr<SqliteRequestStore> store;
  std::unique_ptr<Desk> desk;
  std::uint8_t serial = 0;
};

}  // namespace strait::desk::testing
