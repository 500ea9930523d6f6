// SPDX-License-Identifier: Apache-2.0
// Every byte string comes back, and every text that decodes is the only spelling of its bytes.
#include <cstdlib>

#include "codec/base64.h"
#include "codec/hex.h"

using namespace strait::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (base64_decode(base64_encode(text)) != text) std::abort();
  if (base64url_decode(base64url_encode(text)) != text) std::abort();
  if (hex_decode(hex_encode(text)) != text) std::abort();
  if (const auto bytes = base64_decode(text); bytes && base64_encode(*bytes) != text) std::abort();
  if (const auto bytes = base64url_decode(text); bytes && base64url_encode(*bytes) != text)
    std::abort();
  if (const auto bytes = hex_decode(text); bytes && hex_encode(*bytes) != text) std::abort();
  return 0;
}
