// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace strait::crypto {

// Equality that takes the same time wherever the first difference is. Lengths are not hidden.
bool constant_time_equal(std::string_view left, std::string_view right);

}  // namespace strait::crypto
