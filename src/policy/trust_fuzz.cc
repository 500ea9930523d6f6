// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/trust.h"

// Whatever loads never trusts a token that names no subject, nor more when less is known of the
// login.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = policy::parse_trust("fuzz.json", text);
  if (!policy) {
    if (!policy.error().message.starts_with("fuzz.json:")) std::abort();
    return 0;
  }
  const std::vector<journey::ContextEntry> login = {
      {.key = "aws:SourceIp", .values = {"203.0.113.9"}},
      {.key = "aws:CurrentTime", .values = {"2026-11-23T01:02:03Z"}},
      {.key = "sts:RoleSessionName", .values = {"alice"}}};
  const journey::Principal nobody{
      "https://idp.example", "", {{"aud", {"strait"}}, {"groups", {"dev", "ops"}}}};
  if (policy::check_trust(*policy, nobody, login)) std::abort();
  const journey::Principal alice{"https://idp.example",
                                 "alice",
                                 {{"aud", {"strait"}},
                                  {"groups", {"dev", "ops"}},
                                  {"https://aws.amazon.com/tags.principal_tags.t", {"v"}},
                                  {"level", {"7"}},
                                  {"sub", {"alice"}}}};
  if (policy::check_trust(*policy, alice, {}) && !policy::check_trust(*policy, alice, login))
    std::abort();
  return 0;
}
