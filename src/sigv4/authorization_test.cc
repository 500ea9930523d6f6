// SPDX-License-Identifier: Apache-2.0
#include "sigv4/authorization.h"

#include <gtest/gtest.h>

namespace strait::sigv4 {
namespace {

const std::string kSignature(64, 'a');
const std::string kGood =
    "AWS4-HMAC-SHA256 Credential=STRTAAAABBBBCCCCDDDD/20261123/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" +
    kSignature;

journey::RequestHead request(std::string target, std::vector<std::string> authorizations) {
  journey::RequestHead head{"GET", std::move(target), {}};
  head.headers.add("host", "dynamodb.eu-west-1.amazonaws.com");
  for (auto& value : authorizations) head.headers.add("authorization", std::move(value));
  return head;
}

Result<Authorization> authorization_in(const journey::RequestHead& head) {
  return authorization_of(head, signature_fields(head.headers));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(Authorization, NamesWhoSignedWhat) {
  const auto parsed = parse_authorization(kGood);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->access_key_id, "STRTAAAABBBBCCCCDDDD");
  EXPECT_EQ(parsed->scope.date, "20261123");
  EXPECT_EQ(parsed->scope.region, "eu-west-1");
  EXPECT_EQ(parsed->scope.service, "dynamodb");
  EXPECT_EQ(parsed->signed_headers, "host;x-amz-date");
  EXPECT_EQ(parsed->names, (std::vector<std::string_view>{"host", "x-amz-date"}));
  EXPECT_EQ(parsed->signature, kSignature);
  EXPECT_TRUE(parsed->signs("host"));
  EXPECT_FALSE(parsed->signs("x-amz"));
}

TEST(Authorization, SpacesAfterCommasAndTheOrderOfPartsDoNotMatter) {
  const std::string credential =
      "Credential=STRTAAAABBBBCCCCDDDD/20261123/eu-west-1/s3/aws4_request";
  for (const auto& text :
       {"AWS4-HMAC-SHA256 " + credential + ",SignedHeaders=host,Signature=" + kSignature,
        "AWS4-HMAC-SHA256 Signature=" + kSignature + ",   SignedHeaders=host , " + credential}) {
    const auto parsed = parse_authorization(text);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->scope.service, "s3");
  }
}

TEST(Authorization, WhatDoesNotFitTheGrammarIsRefused) {
  const auto with = [](const std::string& from, const std::string& to) {
    return replaced(kGood, from, to);
  };
  for (const auto& text : {
           with("Credential=", "Credential=STRTX/"),     // a slash in the key id
           with("/aws4_request", ""),                    // a part is missing
           with("aws4_request", "aws5_request"),         //
           with("20261123", "2026112"),                  //
           with("20261123", "2026112x"),                 //
           with("eu-west-1", "*"),                       // wildcard region
           with("dynamodb", ""),                         //
           with("STRTAAAABBBBCCCCDDDD", "STRT\"AAA"),    //
           with("host;x-amz-date", "x-amz-date;host"),   // not sorted
           with("host;x-amz-date", "host;host"),         // twice
           with("host;x-amz-date", "Host;x-amz-date"),   // upper case
           with("host;x-amz-date", "host;"),             //
           with("host;x-amz-date", ""),                  //
           with(", Signature", ",, Signature"),          //
           with("Signature=", "Signature=b"),            // 65 digits
           with(kSignature, std::string(64, 'A')),       // upper-case hex
           with("Signature=", "signature="),             //
           with("SignedHeaders=host;x-amz-date, ", ""),  // two parts
           kGood + ", Signature=" + kSignature,          // four parts
           with("SignedHeaders=host;x-amz-date", "Signature=" + kSignature),
           std::string("AWS4-HMAC-SHA256"),
           std::string("AWS4-HMAC-SHA256 "),
       }) {
    const auto parsed = parse_authorization(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kMalformedRequest) << text;
  }
}

TEST(Authorization, OtherWaysToSignAreNamedAndRefused) {
  const std::vector<std::pair<std::string, std::string>> forms = {
      {"AWS4-ECDSA-P256-SHA256 Credential=A/20261123/s3/aws4_request, SignedHeaders=host, "
       "Signature=00",
       "4A"},
      {"AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", "Version 2"},
      {"AWS3-HTTPS AWSAccessKeyId=A,Algorithm=HmacSHA256,Signature=x", "Version 3"},
      {"Bearer eyJhbGciOiJub25lIn0", "Bearer"},
      {"bearer abc", "Bearer"},
      {"AWS4-HMAC-SHA1 Credential=x", "AWS4-HMAC-SHA1"},
      {"Basic dXNlcjpwYXNz", "Basic"},
      {"", "scheme"},
  };
  for (const auto& [header, word] : forms) {
    const auto parsed = parse_authorization(header);
    ASSERT_FALSE(parsed) << header;
    EXPECT_EQ(parsed.error().code, ErrorCode::kUnsupported) << header;
    EXPECT_NE(parsed.error().message.find(word), std::string::npos) << parsed.error().message;
  }
}

TEST(Authorization, PresignedRequestsAreNamedAndRefused) {
  const std::vector<std::pair<std::string, std::string>> targets = {
      {"/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00",
       "presigned URLs (X-Amz-Signature"},
      {"/b/k?x-amz-signature=00", "presigned URLs (X-Amz-Signature"},
      {"/b/k?a=b&X%2DAmz%2DCredential=AKID", "presigned URLs (X-Amz-Signature"},
      {"/b/k?AWSAccessKeyId=AKID&Signature=x&Expires=1", "Version 2"},
      {"/b/k?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256&X-Amz-Signature=00", "Version 4A"},
      {"/b/k?X-Amz-Region-Set=*", "Version 4A"},
  };
  for (const auto& [target, word] : targets) {
    const auto alone = authorization_in(request(target, {}));
    ASSERT_FALSE(alone) << target;
    EXPECT_EQ(alone.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(alone.error().message.find(word), std::string::npos) << alone.error().message;
    const auto both = authorization_in(request(target, {kGood}));
    ASSERT_FALSE(both) << target;
    EXPECT_EQ(both.error().code, ErrorCode::kAmbiguousRequest);
  }
}

TEST(Authorization, AMissingOrRepeatedHeaderIsRefused) {
  const auto missing = authorization_in(request("/", {}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidSignature);
  EXPECT_NE(missing.error().message.find("not signed"), std::string::npos);
  const auto twice = authorization_in(request("/", {kGood, kGood}));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::kMalformedRequest);
  EXPECT_TRUE(authorization_in(request("/?Signature=mine&prefix=AWSAccessKeyId", {kGood})));
}

TEST(Claim, NeedsASessionToken) {
  auto head = request("/", {kGood});
  const auto without = claim_of(head);
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::kUnknownSession);
  head.headers.add("x-amz-security-token", "STRT1.1.abc");
  const auto claim = claim_of(head);
  ASSERT_TRUE(claim);
  EXPECT_EQ(claim->access_key_id, "STRTAAAABBBBCCCCDDDD");
  EXPECT_EQ(claim->session_token, "STRT1.1.abc");
  head.headers.add("x-amz-security-token", "STRT1.1.abc");
  EXPECT_EQ(claim_of(head).error().code, ErrorCode::kMalformedRequest);
}

}  // namespace
}  // namespace strait::sigv4
