// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "mask/mask_testing.h"

// The first bytes choose the protocol, the detectors and the cuts; the rest is the body. Whatever
// it is: pieces give what the whole gives, or both are withheld, and what was masked is still
// masked when masked again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait::mask;
  using namespace strait::mask::testing;
  if (size < 4) return 0;
  static const MaskPlan plans[] = {
      plan_of("json", "GetSecret", {.show = {}, .detect = kDetectAll}),
      plan_of("json", "GetSecret", {.show = {}, .detect = kDetectNone}),
      plan_of("query", "GetSecret", {.show = {}, .detect = kDetectAll}),
      plan_of("rest-xml", "ListSecrets", {.show = {}, .detect = kDetectNone}),
      plan_of("cbor", "GetSecret", {.show = {}, .detect = kDetectAll}),
      plan_of("cbor", "GetSecret", {.show = {}, .detect = kDetectNone}),
      plan_of("json", "GetPlain", {.show = {}, .detect = kDetectAll}),
      plan_of("rest-json", "Converse", {.show = {}, .detect = kDetectAll})};
  static auto scan = scan_of(kDetectAll);
  const auto& plan = plans[data[0] % std::size(plans)];
  std::mt19937 random(data[1]);
  const std::string_view body(reinterpret_cast<const char*>(data + 3), size - 3);
  const auto expected = whole(plan, &scan, body);
  const auto out = pieces(plan, &scan, body, random_cuts(body.size(), data[2] % 32, random));
  const bool unread =
      plan.root() == kClean && expected.ok && expected.body == body;  // see ReplyFilter::passes()
  if (out.ok != expected.ok && !unread) std::abort();
  if (out.ok && out.body != expected.body) std::abort();
  if (!out.ok && !expected.body.starts_with(out.body) && !out.body.starts_with(expected.body))
    std::abort();
  if (expected.ok && !whole(plan, &scan, expected.body).ok) std::abort();
  return 0;
}
