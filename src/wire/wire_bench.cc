// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "wire/ask_test.h"
#include "wire/decode.h"

namespace strait::wire {
namespace {

Ask get_item() {
  return dynamodb("GetItem", R"({"TableName":"orders","Key":{"id":{"S":"0001"}}})")
      .header("user-agent", "aws-cli/2.0")
      .header("x-amz-date", "20261123T010203Z")
      .header("content-length", "54")
      .header("x-amz-security-token", std::string(800, 'x'))
      .header("amz-sdk-invocation-id", "7c84227b-2527-4663-a9ba");
}
Ask get_object() {
  return Ask("GET", "/bucket/a/b/c.txt").signed_for("s3").header("x-amz-date", "20261123T010203Z");
}

template <class Make>
void bench_read(benchmark::State& state, Make make) {
  if (!real_catalog()) return state.SkipWithError("no catalog pack");
  const auto ask = make();
  for (auto _ : state) {
    const auto recognised = ask.recognised();
    benchmark::DoNotOptimize(decode_input(*recognised, ask.view()));
  }
}
void RecogniseAndDecodeGetItem(benchmark::State& state) { bench_read(state, get_item); }
void RecogniseAndDecodeGetObject(benchmark::State& state) { bench_read(state, get_object); }
BENCHMARK(RecogniseAndDecodeGetItem);
BENCHMARK(RecogniseAndDecodeGetObject);

void NeedsOfGetItem(benchmark::State& state) {
  if (!real_catalog()) return state.SkipWithError("no catalog pack");
  const auto call = get_item().read().value();
  for (auto _ : state) benchmark::DoNotOptimize(needs_of(call));
}
BENCHMARK(NeedsOfGetItem);

void ContextOfGetItem(benchmark::State& state) {
  if (!real_catalog()) return state.SkipWithError("no catalog pack");
  const auto call = get_item().read().value();
  for (auto _ : state) {
    std::vector<journey::ContextEntry> out;
    benchmark::DoNotOptimize(call.context.source(call, "dynamodb:LeadingKeys", out));
  }
}
BENCHMARK(ContextOfGetItem);

void SerializeAndCheckGetItem(benchmark::State& state) {
  if (!real_catalog()) return state.SkipWithError("no catalog pack");
  const auto call = get_item().read().value();
  for (auto _ : state) {
    const auto request = Serializer::serialize(call);
    benchmark::DoNotOptimize(check_round_trip(call, *request));
  }
}
BENCHMARK(SerializeAndCheckGetItem);

void WholeReadOfGetItem(benchmark::State& state) {
  if (!real_catalog()) return state.SkipWithError("no catalog pack");
  const auto ask = get_item();
  for (auto _ : state) benchmark::DoNotOptimize(ask.read());
}
BENCHMARK(WholeReadOfGetItem);

}  // namespace
}  // namespace strait::wire
