// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/pack_testing.h"
#include "policy/testing.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using policy::testing::kRole;
using ::testing::HasSubstr;

class Cases : public PackTest {
 protected:
  static PolicyCase reading(Effect expect) {
    return {.file = "dev.test.toml",
            .role = kRole,
            .action = "s3:GetObject",
            .resource = "arn:aws:s3:::site/index.html",
            .expect = expect};
  }
  static CaseResult run(const PolicyCase& one) {
    return run_case(
        one,
        policy::testing::policies(
            R"({"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*",
                "Condition":{"StringEqualsIfExists":{"aws:RequestedRegion":"eu-west-1"}}})",
            R"({"Sid":"Write","Effect":"Allow","Action":"s3:PutObject","Resource":"*"})"),
        words());
  }
};

TEST_F(Cases, ACasePassesWhenTheVerdictIsTheOneExpected) {
  EXPECT_TRUE(run(reading(Effect::kAllow)).passed);
  auto asked = reading(Effect::kAsk);
  asked.action = "s3:PutObject";
  EXPECT_TRUE(run(asked).passed);
  const auto failed = run(reading(Effect::kDeny));
  EXPECT_FALSE(failed.passed);
  EXPECT_THAT(failed.why, HasSubstr("is allow, by allow.json#Read; expected deny"));
}

TEST_F(Cases, WhatIsNotGivenIsAbsentAndWhatIsMarkedUnknownIsUnknown) {
  auto one = reading(Effect::kAllow);
  EXPECT_TRUE(run(one).passed);
  one.with = {{.key = "aws:RequestedRegion", .values = {"us-east-1"}}};
  EXPECT_FALSE(run(one).passed);
  one.with = {{.key = "aws:RequestedRegion", .values = {}, .unknown = true}};
  EXPECT_FALSE(run(one).passed);
}

TEST_F(Cases, TheStatementThatDecidesCanBeDemanded) {
  auto one = reading(Effect::kAllow);
  for (const auto* rule : {"allow.json#Read", "#Read"}) {
    one.rule = rule;
    EXPECT_TRUE(run(one).passed) << rule;
  }
  one.rule = "#Other";
  EXPECT_THAT(run(one).why, HasSubstr("but by allow.json#Read and not by #Other"));
  one.action = "s3:DeleteObject";
  one.expect = Effect::kDeny;
  one.rule = "none";
  EXPECT_TRUE(run(one).passed);
}

TEST_F(Cases, ATestOfAMisspeltActionOrOfNoRoleFails) {
  auto one = reading(Effect::kDeny);
  one.action = "s3:GetObjekt";
  EXPECT_THAT(run(one).why, HasSubstr("did you mean `s3:GetObject`?"));
  one = reading(Effect::kDeny);
  one.role = "arn:aws:iam::123456789012:role/nobody";
  EXPECT_THAT(run(one).why, HasSubstr("there is no role"));
}

}  // namespace
}  // namespace strait::analysis
