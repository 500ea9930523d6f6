// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "net/head_writer.h"
#include "net/http_parser.h"

namespace strait::net {
namespace {

// A signed DynamoDB call as botocore sends it: 12 header fields.
const std::string kHead =
    "POST / HTTP/1.1\r\nHost: dynamodb.eu-west-1.amazonaws.com\r\nAccept-Encoding: identity\r\n"
    "X-Amz-Target: DynamoDB_20120810.GetItem\r\nContent-Type: application/x-amz-json-1.0\r\n"
    "User-Agent: Boto3/1.43.67 md/Botocore#1.43.67 ua/2.1 os/linux#6.18 md/arch#x86_64 "
    "lang/python#3.11.2 "
    "md/pyimpl#CPython m/b,Z,D,e cfg/retry-mode#standard Botocore/1.43.67\r\nX-Amz-Date: "
    "20261123T010203Z\r\n"
    "X-Amz-Security-Token: " +
    std::string(400, 'T') +
    "\r\nAuthorization: AWS4-HMAC-SHA256 "
    "Credential=STRT2222222222222222/20261123/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=" +
    std::string(64, 'a') +
    "\r\namz-sdk-invocation-id: 7d2c9c6e-8f4b-4f0f-9f2a-0c8f3a7c1e55\r\namz-sdk-request: "
    "attempt=1\r\n"
    "Connection: Keep-Alive\r\nContent-Length: 300\r\n\r\n";

void ScanAndParseRequestHead(benchmark::State& state) {
  for (auto _ : state) {
    HeadScanner scanner;
    benchmark::DoNotOptimize(scanner.scan(kHead));
    auto frame = parse_request_head(kHead);
    benchmark::DoNotOptimize(frame);
  }
  state.SetLabel(std::to_string(kHead.size()) + " bytes");
}
BENCHMARK(ScanAndParseRequestHead);

void WriteRequestHead(benchmark::State& state) {
  const auto frame = parse_request_head(kHead);
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_request_line(out, frame->head.method, frame->head.target);
    append_fields(out, frame->head.headers);
    append_length(out, 300);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(WriteRequestHead);

}  // namespace
}  // namespace strait::net
