// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace strait::codec {

// Whether `text` is UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above U+10FFFF. NUL
// is allowed.
bool valid_utf8(std::string_view text);

}  // namespace strait::codec
