// SPDX-License-Identifier: Apache-2.0
#include "analysis/policy_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/pack_testing.h"

namespace strait::analysis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Diff : public PackTest {
 protected:
  static policy::RoleSource role(std::string_view statements, std::string_view ask = "") {
    const auto document = [](std::string_view text) {
      return R"({"Version":"2012-10-17","Statement":[)" + std::string(text) + "]}";
    };
    policy::RoleSource source{"role", {{"a.json", document(statements)}}, {}};
    if (!ask.empty()) source.ask.push_back({"b.json", document(ask)});
    return source;
  }
  static PolicyDiff of(const policy::RoleSource& before, const policy::RoleSource& after) {
    auto made = diff({before}, {after}, words());
    EXPECT_TRUE(made.has_value());
    return made ? *made : PolicyDiff{};
  }
};

constexpr std::string_view kRead =
    R"({"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::site/*"})";

TEST_F(Diff, LayoutOrderAndNamesAreNoChangeOfAccess) {
  const auto other =
      of(role(std::string(kRead) + R"(,{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"})"),
         role(R"({"Effect":"Deny","Action":"S3:putobject","Resource":["*"]},
              {"Sid":"Other","Effect":"Allow","Action":["s3:ListBucket","s3:GetObject"],"Resource":"arn:aws:s3:::site/*"})"));
  EXPECT_THAT(other.statements, IsEmpty());
  EXPECT_THAT(other.access, IsEmpty());
}

TEST_F(Diff, OneMoreActionIsWiderForThatActionAlone) {
  const auto made = of(
      role(kRead),
      role(
          R"({"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","s3:PutObject"],"Resource":"arn:aws:s3:::site/*"})"));
  ASSERT_EQ(made.statements.size(), 1u);
  EXPECT_EQ(made.statements[0].kind, StatementChange::kChanged);
  EXPECT_THAT(made.statements[0].lines, ElementsAre("+ action s3:putobject"));
  ASSERT_EQ(made.access.size(), 1u);
  EXPECT_EQ(made.access[0].allow, Extent::kWider);
  EXPECT_THAT(made.access[0].actions, ElementsAre("s3:PutObject"));
}

TEST_F(Diff, AConditionMoreIsNarrowerAndOneLessIsWider) {
  const auto with = role(R"({"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*",
               "Condition":{"Bool":{"aws:SecureTransport":"true"}}})");
  const auto without =
      role(R"({"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"})");
  EXPECT_EQ(of(without, with).access.at(0).allow, Extent::kNarrower);
  EXPECT_EQ(of(with, without).access.at(0).allow, Extent::kWider);
}

TEST_F(Diff, AnotherResourceIsNeither) {
  const auto made =
      of(role(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::a/*"})"),
         role(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})"));
  EXPECT_EQ(made.access.at(0).allow, Extent::kOther);
}

TEST_F(Diff, FromAllowToAskIsSaidOfBoth) {
  const auto made = of(
      role(kRead), role(R"({"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"})", kRead));
  std::vector<std::pair<Extent, Extent>> seen;
  for (const auto& one : made.access) seen.emplace_back(one.allow, one.ask);
  EXPECT_THAT(seen, Contains(std::pair(Extent::kNarrower, Extent::kWider)));
  EXPECT_THAT(seen, Contains(std::pair(Extent::kSame, Extent::kSame)));
}

TEST_F(Diff, AWildcardIsNoWiderForWhatMustBeNamed) {
  const auto made =
      of(role(kRead),
         role(std::string(kRead) + R"(,{"Effect":"Allow","Action":"lambda:*","Resource":"*"})"));
  ASSERT_EQ(made.access.size(), 1u);
  EXPECT_THAT(made.access[0].actions, Contains("lambda:ListFunctions"));
  EXPECT_THAT(made.access[0].actions, ::testing::Not(Contains("lambda:AddPermission")));
}

TEST_F(Diff, ARoleThatComesOrGoesIsSaid) {
  const auto made = diff({}, {role(kRead)}, words());
  ASSERT_TRUE(made);
  EXPECT_THAT(made->roles_added, ElementsAre("role"));
  EXPECT_EQ(made->statements.at(0).kind, StatementChange::kAdded);
}

}  // namespace
}  // namespace strait::analysis
