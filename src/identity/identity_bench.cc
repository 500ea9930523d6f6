// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "identity/session_cache.h"

namespace strait::identity {
namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-23T01:02:03Z");

struct Minted {
  CredentialMinter minter;
  VirtualCredential credential;
};

Minted minted() {
  std::vector<MasterSecret> masters;
  masters.push_back({1, Secret(std::string(32, 'm'))});
  auto minter = *CredentialMinter::make(std::move(masters));
  journey::Session session;
  session.id = SessionId::make(kNow, {1});
  session.principal = {
      "https://token.actions.githubusercontent.com", "repo:acme/app:ref:refs/heads/main", {}};
  for (int i = 0; i < 20; ++i)
    session.principal.claims.push_back({"claim" + std::to_string(i), {"some value"}});
  session.expires = kNow + std::chrono::hours(1);
  auto credential = *minter.mint(session, {1, 2, 3});
  return {std::move(minter), std::move(credential)};
}

void BM_OpenToken(benchmark::State& state) {
  const auto [minter, credential] = minted();
  for (auto _ : state)
    benchmark::DoNotOptimize(
        minter.open(credential.access_key_id, credential.session_token.reveal(), kNow));
}
BENCHMARK(BM_OpenToken);

void BM_SessionCacheHit(benchmark::State& state) {
  const auto [minter, credential] = minted();
  SessionCache cache(&minter);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        cache.open(credential.access_key_id, credential.session_token.reveal(), kNow));
}
BENCHMARK(BM_SessionCacheHit);

}  // namespace
}  // namespace strait::identity
