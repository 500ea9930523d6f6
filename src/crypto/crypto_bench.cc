// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "crypto/aead.h"
#include "crypto/checksum.h"
#include "crypto/ed25519.h"
#include "crypto/hmac.h"
#include "crypto/jws.h"
#include "crypto/random.h"
#include "crypto/sha256.h"

namespace strait::crypto {
namespace {

void sha256_of(benchmark::State& state) {
  const std::string data(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(sha256(data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sha256_of)->Arg(16)->Arg(300)->Arg(1 << 20);

void hmac_with_midstates_137_bytes(benchmark::State& state) {
  const HmacKey key("a signing key of 32 bytes .....");
  const std::string data(137, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(data));
}
BENCHMARK(hmac_with_midstates_137_bytes);

void hmac_with_key_setup_137_bytes(benchmark::State& state) {
  const std::string data(137, 'x');
  for (auto _ : state)
    benchmark::DoNotOptimize(hmac_sha256("a signing key of 32 bytes .....", data));
}
BENCHMARK(hmac_with_key_setup_137_bytes);

void aead_open_300_bytes(benchmark::State& state) {
  const auto key = AeadKey::generate();
  const auto sealed = seal(key, std::string(300, 'x'), "aad");
  for (auto _ : state) benchmark::DoNotOptimize(open(key, sealed, "aad"));
}
BENCHMARK(aead_open_300_bytes);

void entropy_for_an_id(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(random_entropy());
}
BENCHMARK(entropy_for_an_id);

void checksum_of_1_mib(benchmark::State& state) {
  const std::string data(1 << 20, 'x');
  for (auto _ : state) {
    Checksum checksum(static_cast<ChecksumAlgorithm>(state.range(0)));
    checksum.update(data);
    benchmark::DoNotOptimize(checksum.bytes());
  }
  state.SetLabel(std::string(name(static_cast<ChecksumAlgorithm>(state.range(0)))));
  state.SetBytesProcessed(state.iterations() * (1 << 20));
}
BENCHMARK(checksum_of_1_mib)->DenseRange(0, 6);

void ed25519_sign(benchmark::State& state) {
  const auto key = SigningKey::generate();
  for (auto _ : state)
    benchmark::DoNotOptimize(key.sign("a checkpoint of about one hundred bytes"));
}
BENCHMARK(ed25519_sign);

void es256_verify(benchmark::State& state) {
  const auto issuer = EcSigningKey::generate();
  const auto key = *VerifyKey::from_ec(EcCurve::kP256, issuer.x(), issuer.y());
  const auto signature = issuer.sign_es256("token");
  for (auto _ : state)
    benchmark::DoNotOptimize(key.verify(JwsAlgorithm::kEs256, "token", signature));
}
BENCHMARK(es256_verify);

}  // namespace
}  // namespace strait::crypto
