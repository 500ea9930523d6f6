// SPDX-License-Identifier: Apache-2.0
// What is accepted comes back unchanged through the encoder, and the encoder's text is a fixed
// point.
#include <cstdlib>

#include "codec/uri.h"

using namespace strait::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (percent_decode(percent_encode(text, false)) != text) std::abort();
  for (const bool form : {false, true}) {
    const auto pairs = form ? parse_form(text) : parse_query(text);
    if (!pairs) continue;
    const auto again = form ? encode_form(*pairs) : encode_query(*pairs);
    const auto reread = form ? parse_form(again) : parse_query(again);
    if (!reread || *reread != *pairs || encode_query(*reread) != again) std::abort();
  }
  return 0;
}
