// SPDX-License-Identifier: Apache-2.0
#include "wire/decode.h"

#include <gtest/gtest.h>

#include "codec/gzip.h"
#include "codec/json.h"
#include "wire/ask_test.h"

namespace strait::wire {
namespace {

class Decode : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }

  // The input as JSON, or the code and message of the refusal.
  static std::string input_of(const Ask& ask) {
    const auto call = ask.read();
    if (!call) return std::string(name(call.error().code)) + ": " + call.error().message;
    std::string out;
    codec::write_json(out, call->input);
    return out;
  }
  static bool refused(const Ask& ask) {
    return outcome_of(ask) == "invalid_input" || outcome_of(ask) == "malformed_request";
  }
};

Ask s3(std::string method, std::string target) {
  return Ask(std::move(method), std::move(target)).signed_for("s3");
}

TEST_F(Decode, JsonBecomesTypedMembers) {
  EXPECT_EQ(input_of(dynamodb(
                "GetItem", R"({"TableName":"t","Key":{"id":{"B":"AAE="}},"ConsistentRead":true})")),
            R"({"TableName":"t","Key":{"id":{"B":"AAE="}},"ConsistentRead":true})");
}

TEST_F(Decode, UnknownMembersAreRefusedWithTheirPath) {
  EXPECT_EQ(input_of(dynamodb("GetItem", R"({"TableName":"t","Key":{"id":{"S":"1","X":1}}})")),
            "invalid_input: `Key.id` has no member `X` in this version of the API model");
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":"t","tablename":"u"})")));
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":"t","TableName":"u"})")));
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":"t","Table\u004eame":"u"})")));
}

TEST_F(Decode, TypesMustFit) {
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":1})")));
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":"t","Key":[]})")));
  EXPECT_TRUE(refused(dynamodb("Scan", R"({"TableName":"t","Limit":1.0})")));
  EXPECT_TRUE(refused(dynamodb("Scan", R"({"TableName":"t","Limit":"1"})")));
  EXPECT_TRUE(refused(dynamodb("Scan", R"({"TableName":"t","Limit":1e3})")));
  EXPECT_TRUE(refused(
      dynamodb("GetItem", R"({"TableName":"t","Key":{"id":{"B":"AAF="}}})")));  // trailing bits
  EXPECT_TRUE(
      refused(dynamodb("GetItem", R"({"TableName":"t","Key":{"id":{"B":"AAE"}}})")));  // no padding
  const auto converse = [](std::string content) {
    return Ask("POST", "/model/m/converse")
        .signed_for("bedrock")
        .body(R"({"messages":[{"role":"user","content":[{)" + content + "}]}]}");
  };
  EXPECT_EQ(outcome_of(converse(R"("text":"a")")), "ok");
  EXPECT_TRUE(refused(converse(R"("text":"a","cachePoint":{"type":"default"})")));  // a union
  EXPECT_TRUE(refused(dynamodb("GetItem", "[]")));
}

TEST_F(Decode, NullIsAbsence) {
  EXPECT_EQ(input_of(dynamodb("GetItem", R"({"TableName":"t","ConsistentRead":null})")),
            R"({"TableName":"t"})");
}

TEST_F(Decode, QueryListsAreNumberedWithoutGaps) {
  const auto ec2 = [](const std::string& rest) {
    return query("ec2", "Action=DescribeInstances&Version=2016-11-15&" + rest);
  };
  EXPECT_EQ(input_of(ec2("InstanceId.1=i-1&InstanceId.2=i-2")), R"({"InstanceIds":["i-1","i-2"]})");
  EXPECT_EQ(input_of(ec2("Filter.1.Name=n&Filter.1.Value.1=v")),
            R"({"Filters":[{"Name":"n","Values":["v"]}]})");
  for (const auto* bad :
       {"InstanceId.2=i-2", "InstanceId.0=i", "InstanceId.01=i", "InstanceId.1=i&InstanceId.3=i",
        "InstanceId=i", "InstanceId.1=i&InstanceId.1=j", "InstanceId.1=i&InstanceId=j",
        "InstanceId.99999999999999999999=i", "instanceId.1=i", "InstanceId.member.1=i",
        "MaxResults=1.0", "MaxResults", "DryRun=True", "Nonsense=1", "InstanceId.1.=i"}) {
    EXPECT_TRUE(refused(ec2(bad))) << bad;
  }
  EXPECT_EQ(
      input_of(query(
          "iam",
          "Action=SimulatePrincipalPolicy&Version=2010-05-08&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A1"
          "23456789012%3Auser%2Fa&ActionNames.member.1=s3%3AGetObject&ActionNames.member.2=x")),
      R"({"ActionNames":["s3:GetObject","x"],"PolicySourceArn":"arn:aws:iam::123456789012:user/a"})");
}

TEST_F(Decode, OldSqsClientsSpeakQuery) {
  EXPECT_EQ(
      input_of(Ask("POST", "/123456789012/jobs")
                   .signed_for("sqs")
                   .form("Action=SendMessage&Version=2012-11-05&QueueUrl=https%3A%2F%2Fsqs.us-east-"
                         "1.amazonaws.com%2F123456789012%2Fjobs"
                         "&MessageBody=hi&MessageAttribute.1.Name=a&MessageAttribute.1.Value."
                         "DataType=String"
                         "&MessageAttribute.1.Value.StringValue=b")),
      R"({"MessageAttributes":{"a":{"DataType":"String","StringValue":"b"}},"MessageBody":"hi",)"
      R"("QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/jobs"})");
}

TEST_F(Decode, RestBindsPathQueryAndHeaders) {
  EXPECT_EQ(input_of(s3("GET", "/bucket/a%20b/%2e%2e//c?versionId=v").header("range", "bytes=0-1")),
            R"({"Bucket":"bucket","Key":"a b/..//c","Range":"bytes=0-1","VersionId":"v"})");
  EXPECT_EQ(
      input_of(s3("PUT", "/bucket/k").header("x-amz-meta-a", "1").header("content-length", "3")),
      R"({"Bucket":"bucket","Key":"k","Metadata":{"a":"1"}})");
  EXPECT_TRUE(refused(s3("GET", "/buc%2Fket/k")));
  EXPECT_TRUE(refused(s3("GET", "/bucket/%ff")));
  EXPECT_TRUE(refused(s3("GET", "/bucket/%zz")));
  EXPECT_TRUE(refused(s3("GET", "/bucket?list-type=2&max-keys=ten")));
  EXPECT_TRUE(refused(s3("GET", "/bucket?list-type=2&prefix=a&prefix=b")));
  EXPECT_EQ(outcome_of(s3("GET", "/bucket/k").header("x-amz-nonsense", "1")), "unknown_operation");
}

TEST_F(Decode, XmlBodiesKnowEveryElement) {
  const auto tagging = [](std::string body) {
    return s3("PUT", "/bucket?tagging").body(std::move(body));
  };
  const std::string inner = "<TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet>";
  EXPECT_EQ(input_of(tagging("<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + inner +
                             "</Tagging>")),
            R"({"Bucket":"bucket","Tagging":{"TagSet":[{"Key":"a","Value":"b"}]}})");
  EXPECT_EQ(outcome_of(tagging("<Tagging>" + inner + "</Tagging>")), "ok");
  for (const auto& bad :
       {"<Tagging xmlns=\"urn:x\">" + inner + "</Tagging>", "<Other>" + inner + "</Other>",
        "<Tagging>" + inner + inner + "</Tagging>", "<Tagging a=\"1\">" + inner + "</Tagging>",
        "<!DOCTYPE Tagging><Tagging>" + inner + "</Tagging>",
        "<Tagging>" + inner + "<More/></Tagging>", std::string("<Tagging>text</Tagging>")}) {
    EXPECT_TRUE(refused(tagging(bad))) << bad;
  }
}

TEST_F(Decode, ForeignHeadersOfRpcCallsAreRefused) {
  EXPECT_TRUE(refused(dynamodb("GetItem", "{}").header("x-amz-copy-source", "a/b")));
  EXPECT_EQ(
      outcome_of(dynamodb("GetItem", R"({"TableName":"t"})").header("x-forwarded-for", "1.2.3.4")),
      "ok");
}

TEST_F(Decode, NumbersStayWithinWhatTheModelHolds) {
  const auto scan = [](const std::string& limit) {
    return dynamodb("Scan", R"({"TableName":"t","Limit":)" + limit + "}");
  };
  EXPECT_EQ(outcome_of(scan("2147483647")), "ok");
  EXPECT_TRUE(refused(scan("2147483648")));  // which 32 bits read as a negative number
  EXPECT_TRUE(refused(scan("-2147483649")));
  const auto provisioned = [](const std::string& units) {
    return dynamodb("UpdateTable",
                    R"({"TableName":"t","ProvisionedThroughput":{"ReadCapacityUnits":)" + units +
                        R"(,"WriteCapacityUnits":1}})");
  };
  EXPECT_EQ(outcome_of(provisioned("9223372036854775807")), "ok");
  EXPECT_TRUE(refused(provisioned("9223372036854775808")));
  const auto datapoint = [](const std::string& value) {
    return query(
        "monitoring",
        "Action=PutMetricData&Version=2010-08-01&Namespace=n&MetricData.member.1.MetricName="
        "m&MetricData.member.1.Value=" +
            value);
  };
  EXPECT_EQ(outcome_of(datapoint("1e300")), "ok");
  EXPECT_TRUE(refused(datapoint("1e400")));  // which a double reads as infinity
  EXPECT_TRUE(
      refused(query("ec2", "Action=DescribeInstances&Version=2016-11-15&MaxResults=2147483648")));
}

// The attack: what stands before a service tidies the path, and then it is another operation's.
TEST_F(Decode, APathThatCouldBeTidiedIsRefused) {
  const auto portal = [](const std::string& arn) {
    return Ask("GET", "/portals/" + arn).signed_for("workspaces-web");
  };
  EXPECT_EQ(outcome_of(portal("arn%3Aaws%3Aworkspaces-web%3Aus-east-1%3A123456789012%3Aportal/p")),
            "ok");
  for (const auto* bad : {"a/../b", "a/./b", "..", "a/..", "../a", "a//b", "a/", "/a", "a/%2e%2E/b",
                          "a%2F..%2Fb", "a%252Fb", "%252e%252e/b"}) {
    EXPECT_TRUE(refused(portal(bad)) || outcome_of(portal(bad)) == "unknown_operation") << bad;
  }
  const auto tags = [](const std::string& arn) {
    return Ask("GET", "/tags/" + arn).signed_for("apigateway");
  };
  EXPECT_EQ(outcome_of(tags("arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx")), "ok");
  EXPECT_TRUE(refused(tags("arn%2F..%2Fx")));
  EXPECT_TRUE(refused(tags("arn%253Aaws")));
  EXPECT_EQ(outcome_of(s3("GET", "/bucket/a/../b//c%2525/.")), "ok");  // a key is a key
}

// The attack on the agent's own words: a write on a condition that happens without it.
TEST_F(Decode, AHeaderThatAwsCouldReadIsNotDropped) {
  for (const auto* name :
       {"if-match", "if-none-match", "if-modified-since", "range", "x-amzn-mystery",
        "x-amz-bypass-governance-retention", "content-range", "client-token"}) {
    EXPECT_NE(outcome_of(s3("DELETE", "/bucket/k?tagging").header(name, "x")), "ok") << name;
  }
  EXPECT_EQ(outcome_of(s3("DELETE", "/bucket/k").header("if-match", "x")), "ok");
  EXPECT_EQ(outcome_of(s3("GET", "/bucket/k").header("range", "bytes=0-1")), "ok");
  EXPECT_TRUE(refused(dynamodb("GetItem", R"({"TableName":"t"})").header("x-amzn-mystery", "1")));
  // What tracing, SDKs and middle boxes add means nothing to AWS.
  for (const auto* name :
       {"traceparent", "tracestate", "baggage", "x-amzn-trace-id", "x-forwarded-for",
        "amz-sdk-request", "x-amz-user-agent", "x-amz-te", "accept", "via"}) {
    EXPECT_EQ(outcome_of(s3("DELETE", "/bucket/k?tagging").header(name, "x")), "ok") << name;
  }
}

TEST_F(Decode, ACopySourceHasOneSpelling) {
  const auto source = [](const std::string& text) {
    const auto call = s3("PUT", "/bucket/k").header("x-amz-copy-source", text).read();
    const auto* found = call ? call->input.find("CopySource") : nullptr;
    return found != nullptr ? *found->string() : std::string("refused");
  };
  EXPECT_EQ(source("/from/a%20b"), "from/a%20b");
  EXPECT_EQ(source("from/a b/\xc3\xa9?versionId=v%2F1"), "from/a%20b/%C3%A9?versionId=v%2F1");
  EXPECT_EQ(source("from/a%2Fb/../c//d%2B%25"), "from/a/b/../c//d%2B%25");
  EXPECT_EQ(source("arn:aws:s3:us-east-1:123456789012:accesspoint/ap/object/k"),
            "arn%3Aaws%3As3%3Aus-east-1%3A123456789012%3Aaccesspoint/ap/object/k");
  for (const auto* bad :
       {"from/k?versionId=a&versionId=b", "from/k?versionId=a?versionId=b", "from/k%3FversionId=a",
        "from/k%3FversionId%3Da?versionId=b", "from/k?versionid=a", "from/k?x=1", "from/k?",
        "from/a+b", "from/k?versionId=", "from/%zz", "from/%ff", "from", "from/", "//k", "/", ""}) {
    EXPECT_EQ(source(bad), "refused") << bad;
  }
}

TEST_F(Decode, TagsInAHeaderHaveOneSpelling) {
  const auto tagging = [](const std::string& text) {
    const auto call = s3("PUT", "/bucket/k").header("x-amz-tagging", text).read();
    const auto* found = call ? call->input.find("Tagging") : nullptr;
    return found != nullptr ? *found->string() : std::string("refused");
  };
  EXPECT_EQ(tagging("a=1&b=x+y%2b;c"), "a=1&b=x%20y%2B%3Bc");
  EXPECT_EQ(tagging("a"), "a=");
  EXPECT_EQ(tagging("a=1&a=2"), "refused");
  EXPECT_EQ(tagging("a=1&%61=2"), "refused");
  EXPECT_EQ(tagging("a=x y"), "refused");
  EXPECT_EQ(tagging("a=%zz"), "refused");
}

TEST_F(Decode, OnlyOneOperationTakesGzip) {
  EXPECT_EQ(outcome_of(dynamodb("GetItem", codec::gzip("{}")).header("content-encoding", "gzip")),
            "unsupported");
  const auto metrics = [](std::string body) {
    return Ask("POST", "/")
        .signed_for("monitoring")
        .target("GraniteServiceVersion20100801.PutMetricData")
        .header("content-encoding", "gzip")
        .body(std::move(body));
  };
  EXPECT_EQ(input_of(metrics(codec::gzip(R"({"Namespace":"n"})"))), R"({"Namespace":"n"})");
  EXPECT_TRUE(refused(metrics(codec::gzip("{}") + "x")));
  const auto form = [](const std::string& service, const std::string& text) {
    return query(service, codec::gzip(text)).header("content-encoding", "gzip");
  };
  EXPECT_EQ(input_of(form("monitoring", "Action=PutMetricData&Version=2010-08-01&Namespace=n")),
            R"({"Namespace":"n"})");
  EXPECT_EQ(outcome_of(form("sts", "Action=GetCallerIdentity&Version=2011-06-15")), "unsupported");
}

TEST_F(Decode, PromisedChecksumsAreKept) {
  const std::string body = "<Tagging><TagSet/></Tagging>";
  EXPECT_EQ(outcome_of(s3("PUT", "/bucket?tagging")
                           .body(body)
                           .header("content-md5", "hoeYKPDuSnpBWBI4i3ry6A==")),
            "invalid_input");
  EXPECT_EQ(outcome_of(
                s3("PUT", "/bucket?tagging").body(body).header("x-amz-checksum-crc32", "AAAAAA==")),
            "invalid_input");
}

TEST_F(Decode, AStreamStaysOutOfTheInput) {
  const auto call = s3("PUT", "/bucket/k")
                        .header("content-encoding", "aws-chunked")
                        .header("x-amz-decoded-content-length", "20")
                        .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
                        .header("x-amz-trailer", "x-amz-checksum-crc32")
                        .header("transfer-encoding", "chunked")
                        .header("x-amz-sdk-checksum-algorithm", "CRC32")
                        .read();
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->payload, journey::Payload::kStreamed);
  EXPECT_EQ(call->stream->member, "Body");
  EXPECT_EQ(call->stream->length, 20u);
  EXPECT_EQ(call->stream->checksum_algorithm, "CRC32");
  EXPECT_TRUE(call->stream->checksum_in_trailer);
  EXPECT_EQ(call->input.find("Body"), nullptr);
  EXPECT_EQ(call->input.find("ContentEncoding"), nullptr);
}

TEST_F(Decode, ABodyWithoutParametersIsRefused) {
  EXPECT_EQ(outcome_of(s3("GET", "/bucket/k?acl").body("x")), "invalid_input");
  EXPECT_EQ(outcome_of(Ask("GET", "/2015-03-31/functions/f").signed_for("lambda").body("x")),
            "invalid_input");
}

TEST_F(Decode, BodyPlansComeFromTheHead) {
  const auto plan = [](std::string method, std::string target, std::string scope,
                       std::string length, std::string payload = "UNSIGNED-PAYLOAD") {
    journey::RequestHead head{std::move(method), std::move(target), {}};
    head.headers.add("host", "127.0.0.1");
    head.headers.add("authorization", "AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/" + scope +
                                          "/aws4_request, a=b");
    if (!length.empty()) head.headers.add("content-length", length);
    if (!payload.empty()) head.headers.add("x-amz-content-sha256", payload);
    const RequestView view{head.method, head.target, &head.headers, "127.0.0.1", ""};
    return announced(head, *credential_scope(view), *real_catalog(), {})->body;
  };
  EXPECT_EQ(plan("PUT", "/b-1/k", "s3", "5"), BodyPlan::kStream);
  EXPECT_EQ(plan("PUT", "/b-1/k", "s3", "0"), BodyPlan::kStream);
  EXPECT_EQ(plan("PUT", "/b-1/k", "s3", "5", ""), BodyPlan::kBuffer);  // its digest was signed
  EXPECT_EQ(plan("GET", "/b-1/k", "s3", ""), BodyPlan::kNone);
  EXPECT_EQ(plan("PUT", "/b-1?tagging", "s3", "5"), BodyPlan::kBuffer);
  EXPECT_EQ(plan("PUT", "/b-1?tagging&acl", "s3", "5"), BodyPlan::kNone);  // will be refused
  EXPECT_EQ(plan("POST", "/2015-03-31/functions/f/invocations", "lambda", "5"), BodyPlan::kBuffer);
}

TEST_F(Decode, MarksOfTwoProtocolsAreRefusedBeforeTheBodyIsRead) {
  journey::RequestHead head{"POST", "/", {}};
  head.headers.add("x-amz-target", "DynamoDB_20120810.GetItem");
  head.headers.add("smithy-protocol", "rpc-v2-cbor");
  const auto said = announced(head, std::nullopt, *real_catalog(), {});
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().code, ErrorCode::kAmbiguousRequest);
}

}  // namespace
}  // namespace strait::wire
