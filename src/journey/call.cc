// SPDX-License-Identifier: Apache-2.0
#include "journey/call.h"

#include <algorithm>

namespace strait::journey {
namespace {
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
}  // namespace

const ContextEntry* Context::find(std::string_view key) const {
  for (const auto& entry : entries) {
    if (std::ranges::equal(entry.key, key, {}, lower, lower)) return &entry;
  }
  return nullptr;
}

}  // namespace strait::journey
