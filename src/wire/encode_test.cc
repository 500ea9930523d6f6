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

TEST_F(Encode, AnAccessPointGoesToItsOwnHost) {
  const auto ask =
      s3("GET", "/a//b?versionId=v").to("mine-210987654321.s3-accesspoint.us-east-1.amazonaws.com");
  EXPECT_EQ(made(ask).head.target, "/a//b?versionId=v");
  const auto target = upstream_target(*ask.read());
  ASSERT_TRUE(target) << target.error().message;
  EXPECT_EQ(target->host, "mine-210987654321.s3-accesspoint.us-east-1.amazonaws.com");
  EXPECT_EQ(target->signing_name, "s3");
  EXPECT_TRUE(target->host_names_resource);
  const auto list = s3("GET", "/arn%3Aaws%3As3%3Aus-east-1%3A210987654321%3Aaccesspoint%2Fmine");
  EXPECT_EQ(made(list).head.target, "/");
  EXPECT_EQ(upstream_target(*list.read())->host, target->host);
}

// Judged on one access point, sent to another.
TEST_F(Encode, TheHostOfAnAccessPointIsPartOfTheRoundTrip) {
  auto call = s3("GET", "/k").to("mine-210987654321.s3-accesspoint.us-east-1.amazonaws.com").read();
  ASSERT_TRUE(call) << call.error().message;
  const auto request = Serializer::serialize(*call).value();
  ASSERT_TRUE(check_round_trip(*call, request));
  auto in_path = request;
  in_path.head.target = "/mine-210987654321/k";
  EXPECT_FALSE(check_round_trip(*call, in_path));
}

TEST_F(Encode, TheVariantThatWasAddressedIsKept) {
  const auto upstream = [](const Ask& ask) {
    const auto call = ask.read();
    if (!call) return call.error().message;
    const auto target = upstream_target(*call);
    return target ? target->host : target.error().message;
  };
  const auto identity = [](std::string host) {
    return query("sts", "Action=GetCallerIdentity&Version=2011-06-15").to(std::move(host));
  };
  EXPECT_EQ(upstream(identity("sts-fips.us-east-1.amazonaws.com")),
            "sts-fips.us-east-1.amazonaws.com");
  EXPECT_EQ(upstream(identity("sts.us-east-1.amazonaws.com")), "sts.us-east-1.amazonaws.com");
  EXPECT_EQ(upstream(dynamodb("ListTables", "{}").to("dynamodb.us-east-1.api.aws")),
            "dynamodb.us-east-1.api.aws");
  EXPECT_EQ(upstream(s3("GET", "/k").to("bucket.s3-fips.dualstack.us-east-1.amazonaws.com")),
            "s3-fips.dualstack.us-east-1.amazonaws.com");
  EXPECT_EQ(
      upstream(s3("GET", "/k").to("mine-210987654321.s3-accesspoint-fips.us-east-1.amazonaws.com")),
      "mine-210987654321.s3-accesspoint-fips.us-east-1.amazonaws.com");
}

TEST_F(Encode, OutpostsAndPredictGoToTheirOwnHosts) {
  const auto outpost = Ask("PUT", "/v20180820/bucket/b")
                           .signed_for("s3-outposts")
                           .header("x-amz-outpost-id", "op-0123456789abcdef0")
                           .to("s3-outposts.us-east-1.amazonaws.com")
                           .read();
  ASSERT_TRUE(outpost) << outpost.error().message;
  EXPECT_EQ(upstream_target(*outpost)->host, "s3-outposts.us-east-1.amazonaws.com");
  EXPECT_EQ(upstream_target(*outpost)->signing_name, "s3-outposts");
  const auto predict =
      Ask("POST", "/")
          .signed_for("machinelearning")
          .target("AmazonML_20141212.Predict", "1.1")
          .body(R"({"MLModelId":"m","Record":{},"PredictEndpoint":"https://evil.example"})")
          .read();
  ASSERT_TRUE(predict) << predict.error().message;
  EXPECT_EQ(upstream_target(*predict)->host, "realtime.machinelearning.us-east-1.amazonaws.com");
}

TEST_F(Encode, ASpacesOwnHostIsKept) {
  const auto event = [](std::string host) {
    const auto ask = Ask("POST", "/")
                         .signed_for("osm")
                         .target("OpenSearchMemory.GetEvent")
                         .to(std::move(host))
                         .body(R"({"spaceId":"space","eventId":"e"})");
    return read_input(ask.view(), real_catalog(), "123456789012", {});
  };
  const auto call = event("space.osm.us-east-1.on.aws");
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(upstream_target(*call)->host, "space.osm.us-east-1.on.aws");
  EXPECT_EQ(upstream_target(*event("127.0.0.1:4180"))->host, "space.osm.us-east-1.on.aws");
  EXPECT_FALSE(event("other.osm.us-east-1.on.aws"));
}

TEST_F(Encode, ATrailingSlashIsTheModels) {
  const auto ask = [](std::string target) {
    return Ask("GET", std::move(target)).signed_for("route53");
  };
  EXPECT_EQ(made(ask("/2013-04-01/hostedzone/Z1/")).head.target, "/2013-04-01/hostedzone/Z1");
}

TEST_F(Encode, GlobalServicesAreSignedForTheirOwnRegion) {
  const auto call = Ask("POST", "/")
                        .signed_for("iam", "eu-west-1")
                        .form("Action=GetUser&Version=2010-05-08")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->region, "us-east-1");
  EXPECT_EQ(upstream_target(*call)->host, "iam.amazonaws.com");
  EXPECT_EQ(upstream_target(*call)->signing_region, "us-east-1");
}

}  // namespace
}  // namespace strait::wire
