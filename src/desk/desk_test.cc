// SPDX-License-Identifier: Apache-2.0
#include "desk/desk.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <thread>

#include "desk/testing.h"

namespace strait::desk {
namespace {

using namespace std::chrono_literals;
using testing::person;
using DeskTest = testing::World;

TEST_F(DeskTest, AllowedCallsPassAtOnceAndDeniedOnesAreRefused) {
  policies.set =
      policy::testing::policies(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*"})");
  auto allowed = judged(policy::testing::call({policy::testing::need("s3:GetObject", "*")}));
  auto permitted = desk->permit(allowed);
  ASSERT_TRUE(permitted.has_value());
  EXPECT_FALSE(permitted->approval().has_value());
  auto denied = judged(delete_call());
  EXPECT_FALSE(desk->permit(denied).has_value());
  auto settled = run(desk->settle(denied, client));
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kDenied);
  EXPECT_EQ(settled.error().error.message, "no strait policy allows the s3:DeleteObject action");
  EXPECT_EQ(denied.call().needs.size(), 1u) << "a no leaves the call with its owner";
  EXPECT_TRUE(events.seen.empty());
}

TEST_F(DeskTest, AnApprovedCallPassesExactlyOnce) {
  const auto id = ask(delete_call());
  ASSERT_TRUE(approve(id).has_value());
  auto first = settle(delete_call());
  ASSERT_TRUE(first.has_value()) << first.error().error.message;
  ASSERT_TRUE(first->approval().has_value());
  EXPECT_EQ(first->approval()->request, id);
  EXPECT_EQ(first->approval()->approvers, std::vector<std::string>{"https://people.example|lee"});
  EXPECT_EQ(first->approval()->digest.size(), 64u);
  const auto second = ask(delete_call());
  EXPECT_NE(second, id) << "the next one asks anew";
  EXPECT_EQ(events.seen,
            (std::vector<std::string>{"requested s3:DeleteObject", "approved by lee with grant",
                                      "consumed", "requested s3:DeleteObject"}));
}

TEST_F(DeskTest, TheSameCallJoinsItsPendingRequest) {
  const auto id = ask(delete_call());
  EXPECT_EQ(ask(delete_call()), id);
  EXPECT_EQ(events.seen.size(), 1u);
}

TEST_F(DeskTest, AChangedCallIsAnotherRequest) {
  const auto id = ask(delete_call("a"));
  ASSERT_TRUE(approve(id).has_value());
  EXPECT_NE(ask(delete_call("b")), id);
  auto other_region = delete_call("a");
  other_region.region = "us-east-1";
  EXPECT_NE(ask(std::move(other_region)), id);
  auto more = delete_call("a");
  more.input.object()->push_back({"VersionId", "1"});
  EXPECT_NE(ask(std::move(more)), id);
  auto other_agent = policy::testing::session();
  other_agent.principal.subject = "agent-8";
  EXPECT_FALSE(settle(delete_call("a"), other_agent).has_value());
  auto next_session = policy::testing::session();
  next_session.id = SessionId::make(clock.now(), {9});
  EXPECT_TRUE(settle(delete_call("a"), next_session).has_value())
      << "the grant is the agent's, not the session's";
}

TEST_F(DeskTest, OneHundredAtOnceGetOneGrantOnce) {
  const auto id = ask(delete_call());
  ASSERT_TRUE(approve(id).has_value());
  std::vector<std::jthread> threads;
  std::atomic<int> got = 0;
  const auto digest = run(desk->find(id))->digest;
  auto second = SqliteRequestStore::at(
      (folder / "desk.db").string());  // another process, as far as SQLite can tell
  ASSERT_TRUE(second.has_value());
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&, i] {
      auto& its_store = i % 2 == 0 ? *store : **second;
      const auto consumed = its_store.consume(digest, "call_" + std::to_string(i), clock.now());
      ASSERT_TRUE(consumed.has_value()) << consumed.error().message;
      got += consumed->has_value();
    });
  }
  threads.clear();
  EXPECT_EQ(got, 1);
}

TEST_F(DeskTest, OneHundredCallsAtOnceAreOnePermitted) {
  ASSERT_TRUE(approve(ask(delete_call())).has_value());
  boost::asio::io_context loop;
  int permitted = 0;
  std::vector<std::unique_ptr<journey::JudgedCall>> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(std::make_unique<journey::JudgedCall>(judged(delete_call())));
    spawn(loop, desk->settle(*calls.back(), client),
          [&](auto settled) { permitted += settled.has_value(); });
  }
  loop.run();
  EXPECT_EQ(permitted, 1);
  EXPECT_EQ(std::ranges::count(events.seen, "consumed"), 1);
}

TEST_F(DeskTest, RequestsAndGrantsExpire) {
  const auto id = ask(delete_call());
  clock.pass(15min);
  EXPECT_EQ(code(approve(id)), ErrorCode::kConflict);
  ASSERT_TRUE(run(desk->sweep()).has_value());
  ASSERT_TRUE(run(desk->sweep()).has_value());
  EXPECT_EQ(events.seen.back(), "expired");
  EXPECT_EQ(std::ranges::count(events.seen, "expired"), 1);
  EXPECT_EQ(run(desk->find(id))->state, RequestState::kExpired);

  const auto next = ask(delete_call());
  EXPECT_NE(next, id);
  ASSERT_TRUE(approve(next).has_value());
  clock.pass(15min);
  EXPECT_NE(ask(delete_call()), next) << "a grant too old is no grant";
}

TEST_F(DeskTest, OnlyListedPeopleDecide) {
  const auto id = ask(delete_call());
  EXPECT_EQ(code(approve(id, person("eve", {"developers"}))), ErrorCode::kDenied);
  policies.config->approvers = {"email:max@acme.dev"};
  EXPECT_EQ(code(approve(id, person("lee"))), ErrorCode::kDenied) << "no longer listed";
  EXPECT_EQ(code(approve(id, person("max", {"developers"}))), ErrorCode::kDenied)
      << "not listed when the request was shown";
  policies.config->approvers.clear();
  EXPECT_EQ(code(approve(id)), ErrorCode::kDenied) << "nobody listed, nobody may";
}

TEST_F(DeskTest, TheAskerCannotApproveUnderAnyName) {
  auto session = policy::testing::session();
  session.principal.claims = {
      {"act.sub", {"Kim"}}, {"email", {"agent@acme.dev"}}, {"owner", {"lee@ACME.dev"}}};
  auto asked = judged(delete_call(), session);
  const auto settled = run(desk->settle(asked, client));
  ASSERT_FALSE(settled.has_value());
  const auto id = settled.error().request.value();
  EXPECT_EQ(code(approve(id, person("lee"))), ErrorCode::kDenied) << "the owner";
  EXPECT_EQ(code(approve(id, person("kim"))), ErrorCode::kDenied) << "whom the agent acts for";
  auto itself = session.principal;
  itself.claims.push_back({"groups", {"platform"}});
  EXPECT_EQ(code(approve(id, itself)), ErrorCode::kDenied);
  auto second_account = person("other");
  second_account.issuer = "https://elsewhere.example";
  second_account.claims[0].second = {"Agent@acme.dev"};
  EXPECT_EQ(code(approve(id, second_account)), ErrorCode::kDenied) << "the same mailbox";
  EXPECT_TRUE(approve(id, person("max")).has_value());
}

TEST_F(DeskTest, DistinctHumansAreCounted) {
  policies.config->approvals_required = 2;
  const auto id = ask(delete_call());
  EXPECT_EQ(approve(id)->state, RequestState::kPending);
  EXPECT_EQ(code(approve(id)), ErrorCode::kConflict);
  auto second_account = person("lee2");
  second_account.claims[0].second = {"LEE@acme.dev"};
  EXPECT_EQ(code(approve(id, second_account)), ErrorCode::kConflict) << "one human, two accounts";
  EXPECT_EQ(ask(delete_call()), id);
  EXPECT_EQ(approve(id, person("max"))->state, RequestState::kApproved);
  EXPECT_TRUE(settle(delete_call()).has_value());
}

TEST_F(DeskTest, ADenialReachesTheAskerWithItsReason) {
  const auto id = ask(delete_call());
  ASSERT_TRUE(deny(id, "use the staging\nbucket").has_value());
  auto settled = settle(delete_call());
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kApprovalRefused);
  EXPECT_EQ(settled.error().error.message,
            "approval " + std::string(id.str()) +
                " was refused by lee@acme.dev: use the staging\\u{a}bucket");
  EXPECT_EQ(code(approve(id, person("max"))), ErrorCode::kConflict);
  clock.pass(16min);
  EXPECT_NE(ask(delete_call()), id);
}

TEST_F(DeskTest, ANewDenyWinsOverAnApproval) {
  ASSERT_TRUE(approve(ask(delete_call())).has_value());
  auto asked = judged(delete_call());
  policies.set = policy::testing::policies(
      "", testing::kAskDeletes + std::string(R"(,{"Effect":"Deny","Action":"*","Resource":"*"})"));
  auto settled = run(desk->settle(asked, client));
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kDenied);
  EXPECT_EQ(settled.error().verdict.effect, journey::Effect::kDeny);
  EXPECT_EQ(std::ranges::count(events.seen, "consumed"), 0);
}

TEST_F(DeskTest, AnotherPolicyVoidsAnApproval) {
  const auto id = ask(delete_call());
  ASSERT_TRUE(approve(id).has_value());
  policies.set = policy::testing::policies(
      R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*"})", testing::kAskDeletes);
  EXPECT_NE(ask(delete_call()), id);
}

TEST_F(DeskTest, WithoutTheRecorderNothingMoves) {
  events.down = true;
  auto settled = settle(delete_call());
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kRecorderUnavailable);
  EXPECT_TRUE(run(desk->list(true))->empty()) << "an unrecorded request is shown to nobody";

  events.down = false;
  const auto id = ask(delete_call());
  events.down = true;
  EXPECT_EQ(code(approve(id)), ErrorCode::kRecorderUnavailable);
  EXPECT_EQ(run(desk->find(id))->state, RequestState::kPending);
  events.down = false;
  ASSERT_TRUE(approve(id).has_value()) << "the unrecorded word does not count as spoken";
  events.down = true;
  EXPECT_EQ(code(settle(delete_call())), ErrorCode::kRecorderUnavailable);
  events.down = false;
  EXPECT_FALSE(settle(delete_call()).has_value()) << "the grant is burnt, not given back";
}

TEST_F(DeskTest, AStreamedBodyNeedsADeclaredHash) {
  auto put = delete_call();
  put.stream = journey::Stream{"Body", 3, "", "", "", false};
  auto settled = settle(put);
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kUnsupported);
  put.stream->sha256_hex = std::string(64, 'a');
  const auto id = ask(put);
  put.stream->sha256_hex = std::string(64, 'b');
  EXPECT_NE(ask(put), id);
}

TEST_F(DeskTest, StateSurvivesACrashAtEveryStep) {
  const auto id = ask(delete_call());
  reopen();
  EXPECT_EQ(ask(delete_call()), id);
  ASSERT_TRUE(approve(id).has_value());
  reopen();
  const auto kept = run(desk->find(id));
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->state, RequestState::kApproved);
  EXPECT_EQ(kept->decisions.at(0).display, "lee@acme.dev");
  EXPECT_EQ(kept->lineage.names, lineage_of(policy::testing::session().principal).names);
  EXPECT_TRUE(settle(delete_call()).has_value());
  reopen();
  EXPECT_TRUE(run(desk->find(id))->consumed);
  EXPECT_NE(ask(delete_call()), id);
}

// A crash between keeping a decision and recording it leaves a word that never counts.
TEST_F(DeskTest, AnUnconfirmedDecisionNeverCounts) {
  const auto id = ask(delete_call());
  const Decision decision{true, "https://people.example", "lee", "lee", "", clock.now()};
  ASSERT_TRUE(store->propose(id, decision, lineage_of(person("lee")), clock.now()).has_value());
  reopen();
  EXPECT_EQ(run(desk->find(id))->state, RequestState::kPending);
  EXPECT_TRUE(run(desk->find(id))->decisions.empty());
  EXPECT_TRUE(approve(id).has_value());
}

TEST_F(DeskTest, OnlyTheAskerGivesTheReason) {
  const auto id = ask(delete_call());
  EXPECT_EQ(run(desk->give_reason(id, person("eve"), "trust me")).error().code, ErrorCode::kDenied);
  ASSERT_TRUE(run(desk->give_reason(id, policy::testing::session().principal, "clean old logs"))
                  .has_value());
  EXPECT_EQ(run(desk->find(id))->reason, "clean old logs");
}

// Holding, with real time: the decisions are made on another loop and thread.
// Spans are far longer than anything takes: only what is woken ends in time.
class HoldTest : public testing::World {
 protected:
  static constexpr Seconds kLong{100};

  HoldTest() {
    policies.config->hold = kLong;
    make_desk(real_, {kLong, kLong, kLong});
  }

  template <class Meanwhile>
  auto settle_while(Meanwhile meanwhile) {
    auto asked = judged(delete_call());
    std::jthread other([&] {
      for (;;) {
        const auto waiting = run(desk->list(true));
        if (waiting && !waiting->empty()) return meanwhile(waiting->front().id);
        std::this_thread::sleep_for(1ms);
      }
    });
    return run(desk->settle(asked, client));
  }

  async::SystemClock real_;
};

TEST_F(HoldTest, AnApprovalElsewhereWakesTheWaitingCall) {
  const auto began = std::chrono::steady_clock::now();
  auto settled = settle_while([&](const RequestId& id) { EXPECT_TRUE(approve(id).has_value()); });
  ASSERT_TRUE(settled.has_value()) << settled.error().error.message;
  EXPECT_TRUE(settled->approval().has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 90s) << "woken, not timed out";
}

TEST_F(HoldTest, ADenialElsewhereEndsTheWait) {
  auto settled =
      settle_while([&](const RequestId& id) { EXPECT_TRUE(deny(id, "not today").has_value()); });
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kApprovalRefused);
  EXPECT_NE(settled.error().error.message.find("not today"), std::string::npos);
}

// Ten milliseconds pass at every look.
class SteppingClock final : public async::Clock {
 public:
  Timestamp now() const override { return now_ += 10ms; }

 private:
  mutable Timestamp now_{Seconds(1'700'000'000)};
};

TEST_F(HoldTest, WaitingSendsContinuesAndEndsInARequestId) {
  const SteppingClock stepping;
  make_desk(stepping, {300ms, 40ms, 1ms});
  auto settled = settle(delete_call());
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kApprovalRequired);
  ASSERT_TRUE(settled.error().request.has_value());
  EXPECT_NE(settled.error().error.message.find(settled.error().request->str()), std::string::npos);
  EXPECT_GE(client.continues, 3);
  EXPECT_LE(client.continues, 8);
}

TEST_F(HoldTest, ADecisionOfAnotherProcessIsFoundByLooking) {
  make_desk(real_, {kLong, kLong, 20ms});
  auto theirs = SqliteRequestStore::at((folder / "desk.db").string());
  ASSERT_TRUE(theirs.has_value());
  Desk other(**theirs, events, policies, real_, pool, {});
  auto settled = settle_while([&](const RequestId& id) {
    EXPECT_TRUE(run(other.decide(id, person("lee"), true, "")).has_value());
  });
  EXPECT_TRUE(settled.has_value());
}

TEST_F(HoldTest, AClientThatLeftIsNotWaitedFor) {
  client.gone = true;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(settle(delete_call()).has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - began, 90s);
}

TEST_F(HoldTest, AnApprovalIsNotWastedOnAClientThatLeft) {
  auto settled = settle_while([&](const RequestId& id) {
    client.gone = true;
    EXPECT_TRUE(approve(id).has_value());
  });
  EXPECT_FALSE(settled.has_value());
  client.gone = false;
  EXPECT_TRUE(settle(delete_call()).has_value()) << "the retry gets it";
}

TEST_F(HoldTest, ADenyAddedWhileWaitingWins) {
  auto settled = settle_while([&](const RequestId& id) {
    policies.set = policy::testing::policies(
        "",
        testing::kAskDeletes + std::string(R"(,{"Effect":"Deny","Action":"*","Resource":"*"})"));
    EXPECT_TRUE(approve(id).has_value());
  });
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().error.code, ErrorCode::kDenied);
}

}  // namespace
}  // namespace strait::desk
