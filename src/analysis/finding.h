// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace strait::analysis {

enum class Severity : std::uint8_t {
  kError,    // it cannot be used, or it certainly does not do what it says
  kWarning,  // it probably does not do what was meant
  kNote,     // worth knowing
};
std::string_view name(Severity severity);  // "error", "warning", "note"

// One thing that is wrong with a policy file, with the place and the way out.
struct Finding {
  std::string_view rule;  // "shadowed-statement"; a literal, stable: people write it into their CI
  Severity severity = Severity::kWarning;
  std::string file;
  int line = 0;    // from 1; 0: the whole file
  int column = 0;  // in bytes, from 1
  std::string message;
  std::string advice;  // what to do; a clause without capital and full stop, like the message
  bool operator==(const Finding&) const = default;
};

}  // namespace strait::analysis
