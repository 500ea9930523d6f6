// SPDX-License-Identifier: Apache-2.0
#include "sigv4/signer.h"

#include <gtest/gtest.h>

#include "sigv4/own_request.h"
#include "sigv4/payload.h"
#include "sigv4/sigv4_testing.h"
#include "sigv4/verifier.h"

namespace strait::sigv4 {
namespace {

using journey::Payload;

const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");
constexpr std::string_view kRealSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

AwsCredentials real_credentials() {
  return {"ASIAREALREALREALREAL", Secret(std::string(kRealSecret)), Secret("real-session-token"),
          kNow + std::chrono::minutes(10)};
}

// A call that an agent has signed and that was let through.
journey::IntendedCall permitted_call() {
  SigningKeyCache keys(16);
  const AwsCredentials virtual_credentials{
      "STRTAAAABBBBCCCCDDDD", Secret("virtual"), Secret("STRT1.1.x"), {}};
  journey::RequestHead head{"GET", "/", {}};
  const auto sent =
      sign_own(head, "", {"strait.example", "eu-west-1", "sqs"}, virtual_credentials, kNow);
  const Claimed claimed{testing::session("STRTAAAABBBBCCCCDDDD", kNow + std::chrono::hours(1)),
                        "virtual"};
  auto verified = Verifier::verify(testing::parsed(*sent, "", Payload::kNone), claimed, keys, kNow);
  EXPECT_TRUE(verified) << verified.error().message;
  return testing::intended(std::move(verified->call));
}

Result<Outgoing> sign(journey::UnsignedRequest request, std::string_view service = "s3",
                      const AwsCredentials& credentials = real_credentials()) {
  SigningKeyCache keys(16);
  return Signer::sign(permitted_call(), std::move(request),
                      {"bkt.s3.eu-west-1.amazonaws.com", "eu-west-1", service}, credentials, keys,
                      kNow);
}

// AWS's side of the wire: the strictest server we know, with the real key.
Result<Verified> aws_verifies(const Outgoing& sent, Payload payload) {
  SigningKeyCache keys(16);
  const Claimed claimed{testing::session("ASIAREALREALREALREAL", kNow + std::chrono::hours(1)),
                        kRealSecret};
  return Verifier::verify(testing::parsed(sent.request.head(), sent.request.body(), payload),
                          claimed, keys, kNow);
}

journey::UnsignedRequest upload(journey::Stream stream) {
  journey::UnsignedRequest out{{"PUT", "/a%20b", {}}, "", std::move(stream)};
  out.head.headers.add("content-type", "text/plain");
  return out;
}

std::string one(const Outgoing& sent, std::string_view name) {
  return std::string(sent.request.head().headers.one(name).value_or("(none)"));
}

TEST(Signer, ABufferedCallIsCompleteAndVerifies) {
  journey::UnsignedRequest request{{"POST", "/", {}}, R"({"TableName":"t"})", {}};
  request.head.headers.add("x-amz-target", "DynamoDB_20120810.GetItem");
  const auto sent = sign(std::move(request), "dynamodb");
  ASSERT_TRUE(sent) << sent.error().message;
  const auto verified = aws_verifies(*sent, Payload::kBuffered);
  EXPECT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(one(*sent, "host"), "bkt.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(one(*sent, "x-amz-date"), "20261123T010203Z");
  EXPECT_EQ(one(*sent, "x-amz-security-token"), "real-session-token");
  EXPECT_EQ(one(*sent, "content-length"), "17");
  EXPECT_EQ(one(*sent, "accept-encoding"), "identity");
  EXPECT_EQ(one(*sent, "x-amz-content-sha256"), "(none)");
  EXPECT_TRUE(one(*sent, "user-agent").starts_with("strait/0.1 (ses_"));
  EXPECT_FALSE(sent->chunks);
}

TEST(Signer, NothingOfTheAgentsCredentialGoesUpstream) {
  const auto sent = sign({{"GET", "/", {}}, "", {}});
  ASSERT_TRUE(sent);
  for (const auto& [name, value] : sent->request.head().headers.fields()) {
    EXPECT_EQ(value.find("STRT"), std::string::npos) << name;
    EXPECT_EQ(value.find(kRealSecret), std::string::npos) << name;
  }
}

TEST(Signer, S3AlwaysGetsTheDigest) {
  const auto sent = sign({{"GET", "/a%20b?versionId=x", {}}, "", {}});
  ASSERT_TRUE(sent);
  EXPECT_EQ(one(*sent, "x-amz-content-sha256"), kEmptySha256);
  EXPECT_EQ(one(*sent, "content-length"), "(none)");
  EXPECT_TRUE(aws_verifies(*sent, Payload::kNone));
}

TEST(Signer, AStreamWithADigestGoesAsItIs) {
  const auto sent = sign(upload({.length = 3, .sha256_hex = std::string(64, 'a')}));
  ASSERT_TRUE(sent);
  EXPECT_EQ(one(*sent, "x-amz-content-sha256"), std::string(64, 'a'));
  EXPECT_EQ(one(*sent, "content-length"), "3");
  EXPECT_FALSE(sent->chunks);
  EXPECT_TRUE(aws_verifies(*sent, Payload::kStreamed));
}

TEST(Signer, AStreamWithoutADigestGoesInSignedChunks) {
  const std::string payload(150'000, 'p');
  for (const std::string algorithm : {"", "CRC32", "CRC64NVME", "SHA256"}) {
    SCOPED_TRACE(algorithm);
    auto sent = sign(upload({.length = payload.size(),
                             .checksum_algorithm = algorithm,
                             .checksum_in_trailer = !algorithm.empty()}));
    ASSERT_TRUE(sent) << sent.error().message;
    ASSERT_TRUE(sent->chunks);
    EXPECT_EQ(one(*sent, "content-encoding"), "aws-chunked");
    EXPECT_EQ(one(*sent, "x-amz-decoded-content-length"), "150000");
    std::string body;
    sent->chunks->feed(payload, body);
    ASSERT_TRUE(sent->chunks->finish(body));
    EXPECT_EQ(one(*sent, "content-length"), std::to_string(body.size()));

    auto verified = aws_verifies(*sent, Payload::kStreamed);
    ASSERT_TRUE(verified) << verified.error().message;
    std::string stored;
    ASSERT_TRUE(verified->body->feed(body, [&](std::string_view bytes) { stored += bytes; }));
    const auto end = verified->body->finish();
    EXPECT_TRUE(end) << end.error().message;
    EXPECT_EQ(stored, payload);
  }
}

TEST(Signer, TheObjectsOwnContentEncodingIsKept) {
  auto request = upload({.length = 3});
  request.head.headers.add("content-encoding", "gzip");
  const auto sent = sign(std::move(request));
  ASSERT_TRUE(sent);
  EXPECT_EQ(one(*sent, "content-encoding"), "gzip,aws-chunked");
}

TEST(Signer, RefusesWhatItCannotFrame) {
  EXPECT_EQ(sign(upload({.length = {}})).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(sign(upload({.length = 3, .checksum_algorithm = "CRC7", .checksum_in_trailer = true}))
                .error()
                .code,
            ErrorCode::kUnsupported);
}

TEST(Signer, RefusesAnExpiredOrMissingCredential) {
  auto credentials = real_credentials();
  credentials.expires = kNow;
  EXPECT_EQ(sign({{"GET", "/", {}}, "", {}}, "s3", credentials).error().code,
            ErrorCode::kUnavailable);
  EXPECT_EQ(sign({{"GET", "/", {}}, "", {}}, "s3", AwsCredentials{}).error().code,
            ErrorCode::kUnavailable);
}

TEST(OwnRequest, IsSignedAndComplete) {
  journey::RequestHead head{"POST", "/", {}};
  head.headers.add("content-type", "application/x-www-form-urlencoded");
  const std::string body = "Action=AssumeRole&Version=2011-06-15";
  const auto sent = sign_own(head, body, {"sts.eu-west-1.amazonaws.com", "eu-west-1", "sts"},
                             real_credentials(), kNow);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->headers.one("content-length"), std::to_string(body.size()));
  SigningKeyCache keys(16);
  const Claimed claimed{testing::session("ASIAREALREALREALREAL", kNow + std::chrono::hours(1)),
                        kRealSecret};
  EXPECT_TRUE(Verifier::verify(testing::parsed(*sent, body), claimed, keys, kNow));
}

}  // namespace
}  // namespace strait::sigv4
