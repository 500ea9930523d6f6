// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

// From names to record numbers. The sections of a pack are sorted, and a search through one reads
// a dozen far places of memory; this reads one or two. It is filled once, when the pack is loaded,
// and only with what stands in the pack, so nobody who asks can make it slow.
namespace strait::catalog {

// Reads the beginning, the middle and the end of the name; names that agree in those are told apart
// by comparing them.
inline std::uint64_t name_hash(std::string_view name, std::uint64_t seed = 0) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  const auto word = [&]<class Word>(Word out, std::size_t at) -> std::uint64_t {
    std::memcpy(&out, name.data() + at, sizeof out);
    return out;
  };
  const auto mixed = [](std::uint64_t hash) {
    hash *= kOdd;
    return hash ^ hash >> 32;
  };
  auto hash = mixed(seed ^ name.size());
  const auto size = name.size();
  if (size >= sizeof(std::uint64_t)) {
    const std::uint64_t eight = 0;
    hash = mixed(hash ^ word(eight, 0));
    if (size > 2 * sizeof eight) hash = mixed(hash ^ word(eight, (size - 8) / 2));
    return mixed(hash ^ word(eight, size - 8));
  }
  if (size >= sizeof(std::uint32_t))
    return mixed(hash ^ (word(std::uint32_t(), 0) << 32 | word(std::uint32_t(), size - 4)));
  std::uint64_t rest = 0;
  for (const char c : name) rest = rest << 8 | static_cast<unsigned char>(c);
  return mixed(hash ^ rest);
}

class NameIndex {
 public:
  NameIndex() : NameIndex(0) {}
  explicit NameIndex(std::size_t names) : slots_(std::bit_ceil(2 * names + 2), kFree) {}

  void add(std::uint64_t hash, std::uint32_t number) {
    auto at = place(hash);
    while (slots_[at] != kFree) at = next(at);
    slots_[at] = number;
  }

  // The first number added under `hash` that `is_it` says yes to; kFree when there is none.
  template <class IsIt>
  std::uint32_t find(std::uint64_t hash, IsIt is_it) const {
    auto at = place(hash);
    while (slots_[at] != kFree && !is_it(slots_[at])) at = next(at);
    return slots_[at];
  }

  static constexpr std::uint32_t kFree = 0xffffffff;

 private:
  std::size_t place(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  std::vector<std::uint32_t> slots_;  // half of them free at least, so every search ends
};

}  // namespace strait::catalog
