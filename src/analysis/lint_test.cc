// SPDX-License-Identifier: Apache-2.0
#include "analysis/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/pack_testing.h"

namespace strait::analysis {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string document(std::string_view statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + std::string(statements) + "]}";
}

class Lint : public PackTest {
 protected:
  static std::vector<Finding> findings(std::string_view allow, std::string_view ask = "") {
    policy::RoleSource role{"arn:aws:iam::123456789012:role/developer", {}, {}};
    if (!allow.empty()) role.allow.push_back({"allow.json", document(allow)});
    if (!ask.empty()) role.ask.push_back({"ask.json", document(ask)});
    return lint({role}, words());
  }
  // "allow.json unknown-action", without notes.
  static std::vector<std::string> rules(std::string_view allow, std::string_view ask = "") {
    std::vector<std::string> rules;
    for (const auto& one : findings(allow, ask)) {
      if (one.severity != Severity::kNote) rules.push_back(one.file + " " + std::string(one.rule));
    }
    return rules;
  }
  static Finding only(std::string_view rule, const std::vector<Finding>& all) {
    for (const auto& one : all) {
      if (one.rule == rule) return one;
    }
    ADD_FAILURE() << "no finding " << rule;
    return {};
  }
};

constexpr std::string_view kGood =
    R"({"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"})";

TEST_F(Lint, AStatementThatNeverAppliesIsToldOfWhereItStands) {
  const auto all = findings(R"({"Sid":"Rest","Effect":"Deny","Action":"s3:*","Resource":[]},)"
                            R"({"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"})");
  const auto one = only("does-nothing", all);
  EXPECT_EQ(one.message, "statement Rest never applies: it names no resource");
  EXPECT_EQ(one.column, 38);
}

TEST_F(Lint, AGoodPolicyHasNoFindings) { EXPECT_THAT(findings(kGood), IsEmpty()); }

TEST_F(Lint, EveryStatementThatIsNoGrammarIsSaidWithItsPlace) {
  const policy::RoleSource role{
      "r",
      {{"two.json",
        "{\"Version\":\"2012-10-17\",\"Statement\":[\n"
        "  {\"Effect\":\"Allow\",\"Action\":\"GetObject\",\"Resource\":\"*\"},\n"
        "  {\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"},\n"
        "  {\"Effect\":\"Permit\",\n   \"Action\":\"s3:GetObject\",\"Resource\":\"*\"},\n"
        "  {\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"bucket/site\"}]}"}},
      {}};
  const auto all = lint({role}, words());
  ASSERT_EQ(all.size(), 3u);
  for (const auto& one : all) {
    EXPECT_EQ(one.rule, "grammar");
    EXPECT_EQ(one.severity, Severity::kError);
    EXPECT_GT(one.column, 1);
  }
  EXPECT_EQ(all[0].line, 2);
  EXPECT_EQ(all[1].line, 4);
  EXPECT_EQ(all[2].line, 6);
  EXPECT_THAT(all[2].message, HasSubstr("bucket/site"));
}

TEST_F(Lint, TextThatIsNoJsonIsOneFinding) {
  const policy::RoleSource role{"r", {{"broken.json", "{\"Version\":\n  oops}"}}, {}};
  const auto all = lint({role}, words());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].line, 2);
}

TEST_F(Lint, AMisspeltActionComesWithTheNearestRealOne) {
  const auto all = findings(
      R"({"Effect":"Allow","Action":["s3:GetObject","s3:GetObjekt"],"Resource":"arn:aws:s3:::site/*"})");
  const auto finding = only("unknown-action", all);
  EXPECT_THAT(finding.message, HasSubstr("did you mean `s3:GetObject`?"));
  EXPECT_EQ(finding.line, 1);
  EXPECT_GT(finding.column, 80);
}

TEST_F(Lint, AMisspeltServiceIsNamed) {
  EXPECT_THAT(only("unknown-action",
                   findings(R"({"Effect":"Allow","Action":"dynamdb:GetItem","Resource":"*"})"))
                  .message,
              HasSubstr("`dynamodb:GetItem`"));
}

TEST_F(Lint, AWildcardThatMatchesNothingIsSaid) {
  EXPECT_THAT(rules(R"({"Effect":"Deny","Action":"s3:Fetch*","Resource":"*"})"),
              ElementsAre("allow.json unknown-action"));
}

TEST_F(Lint, ConditionKeysAreThoseOfTheReference) {
  const auto with = [](std::string_view condition) {
    return std::string(
               R"({"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::site","Condition":)") +
           std::string(condition) + "}";
  };
  EXPECT_THAT(rules(with(R"({"StringLike":{"s3:prefix":"a/*"}})")), IsEmpty());
  EXPECT_THAT(only("unknown-key", findings(with(R"({"StringLike":{"s3:prefx":"a/*"}})"))).message,
              HasSubstr("`s3:prefix`"));
  EXPECT_THAT(rules(with(R"({"StringEquals":{"aws:RequestedRegion":"eu-west-1"}})")), IsEmpty());
  EXPECT_THAT(rules(with(R"({"StringEquals":{"strait:claim/team":"web"}})")), IsEmpty());
}

TEST_F(Lint, AKeyThatNoActionOfTheStatementHasIsSaid) {
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*",
                        "Condition":{"StringLike":{"s3:prefix":"a/*"}}})"),
              ElementsAre("allow.json key-not-for-action"));
}

TEST_F(Lint, AKeyThatOnlyAwsKnowsMakesAnAllowUseless) {
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*",
                        "Condition":{"StringEquals":{"aws:ResourceTag/team":"web"}}})"),
              ElementsAre("allow.json key-never-known"));
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*",
                        "Condition":{"StringEquals":{"aws:RequestTag/team":"web"}}})"),
              IsEmpty());
}

TEST_F(Lint, ForAllValuesUnderAllowWantsTheKeyToBeThere) {
  constexpr std::string_view kHead =
      R"({"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{
          "ForAllValues:StringEquals":{"aws:TagKeys":["team"]})";
  EXPECT_THAT(rules(std::string(kHead) + "}}"), ElementsAre("allow.json key-sometimes-absent"));
  EXPECT_THAT(rules(std::string(kHead) + R"(,"Null":{"aws:TagKeys":"false"}}})"), IsEmpty());
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{
                        "StringEquals":{"aws:TagKeys":["team"]}}})"),
              ElementsAre("allow.json set-key-without-qualifier"));
}

TEST_F(Lint, ABucketIsNoObjectAndAnObjectNoBucket) {
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::site"})"),
              ElementsAre("allow.json action-without-resource"));
  EXPECT_THAT(
      rules(
          R"({"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::site/*"})"),
      ElementsAre("allow.json action-without-resource"));
  EXPECT_THAT(
      rules(
          R"({"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::site","arn:aws:s3:::site/*"]})"),
      IsEmpty());
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"s3:GetObject",
                        "Resource":["arn:aws:s3:::site/*","arn:aws:sqs:eu-west-1:123456789012:jobs"]})"),
              ElementsAre("allow.json resource-shape"));
}

TEST_F(Lint, AnActionOnNothingNeedsAStar) {
  const auto all =
      findings(R"({"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"})");
  EXPECT_THAT(only("action-without-resource", all).advice, HasSubstr("needs Resource \"*\""));
}

TEST_F(Lint, WildcardsDoNotReachWhatMustBeNamed) {
  const auto all = findings(R"({"Effect":"Allow","Action":"lambda:*","Resource":"*"})");
  const auto finding = only("wildcard-misses-named", all);
  EXPECT_EQ(finding.severity, Severity::kWarning);
  EXPECT_THAT(finding.message, HasSubstr("lambda:AddPermission (edit-policy)"));
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"iam:PassRol*","Resource":"*"})"),
              ElementsAre("allow.json wildcard-reaches-nothing"));
  // Whoever names it, or denies it, has thought of it.
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"iam:PassRol*","Resource":"*"},
                       {"Effect":"Deny","Action":"iam:PassRole","Resource":"*"})"),
              Not(Contains("allow.json wildcard-reaches-nothing")));
}

TEST_F(Lint, AStatementThatIsDeniedInAllNeverDecides) {
  const auto all = findings(std::string(kGood) +
                            R"(,{"Sid":"No","Effect":"Deny","Action":"s3:Get*","Resource":"*"})");
  EXPECT_THAT(only("shadowed-statement", all).message, HasSubstr("allow.json#No denies"));
  // A Deny under a condition leaves something over.
  EXPECT_THAT(rules(std::string(kGood) + R"(,{"Sid":"No","Effect":"Deny","Action":"s3:Get*",
      "Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}})"),
              IsEmpty());
}

TEST_F(Lint, OneEntryThatIsAskedFirstIsSaid) {
  EXPECT_THAT(
      rules(
          R"({"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::site/*"})",
          R"({"Effect":"Allow","Action":"s3:Delete*","Resource":"*"})"),
      ElementsAre("allow.json shadowed-action"));
}

TEST_F(Lint, AWildcardBesideANameThatMustBeNamedIsNoShadow) {
  EXPECT_THAT(rules(R"({"Effect":"Allow","Action":"lambda:AddPermission","Resource":"*"})",
                    R"({"Effect":"Allow","Action":"lambda:*","Resource":"*"})"),
              Not(Contains("allow.json shadowed-statement")));
}

TEST_F(Lint, OfTwoEqualStatementsTheSecondIsTooMany) {
  const auto all = findings(
      std::string(kGood) + ",\n" +
      R"({"Sid":"Again","Effect":"Allow","Action":"S3:getobject","Resource":"arn:aws:s3:::site/*"})");
  EXPECT_EQ(only("redundant-statement", all).line, 2);
  EXPECT_EQ(all.size(), 1u);
}

TEST_F(Lint, AskBesideAllowIsANote) {
  const auto all =
      findings(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::site/*"})",
               R"({"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"})");
  EXPECT_EQ(only("ask-over-allow", all).severity, Severity::kNote);
}

TEST_F(Lint, AllButTheseUnderAllowIsAWarningAndUnderAskANote) {
  constexpr std::string_view kAllBut =
      R"({"Effect":"Allow","NotAction":"s3:GetObject","Resource":"*"})";
  EXPECT_EQ(only("allow-all-but", findings(kAllBut)).severity, Severity::kWarning);
  EXPECT_EQ(only("allow-all-but", findings("", kAllBut)).severity, Severity::kNote);
}

TEST_F(Lint, VariablesWithoutTheirVersionAreText) {
  const policy::RoleSource role{
      "r",
      {{"old.json",
        R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${aws:username}/*"}})"}},
      {}};
  const auto all = lint({role}, words());
  EXPECT_EQ(only("variables-need-version", all).severity, Severity::kWarning);
  EXPECT_EQ(only("version-missing", all).severity, Severity::kNote);
}

TEST_F(Lint, AFileThatTwoRolesShareIsLookedAtOnce) {
  const policy::PolicyText file{
      "shared.json", document(R"({"Effect":"Allow","Action":"s3:Fetch","Resource":"*"})")};
  const auto all = lint({{"one", {file}, {}}, {"two", {file}, {}}}, words());
  EXPECT_EQ(all.size(), 1u);
}

}  // namespace
}  // namespace strait::analysis
