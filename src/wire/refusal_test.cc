// SPDX-License-Identifier: Apache-2.0
#include "wire/refusal.h"

#include <gtest/gtest.h>

#include <map>

#include "codec/cbor.h"
#include "wire/ask_test.h"
#include "wire/needs.h"
#include "wire/reply_error.h"
#include "wire/sts.h"

namespace strait::wire {
namespace {

const Error kNo = error(ErrorCode::kDenied, "User: a is not authorized");

std::string header(const journey::ReplyHead& head, std::string_view name) {
  return std::string(head.headers.one(name).value_or("-"));
}
journey::Refusal refused(ErrorShape shape, const Error& why = kNo, bool head = false) {
  return make_refusal(why, shape,
                      {.id = "call_1",
                       .decision = "deny",
                       .rule = "ci.json#No",
                       .help = "https://h/x",
                       .head_method = head});
}

TEST(Refusal, SpeaksEveryProtocol) {
  const auto json = refused(ErrorShape::kJson);
  EXPECT_EQ(json.head.status, 400);
  EXPECT_EQ(json.body, R"({"__type":"AccessDeniedException","message":"User: a is not authorized",)"
                       R"("Message":"User: a is not authorized"})");
  EXPECT_EQ(header(json.head, "x-amzn-errortype"), "AccessDeniedException");
  const auto rest = refused(ErrorShape::kRestJson);
  EXPECT_EQ(rest.head.status, 403);
  EXPECT_EQ(rest.body,
            R"({"message":"User: a is not authorized","Message":"User: a is not authorized"})");
  EXPECT_NE(refused(ErrorShape::kQuery)
                .body.find("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"),
            std::string::npos);
  EXPECT_NE(refused(ErrorShape::kEc2)
                .body.find("<Response><Errors><Error><Code>UnauthorizedOperation</Code>"),
            std::string::npos);
  EXPECT_NE(refused(ErrorShape::kEc2).body.find("<RequestID>call_1</RequestID>"),
            std::string::npos);
  EXPECT_NE(refused(ErrorShape::kS3).body.find("<Error><Code>AccessDenied</Code>"),
            std::string::npos);
  EXPECT_NE(refused(ErrorShape::kS3).body.find("<HostId>call_1</HostId>"), std::string::npos);
  const auto cbor = refused(ErrorShape::kCbor);
  EXPECT_EQ(cbor.head.status, 400);
  EXPECT_EQ(*codec::parse_cbor(cbor.body)->find("__type")->string(), "AccessDeniedException");
  EXPECT_EQ(header(cbor.head, "smithy-protocol"), "rpc-v2-cbor");
}

TEST(Refusal, CarriesItsIdAndRule) {
  const auto one = refused(ErrorShape::kS3);
  EXPECT_EQ(header(one.head, "x-strait-id"), "call_1");
  EXPECT_EQ(header(one.head, "x-amz-request-id"), "call_1");
  EXPECT_EQ(header(one.head, "x-amzn-requestid"), "call_1");
  EXPECT_EQ(header(one.head, "x-strait-decision"), "deny");
  EXPECT_EQ(header(one.head, "x-strait-rule"), "ci.json#No");
  EXPECT_EQ(header(one.head, "x-strait-retry"), "no");
}

TEST(Refusal, OfHeadHasNoBody) {
  EXPECT_TRUE(refused(ErrorShape::kS3, kNo, true).body.empty());
  EXPECT_EQ(refused(ErrorShape::kS3, kNo, true).head.status, 403);
}

TEST(Refusal, OnlyWhatMayWorkLaterIsRetried) {
  const ErrorShape shapes[] = {ErrorShape::kJson, ErrorShape::kRestJson, ErrorShape::kQuery,
                               ErrorShape::kEc2,  ErrorShape::kRestXml,  ErrorShape::kS3,
                               ErrorShape::kCbor};
  for (const auto shape : shapes) {
    for (const auto code :
         {ErrorCode::kDenied, ErrorCode::kApprovalRequired, ErrorCode::kApprovalRefused,
          ErrorCode::kExpiredToken, ErrorCode::kInvalidSignature, ErrorCode::kUnknownSession,
          ErrorCode::kReplyWithheld}) {
      const auto status = refusal_text(error(code, "x"), shape).status;
      EXPECT_TRUE(status == 400 || status == 403) << status;
    }
    EXPECT_EQ(refusal_text(error(ErrorCode::kThrottled, "x"), shape).status, 429);
    EXPECT_EQ(refusal_text(error(ErrorCode::kRecorderUnavailable, "x"), shape).status, 503);
    EXPECT_EQ(refusal_text(error(ErrorCode::kUpstreamTimeout, "x"), shape).status, 503);
  }
  EXPECT_EQ(refusal_text(error(ErrorCode::kExpiredToken, "x"), ErrorShape::kS3).code,
            "ExpiredToken");
  EXPECT_EQ(refusal_text(error(ErrorCode::kExpiredToken, "x"), ErrorShape::kJson).code,
            "ExpiredTokenException");
  EXPECT_EQ(refusal_text(error(ErrorCode::kInvalidSignature, "x"), ErrorShape::kS3).code,
            "SignatureDoesNotMatch");
}

TEST(Refusal, MessagesCannotBreakTheirContainer) {
  const auto nasty = error(ErrorCode::kInvalidInput, "a\r\nx-evil: 1 <b> \"q\" \x01");
  EXPECT_EQ(refused(ErrorShape::kS3, nasty).body.find("<b>"), std::string::npos);
  EXPECT_EQ(refused(ErrorShape::kJson, nasty).body.find('\n'), std::string::npos);
}

TEST(DenialSentence, IsOneLineAndKeepsItsEnd) {
  journey::Verdict verdict{.action = "s3:DeleteObject",
                           .resource = "arn:aws:s3:::b/" + std::string(2000, 'k'),
                           .decided_by = {{"ci.json", "No"}},
                           .why = "of an explicit deny in strait policy ci.json#No"};
  const auto text = denial_sentence("arn:aws:sts::1:assumed-role/r/s", verdict, "call_1", "no",
                                    "Ask: strait request call_1");
  EXPECT_LE(text.size(), 600u);
  EXPECT_TRUE(
      text.starts_with("User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: "
                       "s3:DeleteObject on resource: arn:aws:s3:::b/"));
  EXPECT_TRUE(
      text.ends_with("because of an explicit deny in strait policy ci.json#No [strait call_1 "
                     "rule=ci.json#No retry=no]. Ask: strait request call_1"));
  verdict.resource = "a\nb";
  verdict.decided_by.clear();
  EXPECT_EQ(denial_sentence("u", verdict, "i", "no", "n").find('\n'), std::string::npos);
  EXPECT_NE(denial_sentence("u", verdict, "i", "no", "n").find("rule=none"), std::string::npos);
}

TEST(GuessedShape, ComesFromTheMarks) {
  journey::RequestHead head{"POST", "/", {}};
  EXPECT_EQ(guess_error_shape(head), ErrorShape::kRestJson);
  head.headers.add("authorization",
                   "AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/s3/aws4_request, a=b");
  EXPECT_EQ(guess_error_shape(head), ErrorShape::kS3);
  head.headers.add("x-amz-target", "X.Y");
  EXPECT_EQ(guess_error_shape(head), ErrorShape::kJson);
}

class UpstreamErrors : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

TEST_F(UpstreamErrors, AreRebuiltFromTheirParts) {
  const auto call = dynamodb("PutItem", R"({"TableName":"t","Item":{}})").read();
  journey::ReplyHead head{400, {}};
  head.headers.add("x-amzn-requestid", "RID");
  head.headers.add("x-evil", "1");
  const auto error = parse_upstream_error(
      *call, head,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no",)"
      R"("Item":{"id":{"S":"1"}},"Other":1})");
  ASSERT_TRUE(error) << error.error().message;
  EXPECT_EQ(error->code, "ConditionalCheckFailedException");
  const auto reply = rebuild_error(*call, *error, false);
  EXPECT_EQ(
      reply.body,
      R"({"__type":"ConditionalCheckFailedException","message":"no","Message":"no","Item":{"id":{"S":"1"}}})");
  EXPECT_EQ(header(reply.head, "x-evil"), "-");
  EXPECT_EQ(header(reply.head, "x-amzn-requestid"), "RID");
}

TEST_F(UpstreamErrors, OfS3KeepTheKeyAndLoseTheEndpoint) {
  const auto call = Ask("GET", "/bucket/k").signed_for("s3").read();
  const auto error = parse_upstream_error(
      *call, {301, {}},
      "<Error><Code>PermanentRedirect</Code><Message>m</Message><Endpoint>evil.example</Endpoint>"
      "<BucketName>bucket</BucketName><RequestId>r</RequestId></Error>");
  ASSERT_TRUE(error) << error.error().message;
  const auto body = rebuild_error(*call, *error, false).body;
  EXPECT_NE(body.find("<BucketName>bucket</BucketName>"), std::string::npos);
  EXPECT_EQ(body.find("evil"), std::string::npos);
  EXPECT_EQ(parse_upstream_error(*call, {404, {}}, "")->code, "NotFound");
  EXPECT_FALSE(parse_upstream_error(*call, {500, {}}, "<html>"));
}

TEST_F(UpstreamErrors, OfS3SayWhereTheBucketIs) {
  const auto call = Ask("HEAD", "/bucket").signed_for("s3").read();
  journey::ReplyHead head{301, {}};
  head.headers.add("x-amz-bucket-region", "eu-central-1");
  EXPECT_EQ(header(rebuild_error(*call, *parse_upstream_error(*call, head, ""), true).head,
                   "x-amz-bucket-region"),
            "eu-central-1");
  head.headers.set("x-amz-bucket-region", "evil.example/");
  EXPECT_EQ(header(rebuild_error(*call, *parse_upstream_error(*call, head, ""), true).head,
                   "x-amz-bucket-region"),
            "-");
}

TEST_F(UpstreamErrors, OfOurCredentialAreOurs) {
  EXPECT_TRUE(is_upstream_auth_failure("SignatureDoesNotMatch"));
  EXPECT_TRUE(is_upstream_auth_failure("UnrecognizedClientException"));
  EXPECT_TRUE(is_upstream_auth_failure("ExpiredToken"));
  EXPECT_FALSE(is_upstream_auth_failure("AccessDenied"));
}

class Sts : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
  static Ask login(const std::string& rest) {
    return Ask("POST", "/")
        .form(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%"
            "3A123456789012%3Arole%2Fr"
            "&RoleSessionName=s&WebIdentityToken=t" +
            rest);
  }
};

TEST_F(Sts, ReadsTheUnsignedForm) {
  const auto call = login("&DurationSeconds=900").read();
  ASSERT_TRUE(call) << call.error().message;
  ASSERT_TRUE(is_assume_role_with_web_identity(*call));
  const auto request = web_identity_request(*call);
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->role_arn, "arn:aws:iam::123456789012:role/r");
  EXPECT_EQ(request->token.reveal(), "t");
  EXPECT_EQ(request->duration, Seconds(900));
}

TEST_F(Sts, ASessionPolicyIsNotIgnored) {
  EXPECT_EQ(web_identity_request(*login("&Policy=%7B%7D").read()).error().code,
            ErrorCode::kUnsupported);
}

TEST_F(Sts, SaysWhatConditionsOfATrustPolicyCanAsk) {
  const auto known = [](Result<journey::Call> call) {
    call->context = context_of({.now = *parse_rfc3339("2026-11-23T01:02:03Z"),
                                .peer = "[2001:db8::1]:40000",
                                .tls = true});
    std::map<std::string, std::string> out;
    for (const auto& entry : login_context(*call)) {
      EXPECT_FALSE(entry.unknown);
      out[entry.key] = entry.values.empty() ? "(absent)" : entry.values[0];
    }
    return out;
  };
  std::map<std::string, std::string> wanted = {{"aws:CurrentTime", "2026-11-23T01:02:03Z"},
                                               {"aws:EpochTime", "1795395723"},
                                               {"aws:SourceIp", "2001:db8::1"},
                                               {"aws:SecureTransport", "true"},
                                               {"aws:UserAgent", "sdk/1"},
                                               {"sts:RoleSessionName", "s"},
                                               {"aws:SourceArn", "(absent)"},
                                               {"aws:SourceAccount", "(absent)"},
                                               {"aws:SourceVpc", "(absent)"},
                                               {"aws:SourceVpce", "(absent)"}};
  EXPECT_EQ(known(login("").header("user-agent", "sdk/1").read()), wanted);
  wanted["aws:RequestedRegion"] = "eu-west-1";
  wanted["aws:UserAgent"] = "(absent)";
  EXPECT_EQ(known(login("").to("sts.eu-west-1.amazonaws.com").read()), wanted)
      << "the region is said by the name that was asked";
}

TEST(StsReplies, HaveAwssShape) {
  WebIdentityReply reply;
  reply.access_key_id = "STRT";
  reply.secret_access_key = Secret("s");
  reply.session_token = Secret("t");
  reply.expiration = *parse_rfc3339("2026-11-23T01:02:03Z");
  reply.subject = "sub<1>";
  const auto body = render(reply, "rid");
  EXPECT_TRUE(body.starts_with(
      "<AssumeRoleWithWebIdentityResponse "
      "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult>"));
  EXPECT_NE(body.find("<Expiration>2026-11-23T01:02:03Z</Expiration>"), std::string::npos);
  EXPECT_NE(body.find("sub&lt;1&gt;"), std::string::npos);
  EXPECT_TRUE(
      body.ends_with("<ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></"
                     "AssumeRoleWithWebIdentityResponse>"));
  EXPECT_NE(render(CallerIdentity{"u", "1", "arn"}, "rid")
                .find("<Arn>arn</Arn><UserId>u</UserId><Account>1</Account>"),
            std::string::npos);
}

}  // namespace
}  // namespace strait::wire
