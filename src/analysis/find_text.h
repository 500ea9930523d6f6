// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "policy/pattern.h"

namespace strait::analysis {

struct TextPattern {
  policy::Tokens tokens;   // without variables
  bool fold_case = false;  // then `tokens` are in lower case
  bool operator==(const TextPattern&) const = default;
};

struct TextSearch {
  enum Outcome { kFound, kNone, kGaveUp } outcome = kNone;
  std::string text;  // kFound: a shortest one
};

// A text that matches every one of `all_of` and none of `none_of`, exactly: kNone is a proof that
// there is none. kGaveUp: more than `states_max` states were needed. Texts are made of the bytes of
// `alphabet`; "": of any but NUL.
TextSearch find_text(std::span<const TextPattern* const> all_of,
                     std::span<const TextPattern* const> none_of, std::size_t states_max,
                     std::string_view alphabet = {});

}  // namespace strait::analysis
