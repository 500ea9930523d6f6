// SPDX-License-Identifier: Apache-2.0
// What the second lock and a counted session cost a call whose credential is there.
#include <benchmark/benchmark.h>

#include "gateway/histories.h"
#include "gateway/scoped_lane.h"

namespace strait::gateway {
namespace {

class StoppedClock final : public async::Clock {
 public:
  Timestamp now() const override { return Timestamp(Seconds(1'700'000'100)); }
};

constexpr auto kArn = "arn:aws:iam::123456789012:role/developer";

journey::Session some_session() {
  journey::Session session;
  session.id = SessionId::make(Timestamp(Seconds(1'700'000'000)), {1});
  session.role = kArn;
  session.name = "agent";
  session.principal = {"https://issuer.example", "agent-7", {}};
  return session;
}

std::vector<journey::Need> some_needs() {
  std::vector<journey::Need> needs(1);
  needs[0].action = "dynamodb:GetItem";
  needs[0].resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
  return needs;
}

void scope(benchmark::State& state, const std::string& action) {
  async::Loop loop;
  StoppedClock clock;
  auto connection = std::make_shared<Connection>();
  const keys::Surroundings around{&loop, &clock, nullptr,
                                  [](const std::string&) { return std::nullopt; }};
  connection->scoped = *keys::ScopedCredentials::make(
      {.source = "environment", .role_arn = "arn:aws:iam::123456789012:role/strait"}, around);
  connection->credentials =
      std::make_shared<keys::CredentialSource>(loop, clock, keys::environment_fetcher(around));
  Role role;
  role.scope = *analysis::RoleScope::compile(
      {kArn,
       {{"a.json", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":")" + action +
                       R"(","Resource":"*"}]})"}},
       {}},
      nullptr);
  const auto world = std::make_shared<const World>();
  const auto session = some_session();
  const auto needs = some_needs();
  ScopedLane lane(connection);
  for (auto _ : state) benchmark::DoNotOptimize(&lane.for_call(world, role, session, needs, false));
}

void cached_scope_of_the_role(benchmark::State& state) { scope(state, "dynamodb:*"); }
void cached_scope_of_the_service(benchmark::State& state) { scope(state, "*"); }
BENCHMARK(cached_scope_of_the_role);
BENCHMARK(cached_scope_of_the_service);

// Eighteen hundred events in the window.
void counted_call(benchmark::State& state) {
  Histories table;
  table.watch(kArn, {});
  const auto needs = some_needs();
  const Histories::Who who{
      "ses_06ECPT8ZQ7M2D3V5X9R0KJ4WNG", kArn, {}, Timestamp(Seconds(1'800'000'000))};
  const auto ask = *policy::parse_history("1h/dynamodb:GetItem", true);
  auto now = Timestamp(Seconds(1'700'000'000));
  for (auto _ : state) {
    auto past = table.enter(who, now += std::chrono::seconds(2));
    benchmark::DoNotOptimize(past.done(ask));
    past.take(needs).keep();
  }
}
BENCHMARK(counted_call);

}  // namespace
}  // namespace strait::gateway
