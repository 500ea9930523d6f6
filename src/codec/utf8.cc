// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.h"

#include <simdjson.h>

namespace strait::codec {

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace strait::codec
