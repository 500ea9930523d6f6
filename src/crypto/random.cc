// SPDX-License-Identifier: Apache-2.0
#include "crypto/random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace strait::crypto {

namespace {

void draw(std::span<std::uint8_t> out) {
  if (out.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
    std::fputs("strait: the random generator does not answer; nothing is safe without it\n",
               stderr);
    std::abort();
  }
}

// Small amounts are drawn per thread in blocks: a call into the generator costs microseconds, most
// of it before the first byte. What was given out is wiped, so that it cannot be read here again.
struct Block {
  std::array<std::uint8_t, 4096> bytes;
  std::size_t used = sizeof bytes;

  void take(std::span<std::uint8_t> out) {
    if (used + out.size() > bytes.size()) {
      draw(bytes);
      used = 0;
    }
    auto* from = bytes.data() + used;
    std::copy_n(from, out.size(), out.data());
    OPENSSL_cleanse(from, out.size());
    used += out.size();
  }
};

constexpr std::size_t kSmall = 64;

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  if (out.empty()) return;
  if (out.size() > kSmall) return draw(out);
  thread_local Block block;
  block.take(out);
}

std::string random_string(std::size_t bytes) {
  std::string out(bytes, '\0');
  random_bytes({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

Entropy random_entropy() {
  Entropy entropy;
  random_bytes(entropy);
  return entropy;
}

}  // namespace strait::crypto
