// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace strait {

// ASCII letters in lower case, every other byte as it is: what IAM, HTTP and DNS compare when they
// say that case does not count. No locale.
inline std::string lowered(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace strait
