// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8.h"

#include <simdjson.h>

namespace strait::codec {

bool valid_utf8(std::string_view text) {
  constexpr std::size_t kShortBytes =
      24;  // names and words: mostly ASCII, and over before simdjson has started
  if (text.size() <= kShortBytes) {
    unsigned char seen = 0;
    for (const char c : text) seen |= static_cast<unsigned char>(c);
    if (seen < 0x80) return true;
  }
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace strait::codec
