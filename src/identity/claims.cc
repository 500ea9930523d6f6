// SPDX-License-Identifier: Apache-2.0
#include "identity/claims.h"

#include <algorithm>
#include <charconv>

namespace strait::identity {
namespace {

std::optional<std::string> as_text(const codec::Value& value) {
  if (const auto* text = value.string()) return *text;
  if (const auto* number = value.number()) return number->token;
  if (const auto* truth = value.boolean()) return *truth ? "true" : "false";
  return std::nullopt;
}

// nullopt when the list holds something that is not plain text; an incomplete list would say
// something else.
std::optional<std::vector<std::string>> as_texts(const codec::List& list) {
  std::vector<std::string> out;
  for (const auto& item : list) {
    auto text = as_text(item);
    if (!text) return std::nullopt;
    out.push_back(*std::move(text));
  }
  return out;
}

void flatten(const std::string& prefix, const codec::Object& object, FlatClaims& out) {
  for (const auto& [name, value] : object) {
    if (const auto* nested = value.object()) {
      flatten(prefix + name + ".", *nested, out);
    } else if (const auto* list = value.list()) {
      if (auto texts = as_texts(*list)) out.emplace_back(prefix + name, *std::move(texts));
    } else if (auto text = as_text(value)) {
      out.emplace_back(prefix + name, std::vector<std::string>{*std::move(text)});
    }
  }
}

}  // namespace

Result<FlatClaims> flatten_claims(const codec::Object& claims) {
  FlatClaims out;
  flatten("", claims, out);
  std::ranges::sort(out, {}, &FlatClaims::value_type::first);
  const auto twice = std::ranges::adjacent_find(out, {}, &FlatClaims::value_type::first);
  if (twice != out.end()) {
    return fail(ErrorCode::kInvalidToken,
                "the token has the claim " + quoted(twice->first) + " in two places");
  }
  return out;
}

std::optional<Timestamp> numeric_date(const codec::Value& value) {
  const auto* number = value.number();
  if (number == nullptr) return std::nullopt;
  const std::string_view token = number->token;
  const auto point = token.find('.');
  const auto whole = token.substr(0, point);
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  if (problem != std::errc() || end != whole.data() + whole.size()) return std::nullopt;
  if (point != std::string_view::npos &&
      token.find_first_not_of("0123456789", point + 1) != std::string_view::npos)
    return std::nullopt;
  if (seconds < 0 || seconds >= kYear10000) return std::nullopt;
  return Timestamp(Seconds(seconds));
}

}  // namespace strait::identity
