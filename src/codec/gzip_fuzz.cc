// SPDX-License-Identifier: Apache-2.0
// Whatever comes, the output stays within its limits, and bytes that were compressed here come
// back.
#include <cstdlib>

#include "base/limits.h"
#include "codec/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto text = strait::codec::gunzip(bytes);
  if (text && text->size() > strait::limits::kInflatedBytesMax) std::abort();
  const auto again = strait::codec::gunzip(strait::codec::gzip(bytes));
  if (!again || *again != bytes) std::abort();
  return 0;
}
