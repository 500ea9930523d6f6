// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "ledger/leaf.h"
#include "ledger/verify.h"

// Any bytes as a leaf: parsed or refused, never more; and what is parsed has what its kind
// promises.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto leaf = strait::ledger::parse_leaf(bytes);
  if (leaf && (leaf->text("kind") != strait::ledger::name(leaf->kind) || leaf->number("v") != 1))
    __builtin_trap();
  strait::ledger::Verifier verifier({}, {}, strait::ledger::LogState::kLive);
  verifier.add(bytes);
  verifier.add(bytes);
  const auto report = std::move(verifier).finish();
  if (report.ok()) __builtin_trap();  // without a trusted key nothing verifies
  if (strait::ledger::report_text(report).empty()) __builtin_trap();
  return 0;
}
