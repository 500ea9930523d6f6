// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "policy/pattern.h"

// Numbers of statements, ascending, hence in the order of the judgement; and where they are many,
// the few of them that can be about one resource. A resource pattern has an anchor: the letters it
// begins with, or those from the colon behind its first star (of "arn:aws:sqs:*:123456789012:q"
// they say more). Whatever the pattern matches has these letters at its begin, or at one of its
// colons.
namespace strait::policy {

class StatementList {
 public:
  // In ascending order; a number that was added last is not added again. An empty list of resources
  // says that the statement can be about anything.
  void add(std::uint32_t number, std::span<const Pattern> resources);
  std::size_t size() const { return all_.size(); }

 private:
  friend class Narrowed;
  static constexpr std::size_t kAnchorMax = 160;  // letters; the rest of a longer one is not used

  using Numbers = std::vector<std::uint32_t>;
  struct Anchors {
    std::bitset<kAnchorMax + 1> lengths;  // that occur
    std::bitset<256> seconds;             // letters that occur in the second place
    std::size_t longest = 0;
    std::unordered_map<std::uint64_t, Numbers> by_hash;  // one hash may stand for several texts

    void add(std::string_view anchor, std::uint32_t number);
    // Calls `take` with the numbers of every anchor that `text` begins with.
    template <class Take>
    void find(std::string_view text, Take take) const;
    // False: none does. Most colons of an ARN are followed by a letter that no anchor has there.
    bool may_find(std::string_view text) const {
      return lengths[1] || (text.size() > 1 && seconds[static_cast<unsigned char>(text[1])]);
    }
  };

  Numbers all_;
  Numbers anywhere_;  // those with a pattern that has no anchor
  Anchors at_begin_;
  Anchors at_colon_;
};

// What of a list can be about a target: all of it where it is short, where the target is a pattern,
// or where the few are not few. The list must outlive this.
class Narrowed {
 public:
  Narrowed(const StatementList* list, Target target);
  Narrowed(const Narrowed&) = delete;
  Narrowed& operator=(const Narrowed&) = delete;
  std::span<const std::uint32_t> numbers() const { return numbers_; }

 private:
  static constexpr std::size_t kIndexFrom = 24;  // statements; fewer are tried one by one
  bool take(std::span<const std::uint32_t> numbers);

  std::array<std::uint32_t, 64> few_;
  std::size_t count_ = 0;
  std::span<const std::uint32_t> numbers_;
};

}  // namespace strait::policy
