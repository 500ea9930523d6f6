// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/uri.h"
#include "wire/ask_test.h"
#include "wire/place.h"

namespace strait::wire {
namespace {

class Recognise : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

Ask s3(std::string method, std::string target) {
  return Ask(std::move(method), std::move(target)).signed_for("s3");
}

TEST_F(Recognise, JsonGoesByItsTarget) {
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}")), "dynamodb:GetItem");
  EXPECT_EQ(operation_of(dynamodb("GetItems", "{}")), "unknown_operation");
}

TEST_F(Recognise, CborGoesByItsPath) {
  const auto path = "/service/GraniteServiceVersion20100801/operation/ListMetrics";
  EXPECT_EQ(operation_of(Ask("POST", path).signed_for("monitoring").cbor()),
            "cloudwatch:ListMetrics");
  EXPECT_EQ(operation_of(Ask("GET", path).signed_for("monitoring").cbor()), "malformed_request");
  EXPECT_EQ(operation_of(Ask("POST", std::string("/x") + path).signed_for("monitoring").cbor()),
            "malformed_request");
}

TEST_F(Recognise, QueryGoesByActionAndVersion) {
  EXPECT_EQ(operation_of(query("sts", "Action=GetCallerIdentity&Version=2011-06-15")),
            "sts:GetCallerIdentity");
  EXPECT_EQ(operation_of(query("ec2", "Action=DescribeVpcs&Version=2016-11-15")),
            "ec2:DescribeVpcs");
  EXPECT_EQ(operation_of(query("sts", "Action=GetCallerIdentity&Version=2011-06-16")),
            "unknown_operation");
}

TEST_F(Recognise, TwoClaimsAreRefused) {
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").cbor()),
            "malformed_request");  // two content types
  EXPECT_EQ(operation_of(Ask("POST", "/")
                             .signed_for("monitoring")
                             .header("smithy-protocol", "rpc-v2-cbor")
                             .header("x-amz-target", "GraniteServiceVersion20100801.ListMetrics")),
            "ambiguous_request");
  EXPECT_EQ(operation_of(Ask("POST", "/?Action=DeleteUser")
                             .signed_for("iam")
                             .form("Action=GetUser&Version=2010-05-08")),
            "ambiguous_request");
  EXPECT_EQ(
      operation_of(
          Ask("POST", "/?Action=X").signed_for("dynamodb").target("DynamoDB_20120810.GetItem")),
      "ambiguous_request");
  EXPECT_EQ(operation_of(query("iam", "Action=GetUser&Action=DeleteUser&Version=2010-05-08")),
            "ambiguous_request");
  EXPECT_EQ(operation_of(query("iam", "Action=GetUser&Version=2010-05-08&Version=2010-05-08")),
            "ambiguous_request");
  EXPECT_EQ(operation_of(Ask("POST", "/")
                             .signed_for("dynamodb")
                             .header("x-amz-target", "DynamoDB_20120810.GetItem")
                             .header("content-type", "application/x-www-form-urlencoded")),
            "ambiguous_request");
}

TEST_F(Recognise, QueryModeBesideJsonIsWhatSdksSend) {
  EXPECT_EQ(operation_of(Ask("POST", "/")
                             .signed_for("sqs")
                             .target("AmazonSQS.ListQueues")
                             .header("x-amzn-query-mode", "true")),
            "sqs:ListQueues");
}

TEST_F(Recognise, ImitatedAndRepeatedHeadersAreRefused) {
  EXPECT_EQ(operation_of(
                dynamodb("GetItem", "{}").header("x_amz_target", "DynamoDB_20120810.DeleteItem")),
            "malformed_request");
  EXPECT_EQ(operation_of(
                dynamodb("GetItem", "{}").header("x-amz-target", "DynamoDB_20120810.DeleteItem")),
            "malformed_request");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").signed_for("dynamodb")), "malformed_request");
}

TEST_F(Recognise, AHeaderCannotReplaceTheMethod) {
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key").header("x-http-method-override", "DELETE")),
            "ambiguous_request");
}

TEST_F(Recognise, TheScopeMustFitTheOperation) {
  EXPECT_EQ(operation_of(Ask("POST", "/").signed_for("s3").target("DynamoDB_20120810.GetItem")),
            "unknown_operation");
  EXPECT_EQ(
      operation_of(
          Ask("POST", "/").signed_for("dynamodb").target("DynamoDBStreams_20120810.GetRecords")),
      "dynamodbstreams:GetRecords");
  EXPECT_EQ(operation_of(Ask("GET", "/x").signed_for("nosuchservice")), "unknown_service");
}

TEST_F(Recognise, UnsignedIsOnlyWhatAwsTakesUnsigned) {
  EXPECT_EQ(
      operation_of(Ask("POST", "/").form("Action=AssumeRoleWithWebIdentity&Version=2011-06-15")),
      "sts:AssumeRoleWithWebIdentity");
  EXPECT_EQ(operation_of(Ask("POST", "/").form("Action=GetCallerIdentity&Version=2011-06-15")),
            "unknown_operation");
  EXPECT_EQ(operation_of(Ask("POST", "/").target("DynamoDB_20120810.GetItem")),
            "unknown_operation");
}

TEST_F(Recognise, OtherSignaturesAreNamedAndRefused) {
  EXPECT_EQ(operation_of(Ask("GET", "/b/k")
                             .header("authorization",
                                     "AWS4-ECDSA-P256-SHA256 Credential=a/b/s3/aws4_request")),
            "unsupported");
  EXPECT_EQ(operation_of(Ask("GET", "/b/k").header("authorization", "AWS AKID:sig")),
            "unsupported");
  EXPECT_EQ(operation_of(Ask("GET", "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0")),
            "unsupported");
  EXPECT_EQ(operation_of(Ask("GET", "/b/k")
                             .header("authorization",
                                     "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3")),
            "malformed_request");
}

TEST_F(Recognise, S3GoesByPresenceOfKeysAndHeaders) {
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key")), "s3:GetObject");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key?uploadId=u")), "s3:ListParts");
  EXPECT_EQ(operation_of(s3("GET", "/bucket")), "s3:ListObjects");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/")), "s3:ListObjects");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/?list-type=2")), "s3:ListObjectsV2");
  EXPECT_EQ(operation_of(s3("GET", "/")), "s3:ListBuckets");
  EXPECT_EQ(operation_of(s3("PUT", "/bucket/key")), "s3:PutObject");
  EXPECT_EQ(operation_of(s3("PUT", "/bucket/key").header("x-amz-copy-source", "a/b")),
            "s3:CopyObject");
  EXPECT_EQ(operation_of(s3("PUT", "/bucket/key?partNumber=1&uploadId=u")), "s3:UploadPart");
  EXPECT_EQ(
      operation_of(
          s3("PUT", "/bucket/key?partNumber=1&uploadId=u").header("x-amz-copy-source", "a/b")),
      "s3:UploadPartCopy");
  EXPECT_EQ(operation_of(s3("DELETE", "/bucket/key?uploadId=u")), "s3:AbortMultipartUpload");
  EXPECT_EQ(operation_of(s3("GET", "/bucket?acl")), "s3:GetBucketAcl");
  EXPECT_EQ(operation_of(s3("GET", "/bucket?%61cl")), "s3:GetBucketAcl");
}

TEST_F(Recognise, S3TakesOneSubresourceAndKnowsEveryKey) {
  for (const auto* target :
       {"/bucket?acl&policy", "/bucket?ACL", "/bucket?acl=x", "/bucket/key?uploads&tagging",
        "/bucket?policy&versionId=1", "/bucket/key?acl&uploadId=u", "/bucket/key?nonsense"}) {
    EXPECT_EQ(operation_of(s3("GET", target)), "unknown_operation") << target;
  }
}

TEST_F(Recognise, TheOperationHintNeverDecides) {
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key?x-id=GetObject")), "s3:GetObject");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key?x-id=GetObjectAcl")), "ambiguous_request");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key?acl&x-id=GetObject")), "ambiguous_request");
}

TEST_F(Recognise, VirtualHostsCarryTheBucket) {
  const Options ours{.gateway_hosts = {"gw.example"}};
  EXPECT_EQ(operation_of(s3("GET", "/key").to("bucket.s3.us-east-1.amazonaws.com")),
            "s3:GetObject");
  EXPECT_EQ(operation_of(s3("GET", "/").to("bucket.gw.example:4180"), ours), "s3:ListObjects");
  EXPECT_EQ(operation_of(s3("GET", "/a/b").to("bucket.gw.example"), ours), "s3:GetObject");
  const auto found = s3("GET", "/a/b").to("my.bucket.gw.example").recognised(ours);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bucket, "my.bucket");
}

TEST_F(Recognise, HostsAreOursOrAwssOrRefused) {
  const Options ours{.gateway_hosts = {"gw.example"}};
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("evil.example"), ours), "unknown_service");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("gw.example"), ours), "dynamodb:GetItem");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("dynamodb.us-east-1.amazonaws.com")),
            "dynamodb:GetItem");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("sqs.us-east-1.amazonaws.com")),
            "unknown_operation");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("nonsense.amazonaws.com.cn")),
            "unknown_service");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("dynamodb.eu-west-1.amazonaws.com")),
            "ambiguous_request");
  EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to("")), "malformed_request");
}

TEST_F(Recognise, OneApiUnderSeveralClientsIsOneOperation) {
  const auto found = query("rds", "Action=DescribeDBClusters&Version=2014-10-31").recognised();
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->also.size(), 2u);  // docdb, neptune
  EXPECT_EQ(found->operation.service().name(), "rds") << "the others sign as rds, and are rds";
}

TEST_F(Recognise, MediaconnectsOverlappingRoutesGoByTheLiteral) {
  EXPECT_EQ(operation_of(Ask("POST", "/v1/flows/start/arn%3Aaws").signed_for("mediaconnect")),
            "mediaconnect:StartFlow");
  EXPECT_EQ(operation_of(Ask("POST", "/v1/flows/arn%3Aaws/outputs").signed_for("mediaconnect")),
            "mediaconnect:AddFlowOutputs");
}

TEST_F(Recognise, WhatFollowsAGreedyLabelCounts) {
  EXPECT_EQ(
      operation_of(
          Ask("DELETE", "/portals/arn%3Aaws%3A1/browserSettings").signed_for("workspaces-web")),
      "workspaces-web:DisassociateBrowserSettings");
}

TEST_F(Recognise, HostPrefixesMustBeWhatTheInputSays) {
  const auto states = [](std::string host) {
    return Ask("POST", "/")
        .signed_for("states")
        .target("AWSStepFunctions.StartSyncExecution")
        .to(std::move(host))
        .body("{}");
  };
  EXPECT_EQ(outcome_of(states("sync-127.0.0.1:4180")), "ok");
  EXPECT_EQ(outcome_of(states("127.0.0.1:4180")), "ok");
  EXPECT_EQ(outcome_of(states("data-127.0.0.1:4180")), "ambiguous_request");
  EXPECT_EQ(outcome_of(states("sync-states.us-east-1.amazonaws.com")), "ok");
  const auto control = [](std::string host) {
    return Ask("GET", "/v20180820/jobs")
        .signed_for("s3")
        .header("x-amz-account-id", "123456789012")
        .to(std::move(host));
  };
  EXPECT_EQ(outcome_of(control("123456789012.s3-control.us-east-1.amazonaws.com")), "ok");
  EXPECT_EQ(outcome_of(control("999999999999.s3-control.us-east-1.amazonaws.com")),
            "ambiguous_request");
  const auto streams = [](std::string host) {
    return Ask("POST", "/")
        .signed_for("dynamodb")
        .target("DynamoDBStreams_20120810.ListStreams")
        .to(std::move(host))
        .body("{}");
  };
  EXPECT_EQ(outcome_of(streams("123456789012.streams-ddb.us-east-1.amazonaws.com")), "ok");
  EXPECT_EQ(outcome_of(streams("999999999999.streams-ddb.us-east-1.amazonaws.com")),
            "ambiguous_request");
}

Ask get_from(std::string host, std::string target = "/key",
             const std::string& region = "us-east-1") {
  return Ask("GET", std::move(target)).signed_for("s3", region).to(std::move(host));
}

std::string bucket_read(const Ask& ask, const Options& options = {}) {
  const auto call = ask.read(options);
  if (!call) return std::string(name(call.error().code));
  const auto* bucket = call->input.find("Bucket");
  return bucket != nullptr && bucket->string() != nullptr ? *bucket->string() : "none";
}

TEST_F(Recognise, AnAccessPointsHostIsNeverABucketOfThatName) {
  const std::string arn = "arn:aws:s3:us-east-1:123456789012:accesspoint/mine";
  EXPECT_EQ(bucket_read(get_from("mine-123456789012.s3-accesspoint.us-east-1.amazonaws.com")), arn);
  EXPECT_EQ(bucket_read(get_from(
                "mine-123456789012.s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com")),
            arn);
  EXPECT_EQ(bucket_read(get_from("mine.s3-accesspoint.us-east-1.amazonaws.com")), "invalid_input");
  EXPECT_EQ(bucket_read(get_from("a.b-123456789012.s3-accesspoint.us-east-1.amazonaws.com")),
            "invalid_input");
  EXPECT_EQ(bucket_read(get_from("s3-accesspoint.us-east-1.amazonaws.com", "/bucket/key")),
            "invalid_input");
}

TEST_F(Recognise, HostsThatLeadToBucketsUnnamedAreRefused) {
  for (const auto* host :
       {"abc.mrap.accesspoint.s3-global.amazonaws.com",
        "mine-123456789012.s3-object-lambda.us-east-1.amazonaws.com",
        "mine-123456789012.op-0123456789abcdef0.s3-outposts.us-east-1.amazonaws.com",
        "x--op-s3.op-0123456789abcdef0.s3-outposts.us-east-1.amazonaws.com",
        "x--op-s3.ec2.s3-outposts.us-east-1.amazonaws.com",
        "bucket.s3-website.us-east-1.amazonaws.com", "bucket.s3-website-us-east-1.amazonaws.com",
        "s3-website-us-east-1.amazonaws.com"}) {
    EXPECT_EQ(bucket_read(get_from(host)), "unsupported") << host;
    EXPECT_EQ(bucket_read(get_from(host, "/bucket/key")), "unsupported") << host;
  }
}

TEST_F(Recognise, AliasesOfAccessPointsAreRefusedWhereverABucketStands) {
  for (const std::string alias :
       {"x-abc-s3alias", "x--ol-s3", "x--op-s3", "x--xa-s3", "abc.mrap"}) {
    EXPECT_EQ(bucket_read(s3("GET", "/" + alias + "/key")), "unsupported") << alias;
    EXPECT_EQ(bucket_read(get_from(alias + ".s3.us-east-1.amazonaws.com")), "unsupported") << alias;
  }
}

TEST_F(Recognise, AnArnInThePathIsAnAccessPointHereOrRefused) {
  const auto read = [](const std::string& arn) {
    return bucket_read(s3("GET", "/" + codec::percent_encode(arn, false) + "/key"));
  };
  const std::string arn = "arn:aws:s3:us-east-1:123456789012:accesspoint/mine";
  EXPECT_EQ(read(arn), arn);
  EXPECT_EQ(read("arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"), "invalid_input");
  EXPECT_EQ(read("arn:aws-cn:s3:us-east-1:123456789012:accesspoint/mine"), "invalid_input");
  for (const auto* other :
       {"arn:aws:s3:::bucket", "arn:aws:s3::123456789012:accesspoint/abc.mrap",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/mine/object/x",
        "arn:aws:s3:us-east-1:123456789012:accesspoint/../mine",
        "arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint/mine",
        "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-1/accesspoint/mine"}) {
    EXPECT_EQ(read(other), "unsupported") << other;
  }
  EXPECT_EQ(bucket_read(s3("GET", "/arn:aws:s3:us-east-1:123456789012:accesspoint/mine/key")),
            "unsupported")
      << "a slash of the path ends the bucket";
}

TEST_F(Recognise, BeforeTheGatewaysNameAnAccessPointAndABucketLookAlike) {
  const Options ours{.gateway_hosts = {"gw.example"}};
  EXPECT_EQ(bucket_read(get_from("mine-123456789012.gw.example"), ours), "ambiguous_request");
  EXPECT_EQ(bucket_read(get_from("gw.example", "/mine-123456789012/key"), ours),
            "mine-123456789012");
  EXPECT_EQ(bucket_read(get_from("mine-12345678901.gw.example"), ours), "mine-12345678901");
}

TEST_F(Recognise, OutpostsAreControlledUnderTheirOwnSigningName) {
  EXPECT_EQ(operation_of(Ask("PUT", "/v20180820/bucket/b")
                             .signed_for("s3-outposts")
                             .header("x-amz-outpost-id", "op-0123456789abcdef0")
                             .to("s3-outposts.us-east-1.amazonaws.com")),
            "s3control:CreateBucket");
  EXPECT_EQ(operation_of(Ask("GET", "/bucket/key").signed_for("s3-outposts")), "unknown_operation");
}

TEST_F(Recognise, NamesUnderAwssDomainsThatAreNoEndpointsAreUnknown) {
  for (const auto* host :
       {"a.us-east-1.amazonaws.com", "us-east-1.amazonaws.com", "x.eu-west-1.api.aws",
        "nonsense.cloud.adc-e.uk", "x.csp.hci.ic.gov", "anything.amazonaws.eu"}) {
    EXPECT_EQ(operation_of(dynamodb("GetItem", "{}").to(host)), "unknown_service") << host;
  }
}

TEST_F(Recognise, ANameIsAnEndpointWhenItsLabelIsExplained) {
  const auto named = [](std::string_view host) {
    return endpoint_named(host, *real_catalog()).has_value();
  };
  for (const auto* host :
       {"dynamodb.us-east-1.amazonaws.com", "my.bucket.s3.eu-west-1.amazonaws.com",
        "mine-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
        "123456789012.s3-control.eu-west-1.amazonaws.com", "sync-states.us-east-1.amazonaws.com",
        "123456789012.ddb.us-east-1.amazonaws.com", "sts-fips.us-east-1.amazonaws.com",
        "iam.amazonaws.com", "DYNAMODB.us-east-1.api.aws"}) {
    EXPECT_TRUE(named(host)) << host;
  }
  for (const auto* host :
       {"evil.dynamodb.us-east-1.amazonaws.com", "evil.us-east-1.amazonaws.com", "amazonaws.com",
        "a.b.s3-control.eu-west-1.amazonaws.com", "evil-states.us-east-1.amazonaws.com",
        "dynamodb.us-east-1.amazonaws.com.evil.example", "evil.example", "-.s3.amazonaws.com",
        "abc.lambda-url.us-east-1.on.aws", "abc.execute-api.us-east-1.amazonaws.com",
        "a..s3.amazonaws.com", "instance.abc.eu-west-1.rds.amazonaws.com",
        "ec2-1-2-3-4.eu-west-1.compute.amazonaws.com", "d1.cloudfront.net"}) {
    EXPECT_FALSE(named(host)) << host;
  }
}

TEST_F(Recognise, AGlobalServiceIsJudgedInItsOwnRegion) {
  const auto region = [](const Ask& ask) { return ask.recognised()->region; };
  EXPECT_EQ(region(Ask("POST", "/")
                       .signed_for("iam", "eu-west-1")
                       .form("Action=GetUser&Version=2010-05-08")),
            "us-east-1");
  EXPECT_EQ(region(Ask("POST", "/")
                       .signed_for("iam", "us-gov-east-1")
                       .form("Action=GetUser&Version=2010-05-08")),
            "us-gov-west-1");
  EXPECT_EQ(region(Ask("GET", "/2013-04-01/hostedzone").signed_for("route53", "eu-west-1")),
            "us-east-1");
  EXPECT_EQ(region(Ask("POST", "/")
                       .signed_for("sts", "eu-west-1")
                       .form("Action=GetCallerIdentity&Version=2011-06-15")),
            "eu-west-1");
}

TEST_F(Recognise, ATrailingSlashIsTheClientsTaste) {
  const auto route53 = [](std::string method, std::string target) {
    return operation_of(Ask(std::move(method), std::move(target)).signed_for("route53"));
  };
  EXPECT_EQ(route53("POST", "/2013-04-01/hostedzone/Z1/rrset"), "route53:ChangeResourceRecordSets");
  EXPECT_EQ(route53("POST", "/2013-04-01/hostedzone/Z1/rrset/"),
            "route53:ChangeResourceRecordSets");
  EXPECT_EQ(route53("GET", "/2013-04-01/hostedzone/Z1/"), "route53:GetHostedZone");
  EXPECT_EQ(route53("GET", "/2013-04-01/hostedzone/Z1//"), "unknown_operation");
  EXPECT_EQ(operation_of(s3("GET", "/bucket/key/")), "s3:GetObject") << "a slash of the key";
}

TEST_F(Recognise, PredictHasAHostOfItsOwn) {
  const auto predict = [](std::string host) {
    return Ask("POST", "/")
        .signed_for("machinelearning")
        .target("AmazonML_20141212.Predict", "1.1")
        .to(std::move(host))
        .body(
            R"({"MLModelId":"m","Record":{},"PredictEndpoint":"https://realtime.machinelearning.us-east-1.amazonaws.com"})");
  };
  EXPECT_EQ(outcome_of(predict("realtime.machinelearning.us-east-1.amazonaws.com")), "ok");
  EXPECT_EQ(outcome_of(predict("other.machinelearning.us-east-1.amazonaws.com")),
            "ambiguous_request");
}

TEST_F(Recognise, EndpointDiscoveryIsRefusedBecauseItLeadsPast) {
  EXPECT_EQ(
      outcome_of(dynamodb("DescribeEndpoints", "{}").header("x-amz-api-version", "2012-08-10")),
      "unsupported");
}

}  // namespace
}  // namespace strait::wire
