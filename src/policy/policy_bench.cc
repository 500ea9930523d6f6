// SPDX-License-Identifier: Apache-2.0
// The cost of one decision, warm, with 65, 500 and 5,000 statements: as policies in use are
// (several services, named actions, wildcards, Deny, conditions), and in shapes that are hard on an
// index by action. And the cost of loading 5,000.
#include <benchmark/benchmark.h>

#include <array>

#include "policy/judge.h"

namespace strait::policy {
namespace {

constexpr auto kRole = "arn:aws:iam::123456789012:role/bench";
constexpr std::array kServices{"s3",     "ec2",  "dynamodb", "sqs",    "sns",    "lambda",
                               "logs",   "iam",  "ssm",      "kms",    "events", "states",
                               "athena", "glue", "rds",      "kinesis"};
constexpr std::array kVerbs{"Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"};
constexpr std::array kThings{"Object", "Item", "Message", "Function", "Stream", "Rule"};

enum Shape : int {
  kMixed,       // what a role of a team has
  kOneService,  // s3:Get* on one bucket each
  kOneAction,   // s3:GetObject on one bucket each
  kAllActions,  // `*` on one table each, in any region
};

std::string service_of(int i) { return kServices[static_cast<std::size_t>(i) % kServices.size()]; }
std::string verb_of(int i) { return kVerbs[static_cast<std::size_t>(i / 3) % kVerbs.size()]; }
std::string thing_of(int i) { return kThings[static_cast<std::size_t>(i / 7) % kThings.size()]; }

// Every fifth statement has a wildcard behind a verb, every sixteenth one for a whole service,
// every eleventh denies, every fourth has a condition, and one is a guard on regions for
// everything.
std::string mixed(int i) {
  const auto service = service_of(i);
  auto actions = "\"" + service + ":" + verb_of(i) + thing_of(i) + "\",\"" + service + ":" +
                 verb_of(i + 3) + thing_of(i) + "\",\"" + service + ":" + verb_of(i + 6) +
                 thing_of(i + 7) + "\"";
  if (i % 5 == 4) actions = "\"" + service + ":" + verb_of(i) + "*\"";
  if (i % 16 == 15) actions = "\"" + service + ":*\"";
  const auto resource = "arn:aws:" + service + (i % 3 == 0 ? ":*:" : ":eu-west-1:") +
                        "123456789012:team-" + std::to_string(i) + "/*";
  std::string text = std::string(R"({"Effect":")") + (i % 11 == 10 ? "Deny" : "Allow") +
                     R"(","Action":[)" + actions + R"(],"Resource":")" + resource + "\"";
  if (i % 4 == 0)
    text += R"(,"Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}})";
  return text + "}";
}

std::string statement(Shape shape, int i) {
  const auto number = std::to_string(i);
  switch (shape) {
    case kMixed: return mixed(i);
    case kOneService:
      return R"({"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::team-)" + number +
             R"(/*"})";
    case kOneAction:
      return R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::team-)" +
             number + R"(/*"})";
    case kAllActions:
      return R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:123456789012:table/)" +
             number + R"("})";
  }
  return "";
}

std::string text_of(Shape shape, int statements) {
  std::string text =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["iam:*","sts:*"],)"
      R"("Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}})";
  for (int i = 1; i < statements; ++i) text += "," + statement(shape, i);
  return text + "]}";
}

PolicySet set_of(Shape shape, int statements) {
  return *compile({{kRole, {{"bench.json", text_of(shape, statements)}}, {}}});
}

journey::Call call_of(Shape shape, int i) {
  journey::Call call{nullptr, catalog::Operation(nullptr, 0), {}, catalog::Protocol::kJson10};
  const auto number = std::to_string(i);
  journey::Need need;
  switch (shape) {
    case kMixed:
      need.action = service_of(i) + ":" + verb_of(i) + thing_of(i);
      need.resource =
          "arn:aws:" + service_of(i) + ":eu-west-1:123456789012:team-" + number + "/key";
      break;
    case kOneService:
    case kOneAction:
      need.action = "s3:GetObject";
      need.resource = "arn:aws:s3:::team-" + number + "/key";
      break;
    case kAllActions:
      need.action = "dynamodb:GetItem";
      need.resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/" + number;
      break;
  }
  call.needs.push_back(std::move(need));
  call.context.entries = {{"aws:CurrentTime", {"2026-11-23T01:02:03Z"}},
                          {"aws:SourceIp", {"203.0.113.9"}},
                          {"aws:SecureTransport", {"true"}},
                          {"aws:UserAgent", {"aws-cli/2"}},
                          {"aws:RequestedRegion", {"eu-west-1"}}};
  return call;
}

void decide(benchmark::State& state, Shape shape) {
  const auto count = static_cast<int>(state.range(0));
  const auto set = set_of(shape, count);
  journey::Session session;
  session.role = kRole;
  std::vector<journey::Call> calls;
  for (int i = 0; i < 64; ++i) calls.push_back(call_of(shape, 1 + i * (count - 1) / 64));
  std::size_t next = 0;
  std::size_t allowed = 0;
  for (auto _ : state) {
    const auto verdict = Judge::evaluate(set, kRole, calls[next++ % calls.size()], session);
    allowed += verdict.effect == journey::Effect::kAllow;
  }
  state.counters["allowed"] =
      static_cast<double>(allowed) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(decide, mixed, kMixed)->Arg(65)->Arg(500)->Arg(5000);
BENCHMARK_CAPTURE(decide, one_service, kOneService)->Arg(65)->Arg(500)->Arg(5000);
BENCHMARK_CAPTURE(decide, one_action, kOneAction)->Arg(65)->Arg(500)->Arg(5000);
BENCHMARK_CAPTURE(decide, all_actions, kAllActions)->Arg(65)->Arg(500)->Arg(5000);

void load(benchmark::State& state) {
  const auto text = text_of(kMixed, static_cast<int>(state.range(0)));
  for (auto _ : state) {
    auto set = compile({{kRole, {{"bench.json", text}}, {}}});
    benchmark::DoNotOptimize(set);
  }
}
BENCHMARK(load)->Arg(5000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strait::policy
