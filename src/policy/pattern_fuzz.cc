// SPDX-License-Identifier: Apache-2.0
// First byte: grammar and dialect. Then a pattern and a text, parted by a newline. The quick
// matcher must agree with the automaton, and containment with both.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/pattern.h"

namespace {
struct NoVariables final : strait::policy::VariableSource {
  strait::policy::VariableValue value_of(const strait::policy::Variable&) const override {
    return {strait::policy::VariableValue::kUnknown, {}};
  }
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait::policy;
  if (size == 0 || size > 400) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = all.find('\n');
  const auto text = cut == std::string_view::npos ? std::string_view() : all.substr(cut + 1);
  const auto grammar = static_cast<Grammar>(data[0] % 4);
  const auto dialect = data[0] % 8 < 4 ? Dialect::k2012 : Dialect::k2008;
  const auto pattern = Pattern::compile(all.substr(0, cut), grammar, dialect);
  if (!pattern) return 0;
  const NoVariables none;
  const auto exact = match(*pattern, {text, true}, none);
  const auto vague = match(*pattern, {text, false}, none);
  if (pattern->has_variables()) {
    if (exact == Tri::kTrue || vague == Tri::kTrue) std::abort();
    return 0;
  }
  if (exact == Tri::kUnknown) std::abort();
  if (pattern->matches(text) != matches(pattern->tokens(), text)) std::abort();
  // The text itself is one of the texts that it stands for as a pattern, unless it escapes.
  if (text.find("${") != std::string_view::npos) return 0;
  if (vague == Tri::kTrue && exact != Tri::kTrue) std::abort();
  if (vague == Tri::kFalse && exact == Tri::kTrue) std::abort();
  if (!pattern->tokens().empty() && covers(pattern->tokens(), pattern->tokens()) &&
      !intersects(pattern->tokens(), pattern->tokens()))
    std::abort();
  return 0;
}
