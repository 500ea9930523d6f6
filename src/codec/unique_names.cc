// SPDX-License-Identifier: Apache-2.0
#include "codec/unique_names.h"

#include <algorithm>

namespace strait::codec {

namespace {

// One of 64 bits. The same name has the same one, and of a few names no two have, mostly.
std::uint64_t mark_of(std::string_view name) {
  if (name.empty()) return 1;
  const auto ends =
      5u * static_cast<unsigned char>(name.front()) + 11u * static_cast<unsigned char>(name.back());
  return std::uint64_t{1} << ((ends + 3u * name.size()) & 63);
}

bool marks_differ(const Object& object) {
  std::uint64_t seen = 0;
  for (const auto& member : object) {
    const auto mark = mark_of(member.name);
    if ((seen & mark) != 0) return false;
    seen |= mark;
  }
  return true;
}

}  // namespace

// Pairwise for the few members that objects have, unless a look tells them apart; sorted for many:
// an attacker may send a hundred thousand.
bool has_duplicate_name_among(const Object& object) {
  constexpr std::size_t kPairwiseMax = 16;
  if (object.size() <= kPairwiseMax) {
    if (marks_differ(object)) return false;
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
