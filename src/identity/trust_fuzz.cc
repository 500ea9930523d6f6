// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "identity/trust.h"

// Whatever loads never trusts a token that names no subject.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = identity::parse_trust(text, "fuzz.json");
  if (!policy) return 0;
  const journey::Principal nobody{
      "https://idp.example", "", {{"aud", {"strait"}}, {"groups", {"dev", "ops"}}}};
  if (identity::evaluate(*policy, nobody)) std::abort();
  (void)identity::evaluate(
      *policy, {"https://idp.example", "alice", {{"aud", {"strait"}}, {"sub", {"alice"}}}});
  return 0;
}
