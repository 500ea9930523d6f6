// SPDX-License-Identifier: Apache-2.0
#include "gateway/histories.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "gateway/role_limits.h"
#include "policy/judge.h"
#include "policy/testing.h"

namespace strait::gateway {
namespace {

using namespace std::chrono_literals;
using journey::Effect;
using policy::testing::need;

constexpr Timestamp kNow{Seconds(1'700'000'100)};
constexpr auto kRole = policy::testing::kRole;

Histories::Who who(std::string key = "ses_1") {
  return {std::move(key), kRole, Timestamp(Seconds(1'700'000'000)), kNow + 1h};
}

std::optional<std::uint64_t> done(Histories& table, const std::string& ask, Timestamp now = kNow,
                                  const Histories::Who& of = who()) {
  const auto parsed = policy::parse_history(ask, true);
  EXPECT_TRUE(parsed) << ask;
  return table.enter(of, now).done(*parsed);
}

void act(Histories& table, const std::string& action, Timestamp at = kNow,
         const Histories::Who& by = who()) {
  const std::vector needs{need(action, "arn:aws:s3:::b/k")};
  table.enter(by, at).take(needs).keep();
}

TEST(Histories, CountWhatWasSentByPatternAndWindow) {
  Histories table;
  table.watch(kRole, {});
  act(table, "s3:DeleteObject", kNow - 30s);
  act(table, "s3:DeleteObject");
  act(table, "s3:GetObject");
  EXPECT_EQ(done(table, "s3:DeleteObject"), 2U);
  EXPECT_EQ(done(table, "S3:delete*"), 2U);
  EXPECT_EQ(done(table, "*"), 3U);
  EXPECT_EQ(done(table, "10s/s3:DeleteObject"), 1U);
  EXPECT_EQ(done(table, "1h/s3:DeleteObject"), 2U);
  EXPECT_EQ(done(table, "s3:PutObject"), 0U);
  EXPECT_EQ(done(table, "*", kNow, who("ses_2")), 0U) << "another session's";
}

TEST(Histories, APlaceThatIsNotKeptIsGivenBack) {
  Histories table;
  table.watch(kRole, {});
  const std::vector needs{need("s3:DeleteObject", "arn:aws:s3:::b/k"),
                          need("s3:DeleteObject", "arn:aws:s3:::b/l")};
  {
    const auto place = table.enter(who(), kNow).take(needs);
    EXPECT_EQ(done(table, "s3:DeleteObject"), 2U) << "taken while it is on its way";
  }
  EXPECT_EQ(done(table, "s3:DeleteObject"), 0U);
  EXPECT_EQ(done(table, "1m/s3:DeleteObject"), 0U);
}

TEST(Histories, WhatWasBeforeCountingIsUnknown) {
  Histories table;
  EXPECT_EQ(done(table, "*"), std::nullopt) << "nobody counts";
  table.watch(kRole, kNow - 10s);
  EXPECT_EQ(done(table, "*"), std::nullopt) << "the session began before";
  EXPECT_EQ(done(table, "5s/*"), 0U);
  EXPECT_EQ(done(table, "1h/*"), std::nullopt);
  auto young = who("ses_2");
  young.began = kNow - 5s;
  EXPECT_EQ(done(table, "*", kNow, young), 0U);
}

TEST(Histories, AFullTableKnowsNothingOfNewcomersNorLater) {
  Histories table({.counted_max = 64, .events_max = 10, .actions_max = 4});
  table.watch(kRole, {});
  for (int i = 0; i < 1000; ++i) act(table, "s3:GetObject", kNow, who("ses_" + std::to_string(i)));
  EXPECT_LE(table.size(), 64U);
  EXPECT_EQ(done(table, "*", kNow, who("ses_another")), std::nullopt);
  // When the others have ended there is room; but what a session did while there was none is lost.
  auto late = who("ses_999");
  late.expires = kNow + 5h;
  EXPECT_EQ(done(table, "*", kNow + 2h, late), std::nullopt);
}

TEST(Histories, EventsBeyondTheMostAreOnlyInTheTotals) {
  Histories table({.counted_max = 64, .events_max = 10, .actions_max = 4});
  table.watch(kRole, {});
  for (int i = 0; i < 20; ++i) act(table, "s3:GetObject", kNow - 20s + i * 1s);
  EXPECT_EQ(done(table, "*"), 20U);
  EXPECT_EQ(done(table, "5s/*"), 4U);
  EXPECT_EQ(done(table, "15s/*"), std::nullopt);
}

TEST(Histories, TooManyActionsAreUnknown) {
  Histories table({.counted_max = 64, .events_max = 10, .actions_max = 4});
  table.watch(kRole, {});
  for (int i = 0; i < 5; ++i) act(table, "s3:Action" + std::to_string(i));
  EXPECT_EQ(done(table, "*"), std::nullopt);
}

TEST(Histories, OfManyAtOnceExactlyAsManyPassAsPlacesAreLeft) {
  Histories table;
  table.watch(kRole, {});
  const auto set = policy::testing::policies(
      R"({"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*",)"
      R"("Condition":{"NumericLessThan":{"strait:calls/1h/s3:DeleteObject":"20"}}})");
  const auto session = policy::testing::session();
  const auto call = policy::testing::call({need("s3:DeleteObject", "arn:aws:s3:::b/k")});
  const auto by = who(std::string(session.id.str()));
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        Histories::Place place;
        {
          auto past = table.enter(by, kNow);
          const auto verdict = policy::Judge::evaluate(set, kRole, call, session, &past);
          if (verdict.effect != Effect::kAllow) continue;
          place = past.take(call.needs);
        }
        // Every other one fails before it is sent, and another may have its place.
        if ((i + t) % 2 != 0) continue;
        place.keep();
        ++allowed;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(allowed, 20);
}

TEST(Histories, ACallForManyThingsNeedsAPlaceForEach) {
  Histories table;
  table.watch(kRole, {});
  const auto set = policy::testing::policies(
      R"({"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*",)"
      R"("Condition":{"NumericLessThan":{"strait:calls/s3:DeleteObject":"20"}}})");
  const auto session = policy::testing::session();
  const auto effect = [&](int things) {
    std::vector<journey::Need> needs;
    for (int i = 0; i < things; ++i)
      needs.push_back(need("s3:DeleteObject", "arn:aws:s3:::b/" + std::to_string(i)));
    const auto past = table.enter(who(), kNow);
    return policy::Judge::evaluate(set, kRole, policy::testing::call(needs), session, &past).effect;
  };
  EXPECT_EQ(effect(20), Effect::kAllow);
  EXPECT_EQ(effect(21), Effect::kDeny);
  act(table, "s3:DeleteObject");
  EXPECT_EQ(effect(20), Effect::kDeny);
  EXPECT_EQ(effect(19), Effect::kAllow);
}

TEST(Histories, WhatTheRecordSaysIsTakenUp) {
  Histories table;
  table.watch(kRole, {});
  const std::vector<std::string_view> actions{"s3:DeleteObject", "s3:DeleteObject"};
  table.remember(who(), kNow - 2s, actions, true);
  EXPECT_EQ(done(table, "1s/*"), 0U);
  EXPECT_EQ(done(table, "*"), 2U);
  table.remember(who(), kNow - 2s, actions, false);
  EXPECT_EQ(done(table, "*"), std::nullopt) << "a list that was cut";
}

TEST(RoleLimits, SpendByAccessLevelNotByAction) {
  Histories::LevelOf level = [](std::string_view action) -> std::string_view {
    return action.find("Get") == std::string_view::npos ? "Write" : "Read";
  };
  Histories table({}, level);
  table.watch(kRole, {});
  const RoleLimits limits{.spends = {{"Write", 3, Seconds(3600)}}};
  const std::vector write{need("s3:PutObject", "a")}, read{need("s3:GetObject", "a")};
  const std::vector two{need("s3:DeleteObject", "a"), need("s3:DeleteObject", "b")};
  const auto why = [&](const auto& needs, Timestamp now = kNow) {
    const auto by = who();
    const auto past = table.enter(by, now);
    return overspends(limits, needs, past, level).value_or("");
  };
  act(table, "s3:PutObject");
  act(table, "s3:DeleteObject");
  EXPECT_EQ(why(write), "");
  EXPECT_NE(why(two).find("has done 2"), std::string::npos) << why(two);
  act(table, "sqs:SendMessage");
  EXPECT_NE(why(write), "");
  EXPECT_EQ(why(read), "");
  EXPECT_EQ(why(write, kNow + 2h), "");
}

std::string_view level_by_name(std::string_view action) {
  return action.find("Get") == std::string_view::npos ? "Write" : "Read";
}

// Else an agent that reads all day could not write any more, because its writes were forgotten.
TEST(RoleLimits, WhatIsNotLimitedPushesNothingOut) {
  Histories table({.events_max = 8}, level_by_name);
  table.watch(kRole, {});
  const RoleLimits limits{.spends = {{"Write", 3, Seconds(3600)}}};
  const std::vector write{need("s3:PutObject", "a")}, read{need("s3:GetObject", "a")};
  const auto by = who();
  table.enter(by, kNow - 30s).take(write, limits.levels()).keep();
  for (int i = 0; i < 100; ++i) table.enter(by, kNow).take(read, limits.levels()).keep();
  EXPECT_EQ(table.enter(by, kNow).done_of_level("Write", Seconds(3600)), 1U);
  EXPECT_EQ(overspends(limits, write, table.enter(by, kNow), level_by_name), std::nullopt);
}

TEST(RoleLimits, WhatARecordDoesNotListCountsOnEveryLimitedLevel) {
  const RoleLimits limits{.spends = {{"Write", 3, Seconds(3600)}, {"Write", 9, Seconds(60)}}};
  std::vector<std::string_view> actions{"s3:PutObject", "s3:GetObject"};
  keep_limited(actions, 0, limits, level_by_name);
  EXPECT_EQ(actions, std::vector<std::string_view>{"s3:PutObject"});
  actions = {"s3:PutObject", "s3:GetObject"};
  keep_limited(actions, 2, limits, level_by_name);
  EXPECT_EQ(std::ranges::count(actions, "s3:PutObject"), 3) << "the last one listed was a read";
  actions = {"s3:GetObject"};
  keep_limited(actions, 2, limits, level_by_name);
  ASSERT_EQ(actions.size(), 2U);
  EXPECT_EQ(level_by_name(actions[0]), "Write");
}

TEST(RoleLimits, ARateLetsASecondsWorthThroughAtOnce) {
  Rates rates;
  int passed = 0;
  for (int i = 0; i < 100; ++i) passed += rates.take("agent", 10, kNow);
  EXPECT_EQ(passed, 10);
  EXPECT_TRUE(rates.take("another", 10, kNow));
  EXPECT_FALSE(rates.take("agent", 10, kNow + 50ms));
  EXPECT_TRUE(rates.take("agent", 10, kNow + 150ms));
  EXPECT_FALSE(rates.take("agent", 10, kNow - 1h)) << "a clock that went back gives nothing";
}

TEST(RoleLimits, ATableOfRatesThatIsFullSaysNo) {
  Rates rates(16);
  int passed = 0;
  for (int i = 0; i < 1000; ++i) passed += rates.take("agent" + std::to_string(i), 1, kNow);
  EXPECT_LE(passed, 16);
  EXPECT_TRUE(rates.take("later", 1, kNow + 2s)) << "full buckets make room";
}

}  // namespace
}  // namespace strait::gateway
