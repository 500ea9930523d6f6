// SPDX-License-Identifier: Apache-2.0
#include "codec/value_path.h"

namespace strait::codec {

const Value* find_path(const Value& value, std::string_view path) {
  const auto* at = &value;
  while (at != nullptr) {
    const auto dot = path.find('.');
    at = at->find(path.substr(0, dot));
    if (dot == std::string_view::npos) break;
    path.remove_prefix(dot + 1);
  }
  return at;
}

}  // namespace strait::codec
