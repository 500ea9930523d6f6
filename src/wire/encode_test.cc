// SPDX-License-Identifier: Apache-2.0
#include "wire/encode.h"

#include <gtest/gtest.h>

#include "wire/ask_test.h"

namespace strait::wire {
namespace {

class Encode : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }

  static journey::UnsignedRequest made(const Ask& ask) {
    const auto call = ask.read();
    EXPECT_TRUE(call) << call.error().message;
    auto request = Serializer::serialize(*call);
    EXPECT_TRUE(request) << request.error().message;
    const auto same = check_round_trip(*call, *request);
    EXPECT_TRUE(same) << same.error().message << " " << same.error().detail;
    return std::move(*request);
  }
  static std::string header(const journey::UnsignedRequest& request, std::string_view name) {
    return std::string(request.head.headers.one(name).value_or("-"));
  }
};

Ask s3(std::string method, std::string target) {
  return Ask(std::move(method), std::move(target)).signed_for("s3");
}

TEST_F(Encode, NothingOfTheRequestIsCopied) {
  const auto request =
      made(dynamodb("GetItem", "{ \"TableName\" :\"\\u0074\" , \"ConsistentRead\":null}")
               .header("x-forwarded-for", "1.2.3.4")
               .header("x-evil", "1"));
  EXPECT_EQ(request.body, R"({"TableName":"t"})");
  EXPECT_EQ(header(request, "x-evil"), "-");
  EXPECT_EQ(header(request, "authorization"), "-");
  EXPECT_EQ(header(request, "x-amz-target"), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(header(request, "content-type"), "application/x-amz-json-1.0");
}

TEST_F(Encode, S3KeysKeepEveryByte) {
  EXPECT_EQ(made(s3("GET", "/bucket/a/../b//c%2Fd%20e+f")).head.target,
            "/bucket/a/../b//c/d%20e%2Bf");
  EXPECT_EQ(made(s3("GET", "/bucket/?%61cl")).head.target, "/bucket?acl");
  EXPECT_EQ(made(s3("GET", "/k").to("bucket.s3.us-east-1.amazonaws.com")).head.target, "/bucket/k");
}

TEST_F(Encode, BodiesThatNeedAChecksumGetANewOne) {
  const std::string body = "<Tagging>\n <TagSet/>\n</Tagging>";
  const auto plain = made(s3("PUT", "/bucket?tagging").body(body));
  EXPECT_EQ(header(plain, "content-md5").size(), 24u);
  const auto chosen =
      made(s3("PUT", "/bucket?tagging").body(body).header("x-amz-sdk-checksum-algorithm", "CRC32"));
  EXPECT_EQ(header(chosen, "x-amz-checksum-crc32").size(), 8u);
  EXPECT_EQ(header(chosen, "x-amz-sdk-checksum-algorithm"), "CRC32");
}

TEST_F(Encode, AStreamIsHandedOn) {
  const auto request = made(
      s3("PUT", "/bucket/k").header("content-length", "5").header("content-type", "text/plain"));
  ASSERT_TRUE(request.stream);
  EXPECT_EQ(request.stream->length, 5u);
  EXPECT_EQ(header(request, "content-length"), "-");
  EXPECT_EQ(header(request, "content-type"), "text/plain");
}

TEST_F(Encode, QueryClientsCodesAreAskedFor) {
  EXPECT_EQ(
      header(made(Ask("POST", "/").signed_for("sqs").target("AmazonSQS.ListQueues").body("{}")),
             "x-amzn-query-mode"),
      "true");
}

TEST_F(Encode, FormsAreCanonical) {
  EXPECT_EQ(made(query("iam", "Version=2010-05-08&UserName=a+b%2A&Action=GetUser")).body,
            "Action=GetUser&Version=2010-05-08&UserName=a%20b%2A");
}

TEST_F(Encode, AGrantKeepsItsType) {
  const auto request = made(
      s3("PUT", "/bucket?acl")
          .body("<AccessControlPolicy "
                "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><AccessControlList><Grant>"
                "<Grantee xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "x:type=\"Group\"><URI>u</URI></Grantee>"
                "<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>"));
  EXPECT_NE(request.body.find("xsi:type=\"Group\""), std::string::npos) << request.body;
}

// The attack that every other proxy invites: what was judged is one thing, what is sent another.
TEST_F(Encode, AnyOtherRequestThanTheCallIsCaught) {
  const auto call = dynamodb("GetItem", R"({"TableName":"t"})").read();
  auto request = Serializer::serialize(*call).value();
  ASSERT_TRUE(check_round_trip(*call, request));
  auto other_table = request;
  other_table.body = R"({"TableName":"u"})";
  EXPECT_FALSE(check_round_trip(*call, other_table));
  auto other_operation = request;
  other_operation.head.headers.set("x-amz-target", "DynamoDB_20120810.DeleteTable");
  EXPECT_FALSE(check_round_trip(*call, other_operation));
  auto two_claims = request;
  two_claims.head.headers.add("smithy-protocol", "rpc-v2-cbor");
  EXPECT_FALSE(check_round_trip(*call, two_claims));
}

TEST_F(Encode, TheUpstreamHostIsOurs) {
  const auto call = s3("GET", "/bucket/k").to("anything:1234").read();
  EXPECT_EQ(upstream_target(*call)->host, "s3.us-east-1.amazonaws.com");
  const auto control = Ask("GET", "/v20180820/jobs")
                           .signed_for("s3")
                           .header("x-amz-account-id", "123456789012")
                           .read();
  ASSERT_TRUE(control) << control.error().message;
  EXPECT_EQ(upstream_target(*control)->host, "123456789012.s3-control.us-east-1.amazonaws.com");
  const auto evil = Ask("GET", "/v20180820/jobs")
                        .signed_for("s3")
                        .header("x-amz-account-id", "evil.example/")
                        .read();
  EXPECT_FALSE(evil && upstream_target(*evil));
}

TEST_F(Encode, GlobalServicesAreSignedForTheirOwnRegion) {
  const auto call = Ask("POST", "/")
                        .signed_for("iam", "eu-west-1")
                        .form("Action=GetUser&Version=2010-05-08")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->region, "eu-west-1");
  EXPECT_EQ(upstream_target(*call)->host, "iam.amazonaws.com");
  EXPECT_EQ(upstream_target(*call)->signing_region, "us-east-1");
}

}  // namespace
}  // namespace strait::wire
