// SPDX-License-Identifier: Apache-2.0
#include "codec/unique_names.h"

#include <algorithm>

namespace strait::codec {

bool has_duplicate_name(const Object& object) {
  constexpr std::size_t kPairwiseMax = 16;
  if (object.size() <= kPairwiseMax) {
    for (std::size_t i = 1; i < object.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (object[i].name == object[j].name) return true;
      }
    }
    return false;
  }
  std::vector<std::string_view> names;
  names.reserve(object.size());
  for (const auto& member : object) names.push_back(member.name);
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

}  // namespace strait::codec
