// SPDX-License-Identifier: Apache-2.0
#include "analysis/who_can.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "analysis/pack_testing.h"
#include "policy/can_i.h"
#include "policy/policy_set.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kRole = "arn:aws:iam::123456789012:role/developer";

policy::RoleSource role(std::string_view allow, std::string_view ask = "") {
  const auto document = [](std::string_view statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + std::string(statements) + "]}";
  };
  policy::RoleSource source{kRole, {}, {}};
  if (!allow.empty()) source.allow.push_back({"allow.json", document(allow)});
  if (!ask.empty()) source.ask.push_back({"ask.json", document(ask)});
  return source;
}

class WhoCanTest : public PackTest {
 protected:
  static WhoCan one(const policy::RoleSource& source, const std::string& action,
                    const std::string& resource) {
    auto all = who_can({source}, action, resource, words());
    EXPECT_TRUE(all.has_value());
    return all ? all->front() : WhoCan{};
  }
};

constexpr std::string_view kRead =
    R"({"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::site/*"})";

TEST_F(WhoCanTest, AStatementWithoutConditionsIsForAlways) {
  const auto answer = one(role(kRead), "s3:GetObject", "arn:aws:s3:::site/a");
  EXPECT_EQ(answer.effect, Effect::kAllow);
  EXPECT_TRUE(answer.always);
  ASSERT_EQ(answer.says.size(), 1u);
  EXPECT_EQ(answer.says[0].statement.str(), "allow.json#Read");
}

TEST_F(WhoCanTest, AnythingElseIsDeniedAlways) {
  const auto answer = one(role(kRead), "s3:GetObject", "arn:aws:s3:::other/a");
  EXPECT_EQ(answer.effect, Effect::kDeny);
  EXPECT_TRUE(answer.always);
  EXPECT_THAT(answer.says, IsEmpty());
}

TEST_F(WhoCanTest, ConditionsAreToldInWords) {
  const auto answer = one(role(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*",
                   "Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-2"]}}})"),
                          "s3:GetObject", "arn:aws:s3:::site/a");
  EXPECT_EQ(answer.effect, Effect::kAllow);
  EXPECT_FALSE(answer.always);
  EXPECT_THAT(answer.says[0].conditions,
              ElementsAre("StringEquals aws:RequestedRegion `eu-west-1` or `eu-west-2`"));
}

TEST_F(WhoCanTest, AskComesBeforeAllow) {
  const auto answer =
      one(role(kRead, R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*"})"),
          "s3:GetObject", "arn:aws:s3:::site/a");
  EXPECT_EQ(answer.effect, Effect::kAsk);
  EXPECT_TRUE(answer.always);
}

TEST_F(WhoCanTest, WhatMustBeNamedIsNotReachedByAWildcard) {
  EXPECT_EQ(one(role(R"({"Effect":"Allow","Action":"lambda:*","Resource":"*"})"),
                "lambda:AddPermission", "*")
                .effect,
            Effect::kDeny);
  EXPECT_EQ(one(role(R"({"Effect":"Allow","Action":"lambda:AddPermission","Resource":"*"})"),
                "lambda:AddPermission", "*")
                .effect,
            Effect::kAllow);
}

TEST_F(WhoCanTest, APatternIsAskedAboutWhole) {
  EXPECT_EQ(one(role(kRead), "s3:GetObject", "arn:aws:s3:::site/img/*").effect, Effect::kAllow);
  EXPECT_EQ(one(role(kRead), "s3:GetObject", "arn:aws:s3:::*/a").effect, Effect::kDeny);
}

// The judge knows every policy; who_can must never promise what it refuses.
TEST_F(WhoCanTest, NeverContradictsTheJudge) {
  std::mt19937 random(7);
  const auto pick = [&](auto& list) { return list[random() % std::size(list)]; };
  constexpr const char* kActions[] = {"s3:GetObject",
                                      "s3:*",
                                      "s3:Get*",
                                      "*",
                                      "lambda:AddPermission",
                                      "lambda:*",
                                      "strait:class/edit-policy",
                                      "strait:class/run-code"};
  constexpr const char* kAsked[] = {"s3:GetObject", "s3:PutObject", "lambda:AddPermission"};
  constexpr const char* kResources[] = {"*", "arn:aws:s3:::site/*", "arn:aws:s3:::site/a",
                                        "arn:aws:s3:::${aws:username}/*"};
  constexpr const char* kTargets[] = {"arn:aws:s3:::site/a", "arn:aws:s3:::site/*", "*"};
  constexpr const char* kConditions[] = {
      "", R"(,"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})"};
  int always = 0;
  for (int round = 0; round < 5'000; ++round) {
    std::string texts[2];
    for (int i = 0; i < 4; ++i) {
      auto& text = texts[random() % 2];
      text += text.empty() ? "" : ",";
      text += std::string(R"({"Effect":")") + (random() % 4 == 0 ? "Deny" : "Allow") +
              R"(","Action":")" + pick(kActions) + R"(","Resource":")" + pick(kResources) + "\"" +
              pick(kConditions) + "}";
    }
    const auto source = role(texts[0], texts[1]);
    const std::string action = pick(kAsked);
    const std::string resource = pick(kTargets);
    const auto answer = one(source, action, resource);
    const auto policies = policy::compile({source});
    ASSERT_TRUE(policies);
    policy::Question question{.role = kRole, .action = action, .resource = resource, .context = {}};
    question.classes = words().catalog().classes_of_action(action);
    for (const char* region : {"", "eu-west-1", "us-east-1"}) {
      question.context.clear();
      if (*region != 0)
        question.context.push_back({.key = "aws:RequestedRegion", .values = {region}});
      question.context.push_back({.key = "aws:username", .values = {"site"}});
      const auto judged = policy::can_i(*policies, question).effect;
      ASSERT_GE(static_cast<int>(judged), static_cast<int>(answer.effect))
          << texts[0] << "\n"
          << texts[1] << "\n"
          << action << " " << resource << " " << region;
      if (answer.always) {
        ASSERT_EQ(judged, answer.effect) << texts[0] << "\n"
                                         << texts[1] << "\n"
                                         << action << " " << resource << " " << region;
      }
    }
    always += answer.always ? 1 : 0;
  }
  EXPECT_GT(always, 500);
}

}  // namespace
}  // namespace strait::analysis
