// SPDX-License-Identifier: Apache-2.0
#include "codec/unique_names.h"

#include <algorithm>

namespace strait::codec {

bool has_duplicate_name(const Object& object) {
  constexpr std::size_t kPairwiseMax = 16;
  if (object.size() <= kPairwiseMax) {
    for (const auto& member : object) {
      for (const Member* before = object.data(); before != &member; ++before) {
        if (before->name == member.name) return true;
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
