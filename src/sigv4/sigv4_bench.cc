// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "sigv4/own_request.h"
#include "sigv4/signer.h"
#include "sigv4/sigv4_testing.h"
#include "sigv4/verifier.h"

// A DynamoDB GetItem as an SDK sends it: 12 headers and a body of 300 bytes.
namespace strait::sigv4 {
namespace {

constexpr std::string_view kSecret = "virtual-secret-virtual-secret-virtual-secret";
const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");
const std::string kBody(300, 'b');

journey::RequestHead unsigned_head() {
  journey::RequestHead head{"POST", "/", {}};
  head.headers.add("content-type", "application/x-amz-json-1.0");
  head.headers.add("x-amz-target", "DynamoDB_20120810.GetItem");
  head.headers.add("x-amz-user-agent", "aws-sdk-js/3.700.0");
  return head;
}

journey::RequestHead agent_head() {
  const AwsCredentials credentials{
      "STRTAAAABBBBCCCCDDDD", Secret(std::string(kSecret)), Secret(std::string(900, 't')), {}};
  auto head = *sign_own(unsigned_head(), kBody, {"strait.example:8443", "eu-west-1", "dynamodb"},
                        credentials, kNow);
  head.headers.add("accept", "*/*");
  head.headers.add("amz-sdk-invocation-id", "9b8f6b3e-6d3f-4d0e-a7c8-6f1f0a4f1b7a");
  head.headers.add("amz-sdk-request", "attempt=1; max=3");
  return head;
}

Result<Verified> verify(journey::ParsedCall& call, SigningKeyCache& keys,
                        const std::shared_ptr<const journey::Session>& session) {
  return Verifier::verify(std::move(call), Claimed{session, kSecret}, keys, kNow);
}

void BM_Verify(benchmark::State& state) {
  SigningKeyCache keys;
  const auto session = testing::session("STRTAAAABBBBCCCCDDDD", kNow + std::chrono::hours(1));
  // The same request again and again: what verify takes out is only the Call, which the check does
  // not look at but for its payload.
  auto call = testing::parsed(agent_head(), kBody);
  for (auto _ : state) {
    auto verified = verify(call, keys, session);
    if (!verified) state.SkipWithError(verified.error().message.c_str());
    benchmark::DoNotOptimize(verified);
  }
}
BENCHMARK(BM_Verify);

void BM_Sign(benchmark::State& state) {
  SigningKeyCache keys;
  const auto session = testing::session("STRTAAAABBBBCCCCDDDD", kNow + std::chrono::hours(1));
  auto call = testing::parsed(agent_head(), kBody);
  const auto intended = testing::intended(std::move(verify(call, keys, session)->call));
  const AwsCredentials credentials{
      "ASIAREALREALREALREAL", Secret("real-secret"), Secret(std::string(900, 't')), {}};
  for (auto _ : state) {
    auto signed_request = Signer::sign(
        intended, {unsigned_head(), kBody, {}},
        {"dynamodb.eu-west-1.amazonaws.com", "eu-west-1", "dynamodb"}, credentials, keys, kNow);
    if (!signed_request) state.SkipWithError(signed_request.error().message.c_str());
    benchmark::DoNotOptimize(signed_request);
  }
}
BENCHMARK(BM_Sign);

void BM_MakeUnsignedRequestAlone(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(journey::UnsignedRequest{unsigned_head(), kBody, {}});
}
BENCHMARK(BM_MakeUnsignedRequestAlone);

void BM_ChunkSigner1MiB(benchmark::State& state) {
  const std::string payload(1 << 20, 'p');
  const ChunkContext context{"20261123T010203Z", "20261123/eu-west-1/s3/aws4_request",
                             derive_signing_key(kSecret, {"20261123", "eu-west-1", "s3"})};
  std::string out;
  for (auto _ : state) {
    out.clear();
    ChunkSigner signer({.seed = std::string(64, '0'),
                        .context = context,
                        .decoded_bytes = payload.size(),
                        .checksum = {}});
    signer.feed(payload, out);
    benchmark::DoNotOptimize(signer.finish(out));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(payload.size()));
}
BENCHMARK(BM_ChunkSigner1MiB);

}  // namespace
}  // namespace strait::sigv4
