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
  EXPECT_EQ(needs_text(invoke("999999999999%3Afunction%3Af")),
            "lambda:InvokeFunction arn:aws:lambda:us-east-1:999999999999:function:f\n");
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
  EXPECT_EQ(needs_text(send("http://127.0.0.1:4180/999999999999/jobs")),
            "sqs:SendMessage arn:aws:sqs:us-east-1:999999999999:jobs\n");
  EXPECT_EQ(outcome_of(send("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs")),
            "invalid_input");
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
