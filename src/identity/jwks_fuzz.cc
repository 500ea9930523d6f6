// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/jwks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait::identity;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parse_jwks(text); parsed && parsed->keys.size() == 0) std::abort();
  if (const auto found = parse_discovery(text, "https://issuer.example");
      found && found->issuer != "https://issuer.example")
    std::abort();
  return 0;
}
