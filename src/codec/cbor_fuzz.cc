// SPDX-License-Identifier: Apache-2.0
// What is accepted can be written, and comes back unchanged.
#include <cstdlib>

#include "codec/cbor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = strait::codec::parse_cbor({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  std::string again;
  if (!strait::codec::write_cbor(again, *value)) std::abort();
  const auto reread = strait::codec::parse_cbor(again);
  if (!reread || *reread != *value) std::abort();
  return 0;
}
