// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "mask/mask_testing.h"

namespace strait::mask::testing {
namespace {

// A reply of `size` bytes whose items look like a table scan; with `covered` each item holds a
// covered member.
std::string document(std::size_t size, bool covered) {
  std::string body = covered ? R"({"Tags":[)" : R"({"Items":[)";
  for (int at = 0; body.size() < size; ++at) {
    body += R"({"Key":"item-)" + std::to_string(at) + R"(","Size":)" + std::to_string(at * 37) +
            R"(,"Text":"the quick brown fox jumps over the lazy dog","Path":"/a/b/c/d/)" +
            std::to_string(at) + "\"";
    if (covered) body += R"(,"Value":"s3cret-)" + std::to_string(at) + "\"";
    body += "},";
  }
  body.back() = ']';
  return body + "}";
}

void run(benchmark::State& state, DetectorSet detect, bool covered) {
  auto scan = scan_of(kDetectAll);
  const auto plan = plan_of("json", "GetSecret", {.show = {}, .detect = detect});
  const auto body = document(static_cast<std::size_t>(state.range(0)), covered);
  std::string out;
  for (auto _ : state) {
    out.clear();
    ReplyFilter filter(plan, key(), &scan, 200);
    auto changed = filter.whole(body, out);
    if (!changed || *changed != covered) state.SkipWithError("masked wrongly");
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

void json_without_hits(benchmark::State& state) { run(state, kDetectNone, false); }
void json_without_hits_default_detectors(benchmark::State& state) {
  run(state, kDetectDefault, false);
}
void json_without_hits_all_detectors(benchmark::State& state) { run(state, kDetectAll, false); }
void json_covered_member_each_120_bytes(benchmark::State& state) { run(state, kDetectNone, true); }

void json_streamed_in_16k(benchmark::State& state) {
  auto scan = scan_of(kDetectAll);
  const auto plan = plan_of("json", "GetSecret");
  const auto body = document(static_cast<std::size_t>(state.range(0)), false);
  std::string out;
  for (auto _ : state) {
    ReplyFilter filter(plan, key(), &scan, 200);
    for (std::size_t at = 0; at < body.size(); at += 16384) {
      out.clear();
      if (!filter.feed(std::string_view(body).substr(at, 16384), out))
        state.SkipWithError("withheld");
      benchmark::DoNotOptimize(out);
    }
    if (!filter.finish(out)) state.SkipWithError("withheld");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

void xml_without_hits(benchmark::State& state) {
  const auto plan = plan_of("rest-xml", "GetSecret", {.show = {}, .detect = kDetectNone});
  std::string body = "<R>";
  while (body.size() < static_cast<std::size_t>(state.range(0)))
    body += "<Contents><Key>some/key/name.txt</Key><Size>123456</Size></Contents>";
  body += "</R>";
  std::string out;
  for (auto _ : state) {
    ReplyFilter filter(plan, key(), nullptr, 200);
    if (!filter.whole(body, out)) state.SkipWithError("withheld");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * body.size()));
}

BENCHMARK(json_without_hits)->Arg(416)->Arg(64 << 10)->Arg(1 << 20);
BENCHMARK(json_without_hits_default_detectors)->Arg(416)->Arg(64 << 10)->Arg(1 << 20);
BENCHMARK(json_without_hits_all_detectors)->Arg(416)->Arg(1 << 20);
BENCHMARK(json_covered_member_each_120_bytes)->Arg(416)->Arg(64 << 10)->Arg(1 << 20);
BENCHMARK(json_streamed_in_16k)->Arg(1 << 20);
BENCHMARK(xml_without_hits)->Arg(1 << 20);

}  // namespace
}  // namespace strait::mask::testing
