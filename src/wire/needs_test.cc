// SPDX-License-Identifier: Apache-2.0
#include "wire/needs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "wire/ask_test.h"
#include "wire/input_path.h"
#include "wire/key_text.h"
#include "wire/partiql.h"
#include "wire/resource_name.h"

namespace strait::wire {
namespace {

class Needs : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

// What the call's context answers for `key`; nullopt when it says nothing of it.
std::optional<journey::ContextEntry> asked(const journey::Call& call, std::string_view key) {
  std::vector<journey::ContextEntry> out;
  if (const auto* value = call.context.source(call, key, out))
    return journey::ContextEntry{.key = std::string(key), .values = {*value}, .unknown = false};
  const auto found =
      std::ranges::find_if(out, [&](const auto& entry) { return same_key(entry.key, key); });
  return found == out.end() ? std::nullopt : std::optional(*found);
}

Ask s3(std::string method, std::string target) {
  return Ask(std::move(method), std::move(target)).signed_for("s3");
}

TEST_F(Needs, NameTheThingExactly) {
  EXPECT_EQ(needs_text(dynamodb("GetItem", R"({"TableName":"t"})")),
            "dynamodb:GetItem arn:aws:dynamodb:us-east-1:123456789012:table/t\n");
  EXPECT_EQ(needs_text(s3("GET", "/bucket/a//b%2Fc")), "s3:GetObject arn:aws:s3:::bucket/a//b/c\n");
  EXPECT_EQ(needs_text(s3("GET", "/bucket/k?versionId=v")),
            "s3:GetObjectVersion arn:aws:s3:::bucket/k\n");
  EXPECT_EQ(needs_text(s3("GET", "/bucket?list-type=2")), "s3:ListBucket arn:aws:s3:::bucket\n");
}

TEST_F(Needs, AnAccessPointIsItsOwnThing) {
  const std::string arn = "arn:aws:s3:us-east-1:210987654321:accesspoint/mine";
  const std::string host = "mine-210987654321.s3-accesspoint.us-east-1.amazonaws.com";
  EXPECT_EQ(needs_text(s3("GET", "/a/b").to(host)), "s3:GetObject " + arn + "/object/a/b\n");
  EXPECT_EQ(needs_text(s3("GET", "/?list-type=2").to(host)), "s3:ListBucket " + arn + "\n");
}

// Through the access point the agent reaches a bucket that a policy denies it.
TEST_F(Needs, ADenyOnTheBucketBehindAnAccessPointIsAskedFor) {
  const auto call =
      s3("GET", "/a/b").to("mine-210987654321.s3-accesspoint.us-east-1.amazonaws.com").read();
  ASSERT_TRUE(call) << call.error().message;
  const auto behind =
      std::ranges::find(call->needs, "arn:aws:s3:::*/a/b", &journey::Need::resource);
  ASSERT_NE(behind, call->needs.end());
  EXPECT_EQ(behind->action, "s3:GetObject");
  EXPECT_TRUE(behind->deny_only);
  EXPECT_FALSE(behind->derived);
}

TEST_F(Needs, ACopyFromAnAliasReadsAnyBucket) {
  EXPECT_EQ(needs_text(s3("PUT", "/target/k").header("x-amz-copy-source", "x-abc-s3alias/a")),
            "s3:PutObject arn:aws:s3:::target/k\ns3:GetObject arn:aws:s3:::*/* ?\n");
}

TEST_F(Needs, EveryResourceOfABatchIsNeeded) {
  EXPECT_EQ(
      needs_text(dynamodb("BatchGetItem", R"({"RequestItems":{"a":{"Keys":[]},"b":{"Keys":[]}}})")),
      "dynamodb:BatchGetItem arn:aws:dynamodb:us-east-1:123456789012:table/a\n"
      "dynamodb:BatchGetItem arn:aws:dynamodb:us-east-1:123456789012:table/b\n");
  EXPECT_EQ(
      needs_text(
          s3("POST", "/bucket?delete")
              .body("<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>")),
      "s3:DeleteObject arn:aws:s3:::bucket/a\ns3:DeleteObject arn:aws:s3:::bucket/b\n");
}

TEST_F(Needs, WhatIsNeededTwiceIsListedOnce) {
  for (const int tables : {1, 3, 15, 16, 17, 40}) {
    std::string items;
    for (int at = 0; at < 2 * tables; ++at) {
      items += (at == 0 ? "" : ",") + std::string(R"({"Get":{"Key":{},"TableName":"t)") +
               std::to_string(at % tables) + R"("}})";
    }
    const auto call = dynamodb("TransactGetItems", R"({"TransactItems":[)" + items + "]}").read();
    ASSERT_TRUE(call) << call.error().message;
    EXPECT_EQ(std::ranges::count(call->needs, false, &journey::Need::deny_only), tables);
  }
}

TEST_F(Needs, ACopyReadsItsSource) {
  EXPECT_EQ(needs_text(s3("PUT", "/to/k").header("x-amz-copy-source", "/from/a%20b")),
            "invalid_input: member `Bucket` is no bucket name");
  EXPECT_EQ(needs_text(s3("PUT", "/target/k").header("x-amz-copy-source", "/from/a%20b")),
            "s3:PutObject arn:aws:s3:::target/k\ns3:GetObject arn:aws:s3:::from/a b\n");
  EXPECT_EQ(needs_text(s3("PUT", "/target/k").header("x-amz-copy-source", "from/a?versionId=3")),
            "s3:PutObject arn:aws:s3:::target/k\ns3:GetObjectVersion arn:aws:s3:::from/a\n");
}

TEST_F(Needs, HeadersAskForMore) {
  EXPECT_EQ(
      needs_text(
          s3("PUT", "/bucket/k").header("x-amz-acl", "public-read").header("x-amz-tagging", "a=b")),
      "s3:PutObject arn:aws:s3:::bucket/k\ns3:PutObjectAcl "
      "arn:aws:s3:::bucket/k\ns3:PutObjectTagging arn:aws:s3:::bucket/k\n");
}

TEST_F(Needs, RolesHandedOverAreNeeded) {
  const auto call =
      Ask("POST", "/2015-03-31/functions")
          .signed_for("lambda")
          .body(R"({"FunctionName":"f","Role":"arn:aws:iam::123456789012:role/r","Code":{}})")
          .read();
  ASSERT_TRUE(call) << call.error().message;
  const auto pass = std::ranges::find(call->needs, "iam:PassRole", &journey::Need::action);
  ASSERT_NE(pass, call->needs.end());
  EXPECT_EQ(pass->resource, "arn:aws:iam::123456789012:role/r");
  ASSERT_EQ(pass->context.size(), 1u);
  EXPECT_EQ(pass->context[0].values, std::vector<std::string>{"lambda.amazonaws.com"});
  EXPECT_TRUE(pass->classes & static_cast<catalog::Classes>(catalog::Class::kPassRole));
}

TEST_F(Needs, NamesAreNormalised) {
  const auto invoke = [](std::string name) {
    return Ask("POST", "/2015-03-31/functions/" + name + "/invocations").signed_for("lambda");
  };
  const std::string arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
  EXPECT_EQ(needs_text(invoke("f")), "lambda:InvokeFunction " + arn + "\n");
  EXPECT_EQ(needs_text(invoke("arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af")),
            "lambda:InvokeFunction " + arn + "\n");
  EXPECT_EQ(needs_text(invoke("123456789012%3Afunction%3Af")),
            "lambda:InvokeFunction " + arn + "\n");
  EXPECT_EQ(outcome_of(invoke("999999999999%3Afunction%3Af")), "invalid_input");
  EXPECT_EQ(
      needs_text(
          Ask("POST", "/2015-03-31/functions/f/invocations?Qualifier=prod").signed_for("lambda")),
      "lambda:InvokeFunction " + arn + ":prod\n");
  EXPECT_EQ(outcome_of(Ask("POST", "/2015-03-31/functions/f%3Adev/invocations?Qualifier=prod")
                           .signed_for("lambda")),
            "invalid_input");
  EXPECT_EQ(outcome_of(invoke("arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Af")),
            "invalid_input");
}

TEST_F(Needs, AQueueIsItsUrlsAccountAndName) {
  const auto send = [](const std::string& url) {
    return Ask("POST", "/")
        .signed_for("sqs")
        .target("AmazonSQS.SendMessage")
        .body(R"({"QueueUrl":")" + url + R"(","MessageBody":"m"})");
  };
  EXPECT_EQ(needs_text(send("https://sqs.us-east-1.amazonaws.com/123456789012/jobs")),
            "sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:jobs\n");
  EXPECT_EQ(needs_text(send("http://127.0.0.1:4180/123456789012/jobs")),
            "sqs:SendMessage arn:aws:sqs:us-east-1:123456789012:jobs\n")
      << "as it came by the gateway";
  for (const auto* elsewhere :
       {"https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
        "https://sqs.us-east-1.amazonaws.com/999999999999/jobs",
        "https://evil.example/123456789012/jobs", "http://127.0.0.1:81/123456789012/jobs",
        "https://dynamodb.us-east-1.amazonaws.com/123456789012/jobs"})
    EXPECT_EQ(outcome_of(send(elsewhere)), "invalid_input") << elsewhere;
}

TEST_F(Needs, NamesOfOtherAccountsRegionsAndPartitionsAreRefused) {
  const auto publish = [](const std::string& arn) {
    return query("sns", "Version=2010-03-31&Action=Publish&Message=m&TopicArn=" + arn);
  };
  EXPECT_EQ(needs_text(publish("arn:aws:sns:us-east-1:123456789012:t")),
            "sns:Publish arn:aws:sns:us-east-1:123456789012:t\n");
  const auto get = [](const std::string& table) {
    return dynamodb("GetItem", R"({"Key":{},"TableName":")" + table + "\"}");
  };
  EXPECT_EQ(needs_text(get("arn:aws:dynamodb:us-east-1:123456789012:table/t")),
            "dynamodb:GetItem arn:aws:dynamodb:us-east-1:123456789012:table/t\n");
  const std::string select = R"({"Statement":"SELECT * FROM \"arn:aws:dynamodb:)";
  for (
      const auto& ask :
      {publish("arn:aws:sns:eu-west-1:123456789012:t"),
       publish("arn:aws:sns:us-east-1:999999999999:t"),
       publish("arn:aws-cn:sns:us-east-1:123456789012:t"),
       get("arn:aws:dynamodb:eu-west-1:123456789012:table/t"),
       get("arn:aws:dynamodb:us-east-1:999999999999:table/t"),
       dynamodb("ExecuteStatement", select + R"(eu-west-1:123456789012:table/t\""})"),
       dynamodb(
           "BatchGetItem",
           R"({"RequestItems":{"arn:aws:dynamodb:us-east-1:999999999999:table/t":{"Keys":[]}}})"),
       Ask("POST", "/")
           .signed_for("kms")
           .target("TrentService.Decrypt", "1.1")
           .body(
               R"({"CiphertextBlob":"AA==","KeyId":"arn:aws:kms:us-east-1:999999999999:alias/x"})"),
       Ask("POST", "/")
           .signed_for("ecr")
           .target("AmazonEC2ContainerRegistry_V20150921.DescribeImages", "1.1")
           .body(R"({"repositoryName":"r","registryId":"999999999999"})"),
       Ask("POST", "/")
           .signed_for("sqs")
           .target("AmazonSQS.GetQueueUrl")
           .body(R"({"QueueName":"q","QueueOwnerAWSAccountId":"999999999999"})"),
       Ask("GET", "/v20180820/bucket/b")
           .signed_for("s3")
           .to("s3-control.us-east-1.amazonaws.com")
           .header("x-amz-account-id", "999999999999")})
    EXPECT_EQ(outcome_of(ask), "invalid_input");
}

TEST_F(Needs, ARoleMayBeTakenInAnotherAccount) {
  EXPECT_EQ(needs_text(query("sts",
                             "Version=2011-06-15&Action=AssumeRole&RoleSessionName=s"
                             "&RoleArn=arn:aws:iam::999999999999:role/r")),
            "sts:AssumeRole arn:aws:iam::999999999999:role/r\n");
}

TEST_F(Needs, AnElementWithoutANameIsStillJudged) {
  const auto put = [](const std::string& entries) {
    return Ask("POST", "/")
        .signed_for("events")
        .target("AWSEvents.PutEvents", "1.1")
        .body(R"({"Entries":[)" + entries + "]}");
  };
  const std::string bus = "events:PutEvents arn:aws:events:us-east-1:123456789012:event-bus/";
  EXPECT_EQ(needs_text(put(R"({"Source":"a"},{"EventBusName":"b"})")),
            bus + "default\n" + bus + "b\n");
  EXPECT_EQ(needs_text(put(R"({"Source":"a"})")), bus + "default\n");
  const auto tagged = [](const std::string& specifications) {
    return query("ec2", "Version=2016-11-15&Action=CreateVolume&AvailabilityZone=us-east-1a" +
                            specifications);
  };
  const auto needs =
      needs_text(tagged("&TagSpecification.1.ResourceType=volume&TagSpecification.1.Tag.1.Key=k"
                        "&TagSpecification.2.Tag.1.Key=k"));
  EXPECT_NE(needs.find("ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:volume/*\n"),
            std::string::npos)
      << needs;
  EXPECT_NE(needs.find("ec2:CreateTags arn:aws:ec2:us-east-1:123456789012:*/${*} ?\n"),
            std::string::npos)
      << needs;
}

TEST_F(Needs, WhatIsLeftOutIsAwssDefault) {
  const auto ecs = [](const std::string& operation, std::string body) {
    return Ask("POST", "/")
        .signed_for("ecs")
        .target("AmazonEC2ContainerServiceV20141113." + operation, "1.1")
        .body(std::move(body));
  };
  EXPECT_EQ(needs_text(ecs("DescribeTasks", R"({"tasks":["t"]})")),
            "ecs:DescribeTasks arn:aws:ecs:us-east-1:123456789012:task/default/t\n");
  EXPECT_EQ(needs_text(ecs("DescribeTasks",
                           R"({"cluster":"arn:aws:ecs:us-east-1:123456789012:cluster/c",)"
                           R"("tasks":["t"]})")),
            "ecs:DescribeTasks arn:aws:ecs:us-east-1:123456789012:task/c/t\n");
  EXPECT_EQ(needs_text(ecs("DescribeTasks", R"({"cluster":"c","tasks":["t"]})")),
            "ecs:DescribeTasks arn:aws:ecs:us-east-1:123456789012:task/c/t\n");
}

TEST_F(Needs, TheDefaultBusByNameIsTheDefaultBus) {
  const auto put = [](const std::string& more) {
    return Ask("POST", "/")
        .signed_for("events")
        .target("AWSEvents.DeleteRule", "1.1")
        .body(R"({"Name":"r")" + more + "}");
  };
  const std::string rule = "events:DeleteRule arn:aws:events:us-east-1:123456789012:rule/";
  EXPECT_EQ(needs_text(put("")), rule + "r\n");
  EXPECT_EQ(needs_text(put(R"(,"EventBusName":"default")")), rule + "r\n");
  EXPECT_EQ(needs_text(put(
                R"(,"EventBusName":"arn:aws:events:us-east-1:123456789012:event-bus/default")")),
            rule + "r\n");
  EXPECT_EQ(needs_text(put(R"(,"EventBusName":"b")")), rule + "b/r\n");
}

TEST_F(Needs, AModelIsWhatItsIdSays) {
  const auto converse = [](const std::string& id) {
    return Ask("POST", "/model/" + id + "/converse").signed_for("bedrock").body("{}");
  };
  const std::string own = "bedrock:InvokeModel arn:aws:bedrock:us-east-1:123456789012:";
  EXPECT_EQ(needs_text(converse("anthropic.claude-v2")),
            "bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/"
            "anthropic.claude-v2\n");
  EXPECT_EQ(needs_text(converse("us.anthropic.claude-v2")),
            "bedrock:InvokeModel arn:aws:bedrock:*::foundation-model/anthropic.claude-v2 ~\n" +
                own + "inference-profile/us.anthropic.claude-v2\n");
  EXPECT_EQ(needs_text(converse("arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3A"
                                "imported-model%2Fm1")),
            own + "imported-model/m1\n");
  const auto nameless = needs_text(converse("abc123"));
  for (const auto* type : {"provisioned-model/abc123\n", "imported-model/abc123\n",
                           "application-inference-profile/abc123\n"})
    EXPECT_NE(nameless.find(own + type), std::string::npos) << nameless;
  const auto prompt =
      needs_text(converse("arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aprompt%2FP1%3A2"));
  EXPECT_NE(prompt.find(own + "prompt/P1:2\n"), std::string::npos) << prompt;
}

TEST_F(Needs, ACopySourceCanBeReadInOneWay) {
  const auto copy = [](const std::string& source) {
    return needs_text(s3("PUT", "/target/k").header("x-amz-copy-source", source));
  };
  EXPECT_EQ(copy("from/a%3FversionId"),
            "s3:PutObject arn:aws:s3:::target/k\n"
            "s3:GetObject arn:aws:s3:::from/a?versionId\n");
  for (const auto* source : {"fr%6Fm/a", "from%2Fa", "/from/a"})  // which goes on as from/a
    EXPECT_EQ(copy(source), copy("from/a")) << source;
  for (const auto* source :
       {"from/a?versionId=3&versionId=4", "from/a?versionId=3?versionId=4",
        "from/a?versionId=", "from/a?x=1", "from/a?versionId=3&x=1", "from/a%3FversionId=3",
        "from/a+b", "from/a%2", "from", "/from", "//from/a", "from/"}) {
    EXPECT_TRUE(copy(source).starts_with("invalid_input")) << source << " " << copy(source);
  }
}

// The attack: an ACL that `s3:*` must not reach comes in a header of a call that it reaches.
TEST_F(Needs, WhatACallDoesBesidesKeepsItsOwnClass) {
  const auto classes_of = [](const Ask& ask, std::string_view action) {
    const auto call = ask.read();
    const auto found = std::ranges::find(call->needs, action, &journey::Need::action);
    return found == call->needs.end() ? catalog::Classes{0} : found->classes;
  };
  const auto edit = static_cast<catalog::Classes>(catalog::Class::kEditPolicy);
  const auto put = s3("PUT", "/bucket/k").header("x-amz-acl", "public-read");
  EXPECT_TRUE(classes_of(put, "s3:PutObjectAcl") & edit);
  EXPECT_EQ(classes_of(put, "s3:PutObject"), 0);
}

// DocumentDB's snapshots are called like those of RDS; to share one with all of AWS is the same
// under either name.
TEST_F(Needs, ACallThatIsOneOfSeveralIsOfTheClassesOfEach) {
  const auto call = query("rds",
                          "Action=ModifyDBClusterSnapshotAttribute&Version=2014-10-31"
                          "&DBClusterSnapshotIdentifier=s&AttributeName=restore"
                          "&ValuesToAdd.AttributeValue.1=all")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_FALSE(call->also.empty());
  const auto share = std::ranges::find(call->needs, "rds:ModifyDBClusterSnapshotAttribute",
                                       &journey::Need::action);
  ASSERT_NE(share, call->needs.end());
  EXPECT_TRUE(share->classes & static_cast<catalog::Classes>(catalog::Class::kEditPolicy));
}

TEST_F(Needs, WhatACallOfAClassNeedsBesidesIsOfNoClassAndStillNamed) {
  const auto call = Ask("POST", "/")
                        .signed_for("ssm")
                        .target("AmazonSSM.CreateDocument", "1.1")
                        .body(R"({"Name":"d","Content":"{}","Tags":[{"Key":"a","Value":"b"}]})")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  const auto classes_of = [&](std::string_view action) {
    const auto found = std::ranges::find(call->needs, action, &journey::Need::action);
    return found == call->needs.end() ? catalog::Classes{0} : found->classes;
  };
  EXPECT_EQ(classes_of("ssm:CreateDocument"),
            static_cast<catalog::Classes>(catalog::Class::kRunCode));
  EXPECT_EQ(classes_of("ssm:AddTagsToResource"),
            static_cast<catalog::Classes>(catalog::Class::kBesides));
}

// A Deny on the class must find it there.
TEST_F(Needs, WhatAwsMayCheckIsOfItsOwnClass) {
  const auto call = Ask("POST", "/")
                        .signed_for("config")
                        .target("StarlingDoveService.PutOrganizationConfigRule", "1.1")
                        .body(R"({"OrganizationConfigRuleName":"r"})")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  const auto pass = std::ranges::find(call->needs, "iam:PassRole", &journey::Need::action);
  ASSERT_NE(pass, call->needs.end());
  EXPECT_TRUE(pass->deny_only);
  EXPECT_EQ(pass->classes, static_cast<catalog::Classes>(catalog::Class::kPassRole));
}

TEST_F(Needs, CommandsToTaggedInstancesAreOnAnyInstance) {
  const auto send = [](const std::string& to) {
    return Ask("POST", "/")
        .signed_for("ssm")
        .target("AmazonSSM.SendCommand", "1.1")
        .body(R"({"DocumentName":"d",)" + to + "}");
  };
  const std::string instance = "ssm:SendCommand arn:aws:ec2:us-east-1:123456789012:instance/";
  const auto named = needs_text(send(R"("InstanceIds":["i-1"])"));
  EXPECT_NE(named.find(instance + "i-1\n"), std::string::npos) << named;
  EXPECT_EQ(named.find(instance + "* ?\n"), std::string::npos) << named;
  const auto tagged = needs_text(send(R"("Targets":[{"Key":"tag:a","Values":["b"]}])"));
  EXPECT_NE(tagged.find(instance + "* ?\n"), std::string::npos) << tagged;
}

TEST_F(Needs, StatementsAreNeededByVerbAndTable) {
  EXPECT_EQ(
      needs_text(dynamodb(
          "BatchExecuteStatement",
          R"({"Statements":[{"Statement":"SELECT * FROM \"a\".\"i\""},{"Statement":"delete from b where id='1'"}]})")),
      "dynamodb:PartiQLSelect arn:aws:dynamodb:us-east-1:123456789012:table/a/index/i\n"
      "dynamodb:PartiQLDelete arn:aws:dynamodb:us-east-1:123456789012:table/b\n");
}

TEST(Partiql, ObscuredStatementsAreRefused) {
  EXPECT_EQ(read_partiql("UPDATE \"t\" SET a=1 WHERE id='x'")->action, "PartiQLUpdate");
  EXPECT_EQ(read_partiql("insert into t value {'id':'SELECT * FROM x'}")->table, "t");
  for (const auto* bad : {"", "DROP TABLE t", "SELECT * FROM /* */ t", "SELECT * FROM t -- x",
                          "SELECT * FROM t; DELETE FROM u", "SELECT * FROM t, (SELECT 1 FROM u)",
                          "SELECT * FROM \"t", "SELECT 1", "DELETE FROM"}) {
    EXPECT_FALSE(read_partiql(bad)) << bad;
  }
}

TEST(InputPath, WalksListsAndMapsTogether) {
  const codec::Value input =
      codec::Object{{"Items", codec::List{codec::Object{{"Id", "a"}, {"Type", "x"}},
                                          codec::Object{{"Id", "b"}, {"Type", "y"}}}},
                    {"Map", codec::Object{{"k", codec::Object{{"V", "1"}}}}}};
  const auto ids = walk_path(input, "Items[].Id");
  const auto types = walk_path(input, "Items[].Type");
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_TRUE(same_elements(ids[0], types[0]));
  EXPECT_FALSE(same_elements(ids[0], types[1]));
  EXPECT_EQ(walk_path(input, "Map{key}").at(0).text, "k");
  EXPECT_EQ(walk_path(input, "Map{}.V").at(0).text, "1");
  EXPECT_TRUE(walk_path(input, "Items[].None").empty());
  EXPECT_TRUE(path_present(input, "Map"));
  EXPECT_FALSE(path_present(input, "Nope.Map"));
}

TEST(ResourceName, AnArnMustFitItsPattern) {
  const auto* pattern = "arn:${Partition}:s3:::${BucketName}/${ObjectName}";
  EXPECT_TRUE(fits_pattern("arn:aws:s3:::b/k/l", pattern, "aws"));
  EXPECT_FALSE(fits_pattern("arn:aws:s3:::b", pattern, "aws"));
  EXPECT_FALSE(fits_pattern("arn:aws-cn:s3:::b/k", pattern, "aws"));
  EXPECT_FALSE(fits_pattern("arn:aws:sns:us-east-1:1:b/k", pattern, "aws"));
}

TEST_F(Needs, ContextSaysWhatTheRequestSays) {
  const auto call =
      Ask("POST", "/")
          .signed_for("ec2")
          .header("user-agent", "agent/1")
          .form(
              "Action=RunInstances&Version=2016-11-15&MaxCount=1&MinCount=1&InstanceType=t3.micro"
              "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Owner&"
              "TagSpecification.1.Tag.1.Value=me")
          .read();
  ASSERT_TRUE(call) << call.error().message;
  const auto value = [&](std::string_view key) {
    const auto entry = asked(*call, key);
    return !entry || entry->unknown ? "?" : entry->values.empty() ? "-" : entry->values[0];
  };
  EXPECT_EQ(value("aws:RequestedRegion"), "us-east-1");
  EXPECT_EQ(value("aws:UserAgent"), "agent/1");
  EXPECT_EQ(value("aws:SecureTransport"), "false");
  EXPECT_EQ(value("ec2:InstanceType"), "t3.micro");
  EXPECT_EQ(value("aws:RequestTag/Owner"), "me");
  EXPECT_EQ(value("aws:TagKeys"), "Owner");
  EXPECT_EQ(value("ec2:VolumeType"), "?") << "the volumes have one, which the call need not say";
}

TEST_F(Needs, TheEncryptionContextIsAConditionKeyEach) {
  const auto said = [](const std::string& body, std::string_view key) -> std::string {
    const auto call = Ask("POST", "/")
                          .signed_for("kms")
                          .target("TrentService.Decrypt", "1.1")
                          .body(R"({"KeyId":"k","CiphertextBlob":"AA==")" + body + "}")
                          .read();
    if (!call) return call.error().message;
    const auto entry = asked(*call, key);
    if (!entry || entry->unknown) return "?";
    std::string out;
    for (const auto& value : entry->values) out += (out.empty() ? "" : ",") + value;
    return out.empty() ? "-" : out;
  };
  const std::string context = R"(,"EncryptionContext":{"App":"shop","Env":"dev"})";
  EXPECT_EQ(said(context, "kms:EncryptionContext:App"), "shop");
  EXPECT_EQ(said(context, "kms:encryptioncontext:env"), "dev");
  EXPECT_EQ(said(context, "kms:EncryptionContext:Other"), "-");
  EXPECT_EQ(said(context, "kms:EncryptionContextKeys"), "App,Env");
  EXPECT_EQ(said("", "kms:EncryptionContext:App"), "-");
  EXPECT_EQ(said(R"(,"EncryptionContext":{"App":"a","APP":"b"})", "kms:EncryptionContext:App"), "?")
      << "one key, two values";
}

TEST_F(Needs, TagsInAnUnknownPlaceMakeTagKeysUnknown) {
  const auto plain =
      dynamodb("TagResource", R"({"ResourceArn":"a","Tags":[{"Key":"k","Value":"v"}]})").read();
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_FALSE(asked(*plain, "aws:RequestTag/*")->unknown);
  EXPECT_EQ(asked(*plain, "aws:RequestTag/k")->values, std::vector<std::string>{"v"});
  const auto odd = Ask("PUT", "/bucket")
                       .signed_for("s3")
                       .body(
                           "<CreateBucketConfiguration><Tags><Tag><Key>k</Key><Value>v</Value></"
                           "Tag></Tags></CreateBucketConfiguration>")
                       .read();
  ASSERT_TRUE(odd) << odd.error().message;
  EXPECT_TRUE(asked(*odd, "aws:RequestTag/*")->unknown);
  EXPECT_TRUE(asked(*odd, "aws:TagKeys")->unknown);
}

TEST_F(Needs, AContextAnswersEachKeyOnceAndItsFamilyWithIt) {
  const auto call =
      dynamodb("TagResource", R"({"ResourceArn":"a","Tags":[{"Key":"k","Value":"v"}]})").read();
  ASSERT_TRUE(call) << call.error().message;
  std::vector<journey::ContextEntry> out;
  EXPECT_EQ(call->context.source(*call, "AWS:requestedregion", out), &call->region);
  EXPECT_TRUE(out.empty());
  for (const auto* key : {"aws:RequestTag/other", "aws:requesttag/k", "aws:TagKeys"}) {
    EXPECT_EQ(call->context.source(*call, key, out), nullptr);
    EXPECT_EQ(out.size(), 3u) << key;  // the tag, the keys, and that there are no others
  }
  EXPECT_FALSE(asked(*call, "aws:UserAgent")->unknown);
  EXPECT_TRUE(asked(*call, "aws:UserAgent")->values.empty());
  EXPECT_TRUE(asked(*call, "aws:SourceVpc")->values.empty());
  for (const auto* key : {"aws:Other", "s3:prefix", "ec2:InstanceType", "dynamodb:Other"})
    EXPECT_FALSE(asked(*call, key)) << key;
}

TEST_F(Needs, LeadingKeysAreKnownOnlyWithoutASortKey) {
  const auto one = dynamodb("GetItem", R"({"TableName":"t","Key":{"id":{"S":"x"}}})").read();
  const auto two =
      dynamodb("GetItem", R"({"TableName":"t","Key":{"id":{"S":"x"},"at":{"N":"1"}}})").read();
  EXPECT_EQ(asked(*one, "dynamodb:LeadingKeys")->values, std::vector<std::string>{"x"});
  EXPECT_TRUE(asked(*two, "dynamodb:LeadingKeys")->unknown);
}

}  // namespace
}  // namespace strait::wire
