// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstddef>

// Every limit of the gateway, with its unit in its name. A request over one of them is refused,
// never cut.
namespace strait::limits {

using namespace std::chrono_literals;
inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// HTTP (security notes, fault test 21).
inline constexpr std::size_t kHeadBytesMax = 32 * kKiB;
inline constexpr std::size_t kHeadersMax = 100;
inline constexpr std::size_t kTargetBytesMax = 16 * kKiB;
inline constexpr std::size_t kChunkLineBytesMax = 512;  // size, extension and CRLF of one chunk
// Lambda takes requests of 70,167,211 bytes: a zip of 50 MiB as base64, and the rest of the input.
inline constexpr std::size_t kBodyBufferedBytesMax = 68 * kMiB;
inline constexpr std::size_t kBodyStreamedBytesMax =
    5ull * 1024 * kMiB;  // S3's largest single object part
// The same with the framing of aws-chunked: some 90 bytes for every 8 KiB or more.
inline constexpr std::size_t kBodyFramedBytesMax = kBodyStreamedBytesMax + 128 * kMiB;
inline constexpr std::size_t kReplyBufferedBytesMax = 64 * kMiB;
inline constexpr std::size_t kPipeBytes = 256 * kKiB;  // one direction of one streaming call
inline constexpr std::size_t kAskFirstBytes = kMiB;  // larger streamed bodies wait for 100 Continue
inline constexpr auto kContinueWait = 1s;            // and then go anyway, as SDKs do
inline constexpr int kInterimRepliesMax = 8;         // 1xx from upstream
inline constexpr auto kHeadDeadline = 10s;           // from first byte to end of head
inline constexpr auto kIdleDeadline = 75s;           // keep-alive without a request
inline constexpr auto kBodyStallDeadline = 30s;      // no byte from, or none taken by, the peer
inline constexpr auto kLingerDeadline =
    5s;  // for a client to read a reply that ends its connection
inline constexpr auto kHandshakeDeadline = 10s;  // TLS, either side
inline constexpr auto kConnectDeadline = 3s;
inline constexpr auto kNameCacheFor = 30s;               // an answer from DNS
inline constexpr auto kUpstreamFirstByteDeadline = 60s;  // botocore's own read timeout
inline constexpr auto kDrainDeadline = 30s;
inline constexpr std::size_t kUpstreamIdlePerHostMax = 512;

// Values.
inline constexpr std::size_t kDepthMax = 64;
inline constexpr std::size_t kNumberDigitsMax = 38;  // significant ones; DynamoDB has as many
inline constexpr std::size_t kNumberTokenBytesMax =
    128;  // with leading and trailing zeros, point and exponent
inline constexpr int kNumberExponentMax = 400;  // doubles need 324
inline constexpr std::size_t kValueNodesMax =
    1'000'000;  // values, elements and members of one document
inline constexpr std::size_t kXmlAttributesMax = 32;  // of one element
inline constexpr std::size_t kEventHeadersBytesMax = 128 * kKiB;
inline constexpr std::size_t kEventPayloadBytesMax = 24 * kMiB;
inline constexpr std::size_t kQueryPairsMax = 10'000;
inline constexpr std::size_t kNeedsMax =
    5'000;  // permissions that one call needs; S3 deletes 1,000 keys at once
inline constexpr std::size_t kInflatedBytesMax = 16 * kMiB;
inline constexpr std::size_t kInflateRatioMax = 20;

// Identity.
inline constexpr auto kClockSkewMax = 5min;
inline constexpr std::size_t kTokenBytesMax = 16 * kKiB;
inline constexpr std::size_t kJwksBytesMax = 1 * kMiB;
inline constexpr auto kJwksRefreshFloor =
    30s;                                    // an unknown kid costs at most one fetch in this time
inline constexpr auto kJwksStaleMax = 24h;  // for known keys, while the issuer is down
inline constexpr auto kSessionDefault = 1h;
inline constexpr auto kSessionMax = 12h;

// Policy.
inline constexpr std::size_t kPolicyBytesMax = 1 * kMiB;

// Asking.
inline constexpr auto kHoldMax = 50s;      // boto3 and the CLI give up at 60 s
inline constexpr auto kHoldInterim = 20s;  // between two `100 Continue` while holding
inline constexpr auto kApprovalExpiryDefault = 15min;

// Record.
inline constexpr std::size_t kLeafBytesMax = 32 * kKiB;  // tlog-tiles allows 65,535
inline constexpr std::size_t kRecordQueueMax = 4096;
inline constexpr auto kRecordDeadline = 5s;  // a recorder slower than this has failed

}  // namespace strait::limits
