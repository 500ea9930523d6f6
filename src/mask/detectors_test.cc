// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "mask/confirm.h"
#include "mask/mask_testing.h"

namespace strait::mask::testing {
namespace {

// Key-like texts are put together here, so that no scanner mistakes this file for a leak.
const std::string kSecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + std::string("EXAMPLEKEY");
const std::string kPem =
    "-----BEGIN RSA PRIVATE" +
    std::string(" KEY-----\nMIIEpAIBAAKCAQEA\nabcd\n-----END RSA PRIVATE KEY-----");
const std::string kJwt = "eyJhbGciOiJIUzI1NiJ9." + std::string("eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl");
const std::string kGithub = "ghp_" + std::string(36, 'a');
const std::string kSlack = "xoxb-" + std::string("1234567890-abcdefghij");
const std::string kStripe = "sk_live_" + std::string(24, 'b');

std::string found(std::string_view text, DetectorSet set = kDetectAll, bool near = false) {
  std::vector<Finding> findings;
  confirm(text, set, near, findings);
  std::string out;
  for (const auto& finding : findings) {
    out.append(name(finding.detector))
        .append("=")
        .append(text.substr(finding.begin, finding.end - finding.begin))
        .append(";");
  }
  return out;
}

TEST(Detectors, NamesGoBothWays) {
  for (std::size_t at = 0; at < kDetectors; ++at) {
    EXPECT_EQ(detector_named(name(static_cast<Detector>(at))), static_cast<Detector>(at));
  }
  EXPECT_FALSE(detector_named("aws"));
}

TEST(Detectors, FindTheirKind) {
  EXPECT_EQ(found("id=AKIAIOSFODNN7EXAMPLE."), "aws-access-key-id=AKIAIOSFODNN7EXAMPLE;");
  EXPECT_EQ(found("aws_secret_access_key = " + kSecretKey), "aws-secret-key=" + kSecretKey + ";");
  EXPECT_EQ(found("AKIAIOSFODNN7EXAMPLE," + kSecretKey),
            "aws-access-key-id=AKIAIOSFODNN7EXAMPLE;aws-secret-key=" + kSecretKey + ";");
  EXPECT_EQ(found("x " + kPem + " y"), "private-key=" + kPem + ";");
  EXPECT_EQ(found("Bearer " + kJwt + " "), "jwt=" + kJwt + ";");
  EXPECT_EQ(found("token " + kGithub), "github-token=" + kGithub + ";");
  EXPECT_EQ(found(kSlack), "slack-token=" + kSlack + ";");
  EXPECT_EQ(found(kStripe), "stripe-key=" + kStripe + ";");
  EXPECT_EQ(found("card 4111 1111 1111 1111."), "card-number=4111 1111 1111 1111;");
  EXPECT_EQ(found("378282246310005"), "card-number=378282246310005;");
}

TEST(Detectors, FindPemInsideBase64) {
  const auto encoded = codec::base64_encode(kPem);
  EXPECT_EQ(found("data: " + encoded), "private-key=" + encoded + ";");
  const auto certificate = codec::base64_encode(
      "-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA\n-----END CERTIFICATE-----");
  EXPECT_EQ(found(certificate), "");
}

TEST(Detectors, UnfinishedPemIsCoveredToTheEnd) {
  const auto cut = kPem.substr(0, kPem.size() - 20);
  EXPECT_EQ(found(cut), "private-key=" + cut + ";");
}

TEST(Detectors, SecretKeyNeedsAHint) {
  EXPECT_EQ(found(kSecretKey), "");
  EXPECT_EQ(found(kSecretKey, kDetectAll, true), "aws-secret-key=" + kSecretKey + ";");
  EXPECT_EQ(found("SecretAccessKey" + std::string(kHintBytes, ' ') + kSecretKey), "");
}

TEST(Detectors, LeaveTheOrdinaryAlone) {
  for (const std::string text :
       {"AKIA", "AKIAIOSFODNN7EXAMPL", "AKIAIOSFODNN7EXAMPLEX", "xAKIAIOSFODNN7EXAMPLE",
        "4111 1111 1111 1112", "1234567890123", "eyJhbGciOiJIUzI1NiJ9", "ghp_short",
        "-----BEGIN CERTIFICATE-----", "secret key: 0123456789abcdef0123456789abcdef01234567",
        "xoxb-1", "sk_live_1"}) {
    EXPECT_EQ(found(text), "") << text;
  }
}

TEST(Detectors, OnlyThoseAskedFor) {
  EXPECT_EQ(found("AKIAIOSFODNN7EXAMPLE " + kStripe, bit(Detector::kStripeKey)),
            "stripe-key=" + kStripe + ";");
}

TEST(Detectors, LuhnIsLuhn) {
  EXPECT_TRUE(luhn("79927398713"));
  EXPECT_FALSE(luhn("79927398710"));
  EXPECT_FALSE(luhn(""));
}

// The first, raw pass may cry wolf but must never miss.
TEST(Detectors, RawPassIsASuperset) {
  auto scan = scan_of(kDetectAll);
  for (const std::string& secret :
       {std::string("AKIAIOSFODNN7EXAMPLE"), "secret_key " + kSecretKey, kPem,
        codec::base64_encode(kPem), kJwt, kGithub, "github_pat_" + std::string(22, 'c'), kSlack,
        "hooks.slack.com/services/" + std::string(30, 'd'), kStripe,
        "whsec_" + std::string(20, 'e'), std::string("4111-1111-1111-1111"),
        std::string("378282246310005")}) {
    ASSERT_NE(found(secret), "") << secret;
    const auto hits = scan.suspicious("..." + secret + "...", kDetectAll);
    ASSERT_TRUE(hits);
    EXPECT_FALSE((*hits)->empty()) << secret;
  }
}

TEST(Detectors, RefuseASetThatDoesNotExist) {
  EXPECT_FALSE(Detectors::compile(kDetectNone));
  EXPECT_FALSE(Detectors::compile(1u << kDetectors));
}

}  // namespace
}  // namespace strait::mask::testing
