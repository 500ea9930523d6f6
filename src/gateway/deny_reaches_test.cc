// SPDX-License-Identifier: Apache-2.0
// From the bytes of a request to the verdict: a Deny on a thing holds however the request names it.
#include <gtest/gtest.h>

#include "policy/judge.h"
#include "policy/testing.h"
#include "wire/ask_test.h"

namespace strait {
namespace {

using journey::Effect;
using wire::Ask;
using wire::real_catalog;

class DenyReaches : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

// The verdict on a call by one who may do everything but touch `arn`.
Effect with_deny_on(const std::string& arn, const Ask& ask) {
  const auto call = ask.read();
  EXPECT_TRUE(call) << (call ? "" : call.error().message);
  if (!call) return Effect::kAsk;
  std::string named;
  for (const auto& need : call->needs) named += (named.empty() ? "\"" : ",\"") + need.action + "\"";
  const auto set = policy::testing::policies(
      R"({"Effect":"Allow","Action":[)" + named +
      R"(],"Resource":"*"},{"Effect":"Deny","Action":"*","Resource":")" + arn + "\"}");
  return policy::Judge::evaluate(set, policy::testing::kRole, *call, policy::testing::session())
      .effect;
}

Ask iam(const std::string& form) { return wire::query("iam", "Version=2010-05-08&" + form); }
Ask json(const std::string& service, std::string target, std::string body) {
  return Ask("POST", "/")
      .signed_for(service)
      .target(std::move(target), "1.1")
      .body(std::move(body));
}

TEST_F(DenyReaches, ARoleUnderAnyPath) {
  const auto remove = iam("Action=DeleteRole&RoleName=admin");
  EXPECT_EQ(with_deny_on("arn:aws:iam::123456789012:role/admin", remove), Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:iam::123456789012:role/ops/admin", remove), Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:iam::123456789012:role/other", remove), Effect::kAllow);
}

TEST_F(DenyReaches, ASecretByItsFullArn) {
  const std::string arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
  const auto get = [](const std::string& id) {
    return json("secretsmanager", "secretsmanager.GetSecretValue", R"({"SecretId":")" + id + "\"}");
  };
  EXPECT_EQ(with_deny_on(arn + "prod/db-AbCdEf", get("prod/db")), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "prod/db-AbCdEf", get(arn + "prod/db")), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "prod/db-AbCdEf", get(arn + "prod/db-AbCdEf")), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "prod/db-AbCdEf", get("prod/db2")), Effect::kAllow);
}

TEST_F(DenyReaches, ASecretWhoseNameLooksLikeAFullArn) {
  const std::string arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
  const auto get = json("secretsmanager", "secretsmanager.GetSecretValue",
                        R"({"SecretId":")" + arn + "my-secret\"}");
  EXPECT_EQ(with_deny_on(arn + "my-secret", get), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "my-secret-AbCdEf", get), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "your-secret-AbCdEf", get), Effect::kAllow);
}

TEST_F(DenyReaches, AFunctionByItsQualifiedName) {
  const std::string arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
  const auto invoke = [](const std::string& path) {
    return Ask("POST", "/2015-03-31/functions/" + path).signed_for("lambda");
  };
  for (const auto* path : {"f%3Aprod/invocations", "f/invocations?Qualifier=prod",
                           "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/"
                           "invocations?Qualifier=prod"}) {
    EXPECT_EQ(with_deny_on(arn + ":prod", invoke(path)), Effect::kDeny) << path;
    EXPECT_EQ(with_deny_on(arn + ":dev", invoke(path)), Effect::kAllow) << path;
  }
  EXPECT_EQ(with_deny_on(arn, invoke("f/invocations?Qualifier=prod")), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn, invoke("f%3Aprod/invocations")), Effect::kDeny);
}

TEST_F(DenyReaches, TheRevisionThatAFamilyStandsFor) {
  const auto describe = json("ecs", "AmazonEC2ContainerServiceV20141113.RunTask",
                             R"({"taskDefinition":"web","cluster":"c"})");
  const std::string arn = "arn:aws:ecs:us-east-1:123456789012:task-definition/";
  EXPECT_EQ(with_deny_on(arn + "web:7", describe), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "api:7", describe), Effect::kAllow);
}

TEST_F(DenyReaches, AGroupAndAStackWhoseIdTheCallDoesNotSay) {
  EXPECT_EQ(with_deny_on(
                "arn:aws:cloudformation:us-east-1:123456789012:stack/s/1a-2b",
                wire::query("cloudformation", "Version=2010-05-15&Action=DeleteStack&StackName=s")),
            Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1a-2b:"
                         "autoScalingGroupName/g",
                         wire::query("autoscaling",
                                     "Version=2011-01-01&Action=DeleteAutoScalingGroup"
                                     "&AutoScalingGroupName=g")),
            Effect::kDeny);
}

TEST_F(DenyReaches, TheDefaultBusThatNobodyNames) {
  const std::string arn = "arn:aws:events:us-east-1:123456789012:";
  const auto put =
      json("events", "AWSEvents.PutEvents", R"({"Entries":[{"Source":"a"},{"EventBusName":"b"}]})");
  EXPECT_EQ(with_deny_on(arn + "event-bus/default", put), Effect::kDeny);
  EXPECT_EQ(with_deny_on(arn + "event-bus/c", put), Effect::kAllow);
  const auto remove =
      json("events", "AWSEvents.DeleteRule", R"({"Name":"r","EventBusName":"default"})");
  EXPECT_EQ(with_deny_on(arn + "rule/r", remove), Effect::kDeny);
}

TEST_F(DenyReaches, AModelThroughAnInferenceProfile) {
  const auto converse =
      Ask("POST", "/model/eu.anthropic.claude-v2/converse").signed_for("bedrock").body("{}");
  EXPECT_EQ(with_deny_on("arn:aws:bedrock:*::foundation-model/anthropic.claude-v2", converse),
            Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.*", converse),
            Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:bedrock:*::foundation-model/meta.*", converse), Effect::kAllow);
}

TEST_F(DenyReaches, AnInstanceThroughItsTags) {
  const auto send = json("ssm", "AmazonSSM.SendCommand",
                         R"({"DocumentName":"d","Targets":[{"Key":"tag:a","Values":["b"]}]})");
  EXPECT_EQ(with_deny_on("arn:aws:ec2:us-east-1:123456789012:instance/i-1", send), Effect::kDeny);
}

TEST_F(DenyReaches, AThingOfATypeThatTheInputDoesNotName) {
  const auto propagate = wire::query("ec2",
                                     "Version=2016-11-15&Action=EnableVgwRoutePropagation"
                                     "&RouteTableId=rtb-1&GatewayId=vgw-1");
  EXPECT_EQ(with_deny_on("arn:aws:ec2:us-east-1:123456789012:vpn-gateway/vgw-1", propagate),
            Effect::kDeny);
  EXPECT_EQ(with_deny_on("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", propagate),
            Effect::kAllow);
}

TEST_F(DenyReaches, NoThingThatIsYetToBeMade) {
  EXPECT_EQ(with_deny_on("arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1",
                         wire::query("ec2",
                                     "Version=2016-11-15&Action=CreateVpc"
                                     "&CidrBlock=10.0.0.0/16")),
            Effect::kAllow)
      << "AWS judges the text vpc/*";
}

TEST_F(DenyReaches, NoOtherObjectThroughAStarInAKey) {
  const auto get = Ask("GET", "/bucket/%2A").signed_for("s3");
  EXPECT_EQ(with_deny_on("arn:aws:s3:::bucket/secret", get), Effect::kAllow);
  EXPECT_EQ(with_deny_on("arn:aws:s3:::bucket/${*}", get), Effect::kDeny);
}

}  // namespace
}  // namespace strait
