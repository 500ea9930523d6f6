// SPDX-License-Identifier: Apache-2.0
#include "analysis/lint_trust.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/pack_testing.h"

namespace strait::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LintTrust : public PackTest {
 protected:
  // "unknown-key 7:3", of a policy with this effect and condition in its second statement.
  static std::vector<std::string> rules(std::string_view effect, std::string_view condition,
                                        std::string_view version = "2012-10-17") {
    const auto statement = [](std::string_view what, std::string_view block) {
      return R"({"Effect":")" + std::string(what) +
             R"(","Principal":{"Federated":"idp.example"},)"
             R"("Action":"sts:AssumeRoleWithWebIdentity","Condition":{)" +
             std::string(block) + "}}";
    };
    constexpr std::string_view kSub = R"("StringEquals":{"idp.example:sub":"a"})";
    const auto text = R"({"Version":")" + std::string(version) + R"(","Statement":[)" +
                      statement("Allow", kSub) + ",\n" +
                      statement(effect, std::string(kSub) + ",\n" + std::string(condition)) + "]}";
    std::vector<std::string> out;
    for (const auto& one : lint_trust({"t.json", text}, words()))
      out.push_back(std::string(one.rule) + " " + std::to_string(one.line));
    return out;
  }
};

TEST_F(LintTrust, SaysNothingOfWhatALoginKnows) {
  EXPECT_THAT(
      rules("Allow", R"("StringLike":{"idp.example:team":"w*",)"
                     R"("sts:RoleSessionName":"${idp.example:team}-*","aws:UserAgent":"*"},)"
                     R"("IpAddress":{"aws:sourceip":"10.0.0.0/8"},)"
                     R"("ForAllValues:StringEquals":{"aws:TagKeys":"a"},)"
                     R"("Bool":{"aws:ViaAWSService":"false"})"),
      IsEmpty());
}

TEST_F(LintTrust, NamesKeysThatNobodyKnowsAndThatDoNotExist) {
  EXPECT_THAT(rules("Deny", R"("StringNotEquals":{"aws:PrincipalOrgID":"o-1"})"),
              ElementsAre("key-never-known 3"));
  EXPECT_THAT(rules("Allow", R"("IpAddress":{"aws:SorceIp":"10.0.0.0/8"})"),
              ElementsAre("unknown-key 3"));
  EXPECT_THAT(rules("Allow", R"("StringLike":{"idp.example:x":"${aws:PrincipalOrgID}"})"),
              ElementsAre("key-never-known 3"));
}

TEST_F(LintTrust, NamesVariablesThatAreNoneAndStatementsThatDoNothing) {
  EXPECT_THAT(rules("Allow", R"("StringLike":{"idp.example:x":"${idp.example:y}"})", "2008-10-17"),
              ElementsAre("variables-need-version 3"));
  EXPECT_THAT(rules("Deny", R"("ForAnyValue:StringEquals":{"idp.example:groups":[]})"),
              ElementsAre("does-nothing 2"));
}

TEST_F(LintTrust, APolicyThatCannotBeUsedIsOneError) {
  EXPECT_THAT(rules("Allow", R"("StringLike":{"strait:claim/x":"a"})"), ElementsAre("trust 3"));
}

}  // namespace
}  // namespace strait::analysis
