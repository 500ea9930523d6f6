// SPDX-License-Identifier: Apache-2.0
// Any text as a policy: it is read or refused with a place; what is read compiles and judges.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/can_i.h"
#include "policy/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = policy::parse_document("fuzz.json", text);
  if (!document) {
    if (!document.error().message.starts_with("fuzz.json:")) std::abort();
    return 0;
  }
  const std::string role = "arn:aws:iam::1:role/fuzz";
  const auto set = policy::compile({{role, {{"fuzz.json", text}}, {}}});
  if (!set) std::abort();
  if (set->statement_count() != document->statements.size()) std::abort();
  for (const auto* resource : {"*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/*"}) {
    policy::Question question{
        role, "s3:GetObject", resource, {{"aws:PrincipalTag/x", {"y"}}}, true, 0, true};
    const auto absent = policy::can_i(*set, question);
    question.context[0].unknown = true;
    question.context[0].values.clear();
    const auto unknown = policy::can_i(*set, question);
    if (absent.effect != journey::Effect::kAllow && unknown.effect == journey::Effect::kAllow)
      std::abort();
  }
  return 0;
}
