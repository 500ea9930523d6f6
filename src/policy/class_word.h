// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/action_class.h"

// `strait:class/pass-role` in Action or NotAction: every need of that class, and for what must be
// named (judge.h) as good as the name of the action itself. The only actions that begin with
// "strait:". A word is whole: no pattern is one, so what a policy reaches of a class is always in
// its text. Pure.
namespace strait::policy {

inline constexpr std::string_view kClassWord = "strait:class/";

// The class that an entry of Action names; nothing for an action of AWS's or a pattern of them.
// kInvalidConfiguration for any other text that begins with "strait:", case aside.
Result<std::optional<catalog::Class>> class_in(std::string_view action);

// Whether it begins as such words do; of a document that has been read, whether it is one.
bool is_class_word(std::string_view action);

std::string class_word(catalog::Class which);  // "strait:class/pass-role"

}  // namespace strait::policy
