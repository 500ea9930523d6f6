// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "store/segment.h"
#include "store/sessions.h"

// Any bytes as a segment: read as far as they make sense, in order, and never beyond their end.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto header = strait::store::decode_header(bytes)) {
    strait::Timestamp last{};
    (void)strait::store::Sessions::restore(header->header.snapshot, last);
  }
  strait::Timestamp last{};
  (void)strait::store::Sessions::restore(bytes, last);
  strait::store::FrameCursor cursor(bytes, 0, 0);
  std::uint64_t expected = 0;
  while (const auto frame = cursor.next()) {
    if (frame->index != expected++ || cursor.offset() > size) __builtin_trap();
    if (frame->hash != strait::ledger::leaf_hash(frame->leaf)) __builtin_trap();
  }
  (void)cursor.later_batch_follows();
  return 0;
}
