// SPDX-License-Identifier: Apache-2.0
// The cost of one decision, warm, with 65, 500 and 5,000 statements over forty services; and of
// loading 5,000.
#include <benchmark/benchmark.h>

#include "policy/judge.h"

namespace strait::policy {
namespace {

constexpr auto kRole = "arn:aws:iam::123456789012:role/bench";

// Every tenth statement uses wildcards, every fifteenth denies, every fourth has a condition, as
// policies in use do.
std::string text_of(int statements) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (int i = 0; i < statements; ++i) {
    const auto service = "svc" + std::to_string(i % 40);
    const auto name = "Action" + std::to_string(i / 40);
    text += (i > 0 ? ",{" : "{") + std::string(R"("Effect":")") +
            (i % 15 == 14 ? "Deny" : "Allow") + R"(","Action":[")" + service + ":" + name +
            (i % 10 == 9 ? "*" : "") + "\",\"" + service + ":Get" + name +
            R"("],"Resource":"arn:aws:)" + service + ":*:123456789012:thing/" + std::to_string(i) +
            R"(/*")";
    if (i % 4 == 0)
      text += R"(,"Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}})";
    text += "}";
  }
  return text + "]}";
}

PolicySet set_of(int statements) {
  return *compile({{kRole, {{"bench.json", text_of(statements)}}, {}}});
}

journey::Call call_of(int statement) {
  journey::Call call{nullptr, catalog::Operation(nullptr, 0), {}, catalog::Protocol::kJson10};
  const auto service = "svc" + std::to_string(statement % 40);
  journey::Need need;
  need.action = service + ":Action" + std::to_string(statement / 40);
  need.resource =
      "arn:aws:" + service + ":eu-west-1:123456789012:thing/" + std::to_string(statement) + "/key";
  call.needs.push_back(std::move(need));
  call.context.entries = {{"aws:CurrentTime", {"2026-11-23T01:02:03Z"}},
                          {"aws:SourceIp", {"203.0.113.9"}},
                          {"aws:SecureTransport", {"true"}},
                          {"aws:UserAgent", {"aws-cli/2"}},
                          {"aws:RequestedRegion", {"eu-west-1"}}};
  return call;
}

void decide(benchmark::State& state) {
  const auto set = set_of(static_cast<int>(state.range(0)));
  journey::Session session;
  session.role = kRole;
  std::vector<journey::Call> calls;
  for (int i = 0; i < 16; ++i) calls.push_back(call_of(i * static_cast<int>(state.range(0)) / 16));
  std::size_t next = 0;
  std::size_t allowed = 0;
  for (auto _ : state) {
    const auto verdict = Judge::evaluate(set, kRole, calls[next++ % calls.size()], session);
    allowed += verdict.effect == journey::Effect::kAllow;
  }
  state.counters["allowed"] =
      static_cast<double>(allowed) / static_cast<double>(state.iterations());
}
BENCHMARK(decide)->Arg(65)->Arg(500)->Arg(5000);

void load(benchmark::State& state) {
  const auto text = text_of(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    auto set = compile({{kRole, {{"bench.json", text}}, {}}});
    benchmark::DoNotOptimize(set);
  }
}
BENCHMARK(load)->Arg(5000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strait::policy
