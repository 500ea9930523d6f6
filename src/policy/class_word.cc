// SPDX-License-Identifier: Apache-2.0
#include "policy/class_word.h"

#include "base/ascii.h"
#include "base/nearest.h"

namespace strait::policy {
namespace {

std::string all_words() {
  std::string text;
  for (const auto one : catalog::kClasses) text += (text.empty() ? "" : ", ") + class_word(one);
  return text;
}

}  // namespace

bool is_class_word(std::string_view action) {
  constexpr std::string_view kOurs = "strait:";
  return lowered(action.substr(0, kOurs.size())) == kOurs;
}

std::string class_word(catalog::Class which) { return std::string(kClassWord).append(name(which)); }

Result<std::optional<catalog::Class>> class_in(std::string_view action) {
  if (!is_class_word(action)) return std::nullopt;
  const auto refused = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidConfiguration,
                quoted(action).append(why) + "; there are " + all_words());
  };
  if (action.find_first_of("*?") != std::string_view::npos)
    return refused(" holds a wildcard, and a class is named in full");
  if (lowered(action.substr(0, kClassWord.size())) == kClassWord) {
    if (const auto which = catalog::class_named(action.substr(kClassWord.size()))) return which;
  }
  Nearest nearest(action);
  for (const auto one : catalog::kClasses) nearest.offer(class_word(one));
  return refused(" names no class" + nearest.question());
}

}  // namespace strait::policy
