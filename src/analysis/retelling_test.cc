// SPDX-License-Identifier: Apache-2.0
#include "analysis/retelling.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

namespace strait::analysis {
namespace {

using journey::Effect;

constexpr auto kTwo = R"({"Effect":"Allow","Action":"sqs:DeleteMessage","Resource":"*",
    "Condition":{"NumericLessThan":{"strait:calls/sqs:Delete*":"2"}}})";
constexpr auto kTwoAnHour = R"({"Effect":"Allow","Action":"sqs:DeleteMessage","Resource":"*",
    "Condition":{"NumericLessThan":{"strait:calls/1h/sqs:Delete*":"2"}}})";
constexpr auto kLookFirst = R"({"Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"},
    {"Effect":"Allow","Action":"sqs:DeleteMessage","Resource":"*",
    "Condition":{"Bool":{"strait:seen/sqs:ListQueues":"true"}}})";

// The calls of a session, and what a policy would have said to each.
struct Tale {
  explicit Tale(const std::string& allow, const std::string& ask = "")
      : set(policy::testing::policies(allow, ask)), retelling(set) {
    session.id = *SessionId::parse("ses_01M84GWRTQFQ7T4JHSBPZWEVCW");
    session.role = policy::testing::kRole;
  }
  Effect told(const std::string& action, int minute, bool sent = true, bool whole = true) {
    auto call = policy::testing::call({});
    call.needs = {{.action = action, .resource = "arn:aws:sqs:eu-west-1:123456789012:q"}};
    const Past past{std::move(call), session, ""};
    return retelling.judge(past, {Timestamp(std::chrono::minutes(minute)), sent, whole}).effect;
  }
  Effect deleted(int minute, bool sent = true, bool whole = true) {
    return told("sqs:DeleteMessage", minute, sent, whole);
  }

  policy::PolicySet set;
  Retelling retelling;
  journey::Session session;
};

TEST(Retelling, CountsWhatTheSetItselfLetsThrough) {
  Tale tale(kTwo);
  EXPECT_EQ(tale.deleted(1), Effect::kAllow);
  EXPECT_EQ(tale.deleted(2, false), Effect::kAllow);  // refused then, sent under this set
  EXPECT_EQ(tale.deleted(3), Effect::kDeny);
}

TEST(Retelling, WhatIsDeniedDoesNotCountSoAWindowOpensAgain) {
  Tale tale(kTwoAnHour);
  EXPECT_EQ(tale.deleted(0), Effect::kAllow);
  EXPECT_EQ(tale.deleted(10), Effect::kAllow);
  EXPECT_EQ(tale.deleted(20), Effect::kDeny);
  EXPECT_EQ(tale.deleted(59), Effect::kDeny);
  EXPECT_EQ(tale.deleted(60), Effect::kAllow);
  EXPECT_EQ(tale.deleted(61), Effect::kDeny);
  EXPECT_EQ(tale.deleted(70), Effect::kAllow);
}

TEST(Retelling, SeenIsWhatCameBefore) {
  Tale tale(kLookFirst);
  EXPECT_EQ(tale.deleted(1), Effect::kDeny);
  EXPECT_EQ(tale.told("sqs:ListQueues", 2), Effect::kAllow);
  EXPECT_EQ(tale.deleted(3), Effect::kAllow);
}

TEST(Retelling, AnAskCountsWhenSomebodyApprovedIt) {
  Tale tale("", kTwo);
  EXPECT_EQ(tale.deleted(1, false), Effect::kAsk);
  EXPECT_EQ(tale.deleted(2, true), Effect::kAsk);
}

TEST(Retelling, AnotherSessionBeginsAnew) {
  Tale tale(kTwo);
  tale.deleted(1), tale.deleted(2);
  EXPECT_EQ(tale.deleted(3), Effect::kDeny);
  tale.session.id = *SessionId::parse("ses_01M84GWRTQFQ7T4JHSBPZWEVCX");
  EXPECT_EQ(tale.deleted(4), Effect::kAllow);
}

TEST(Retelling, AHistoryWithAGapIsUnknownToItsEnd) {
  Tale tale(kTwo);
  EXPECT_EQ(tale.deleted(1), Effect::kAllow);
  EXPECT_EQ(tale.deleted(2, true, false), Effect::kDeny);
  EXPECT_EQ(tale.deleted(3), Effect::kDeny);
}

}  // namespace
}  // namespace strait::analysis
