// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a role says about masking, as data. Owned by the role; read while plans are compiled and
// never afterwards.
namespace strait::mask {

// Secrets that are recognised by how they look, wherever they stand.
enum class Detector : std::uint8_t {
  kAwsSecretKey,    // "aws-secret-key": 40 characters of base64 that stand beside a word such as
                    // SecretAccessKey
  kPrivateKey,      // "private-key": PEM, PKCS#1, PKCS#8, SEC1, OpenSSH, PGP
  kAwsAccessKeyId,  // "aws-access-key-id": AKIA... or ASIA...
  kJwt,             // "jwt"
  kGithubToken,     // "github-token"
  kSlackToken,      // "slack-token": tokens and incoming web-hook URLs
  kStripeKey,       // "stripe-key"
  kCardNumber,      // "card-number": 13 to 19 digits of a known issuer that pass Luhn
};
inline constexpr std::size_t kDetectors = 8;

using DetectorSet = std::uint16_t;  // an or of bit()
constexpr DetectorSet bit(Detector detector) { return DetectorSet(1u << unsigned(detector)); }
inline constexpr DetectorSet kDetectNone = 0;
// Key ids too: AWS quotes the one a request was signed with in its errors, and that one is ours.
inline constexpr DetectorSet kDetectDefault =
    bit(Detector::kAwsSecretKey) | bit(Detector::kPrivateKey) | bit(Detector::kAwsAccessKeyId);
inline constexpr DetectorSet kDetectAll = (1u << kDetectors) - 1;

std::string_view name(Detector detector);  // as above, in quotes
std::optional<Detector> detector_named(
    std::string_view name);  // the reverse, for `detect = [...]` in a role

// The kind of those members that hold the URL of a queue (overlay/masks.txt). Such a URL is no
// secret: it is rewritten, when a role's connection asks for that, so that the SDKs that take it
// for an address come back here. Like a mask in every other respect, the record included.
inline constexpr std::string_view kQueueUrl = "queue-url";

struct MaskRules {
  // Opt-outs, named in the role: "ssm:GetParameter" shows the whole reply,
  // "ssm:GetParameter/Parameter.Value" one member and what is beneath it ("[]" for list elements,
  // "{}" for map values). Before the colon stands the IAM prefix or the client's name. Operations
  // that return credentials take no opt-out.
  std::vector<std::string> show;
  DetectorSet detect = kDetectDefault;
  bool rewrite_queue_urls = false;
};

}  // namespace strait::mask
