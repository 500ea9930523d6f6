// SPDX-License-Identifier: Apache-2.0
// Roles in odd places, and condition keys that parameters decide.
#include <gtest/gtest.h>

#include <algorithm>

#include "wire/ask_test.h"
#include "wire/key_text.h"

namespace strait::wire {
namespace {

class RolesAndKeys : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

Ask topic_attribute(std::string_view value) {
  return Ask("POST", "/")
      .signed_for("sns")
      .form(
          "Action=SetTopicAttributes&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A"
          "123456789012%3At&AttributeName=HTTPSuccessFeedbackRoleArn&AttributeValue=" +
          std::string(value));
}

// "role principal" of every role that must be allowed to be passed.
std::vector<std::string> passed(const Ask& ask) {
  const auto call = ask.read();
  EXPECT_TRUE(call) << call.error().message;
  std::vector<std::string> out;
  if (!call) return out;
  for (const auto& need : call->needs) {
    if (need.action != "iam:PassRole" || need.deny_only) continue;
    const auto& to = need.context.at(0);
    out.push_back(need.resource + " " + (to.unknown ? "?" : to.values.at(0)));
  }
  return out;
}

TEST_F(RolesAndKeys, ARoleAmongOtherAttributesMustBeAllowedToBePassed) {
  EXPECT_EQ(passed(topic_attribute("arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fadmin")),
            std::vector<std::string>{"arn:aws:iam::123456789012:role/admin sns.amazonaws.com"});
  EXPECT_TRUE(passed(topic_attribute("Standard")).empty()) << "a word names no role there";
}

TEST_F(RolesAndKeys, ToWhomARoleGoesIsUnknownWhereNobodySaidIt) {
  const auto roles = passed(Ask("POST", "/clusters")
                                .signed_for("eks")
                                .body(R"({"name":"c","roleArn":"arn:aws:iam::123456789012:role/r",)"
                                      R"("resourcesVpcConfig":{},"computeConfig":{"nodeRoleArn":)"
                                      R"("arn:aws:iam::123456789012:role/n"}})"));
  EXPECT_EQ(roles, (std::vector<std::string>{"arn:aws:iam::123456789012:role/r eks.amazonaws.com",
                                             "arn:aws:iam::123456789012:role/n ?"}));
}

TEST_F(RolesAndKeys, OneRoleForTwoServicesIsJudgedForBoth) {
  const auto roles = passed(Ask("POST", "/clusters")
                                .signed_for("eks")
                                .body(R"({"name":"c","roleArn":"arn:aws:iam::123456789012:role/r",)"
                                      R"("resourcesVpcConfig":{},"computeConfig":{"nodeRoleArn":)"
                                      R"("arn:aws:iam::123456789012:role/r"}})"));
  EXPECT_EQ(roles, (std::vector<std::string>{"arn:aws:iam::123456789012:role/r eks.amazonaws.com",
                                             "arn:aws:iam::123456789012:role/r ?"}));
}

// What `key` is for a call: its value, "-" when absent, "?" when unknown.
std::string value_of(const Ask& ask, std::string_view key) {
  const auto call = ask.read();
  EXPECT_TRUE(call) << call.error().message;
  std::vector<journey::ContextEntry> out;
  if (!call || call->context.source(*call, key, out) != nullptr) return "";
  const auto found =
      std::ranges::find_if(out, [&](const auto& entry) { return same_key(entry.key, key); });
  if (found == out.end() || found->unknown) return "?";
  return found->values.empty() ? "-" : found->values[0];
}

Ask ec2(std::string form) {
  return Ask("POST", "/").signed_for("ec2").form(std::move(form) + "&Version=2016-11-15");
}

TEST_F(RolesAndKeys, AKeyIsTheMembersOnlyForOperationsItIsAbout) {
  const std::string run = "Action=RunInstances&MinCount=1&MaxCount=1";
  EXPECT_EQ(value_of(ec2(run + "&InstanceType=t3.micro"), "ec2:InstanceType"), "t3.micro");
  EXPECT_EQ(value_of(ec2(run), "ec2:InstanceType"), "?") << "AWS has a default";
  EXPECT_EQ(value_of(ec2("Action=TerminateInstances&InstanceId.1=i-1"), "ec2:InstanceType"), "?")
      << "the instance has a type, which a Deny may be about";
}

TEST_F(RolesAndKeys, AKeyIsAbsentOnlyWhereAwsHasNoDefault) {
  const auto permission = [](std::string_view more) {
    return Ask("POST", "/2015-03-31/functions/f/policy")
        .signed_for("lambda")
        .body(R"({"Action":"lambda:InvokeFunctionUrl","Principal":"*","StatementId":"s")" +
              std::string(more) + "}");
  };
  EXPECT_EQ(value_of(permission(R"(,"FunctionUrlAuthType":"NONE")"), "lambda:FunctionUrlAuthType"),
            "NONE");
  EXPECT_EQ(value_of(permission(""), "lambda:FunctionUrlAuthType"), "-");
  EXPECT_EQ(value_of(permission(""), "lambda:Principal"), "*");
}

}  // namespace
}  // namespace strait::wire
