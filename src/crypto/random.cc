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

void random_bytes(std::span<std::uint8_t> out) {
  if (out.empty()) return;
  if (out.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) ||
      RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
    std::fputs("strait: the random generator does not answer; nothing is safe without it\n",
               stderr);
    std::abort();
  }
}

std::string random_string(std::size_t bytes) {
  std::string out(bytes, '\0');
  random_bytes({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

Entropy random_entropy() {
  struct Block {
    std::array<std::uint8_t, 4096> bytes;
    std::size_t used = sizeof bytes;
  };
  thread_local Block block;
  Entropy entropy;
  if (block.used + entropy.size() > block.bytes.size()) {
    random_bytes(block.bytes);
    block.used = 0;
  }
  auto* from = block.bytes.data() + block.used;
  std::copy_n(from, entropy.size(), entropy.data());
  std::fill_n(from, entropy.size(),
              std::uint8_t{0});  // an id that was given out cannot be read here again
  block.used += entropy.size();
  return entropy;
}

}  // namespace strait::crypto
