// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "codec/value.h"

namespace strait::codec {

// The value that single members lead to: "A.B". nullptr where one of them is missing or no object
// holds it. The pointer lives as `value` does.
const Value* find_path(const Value& value, std::string_view path);

}  // namespace strait::codec
