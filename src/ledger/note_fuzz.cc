// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "ledger/checkpoint.h"
#include "ledger/tiles.h"

// Any bytes as a signed note, a checkpoint, a verifier key and an entry bundle. What is taken says
// the same when written again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto vkey = strait::ledger::parse_vkey(bytes);
      vkey && strait::ledger::vkey_text(*vkey) != bytes)
    __builtin_trap();
  if (const auto note = strait::ledger::parse_note(bytes)) {
    if (note->signatures.empty() || !note->text.ends_with('\n')) __builtin_trap();
    (void)strait::ledger::parse_checkpoint(note->text);
  }
  if (strait::ledger::open_checkpoint(bytes, {})) __builtin_trap();
  (void)strait::ledger::entries_of(bytes);
  return 0;
}
