// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/pattern.h"

// Several patterns read as one automaton: a state is the set of places where walks through them can
// stand. Both questions that proofs ask of patterns (which actions, which texts) explore it. Pure.
namespace strait::analysis {

class Places {
 public:
  using Place = char32_t;
  using Set = std::u32string;  // ascending; a place before a `*` comes with the one behind it

  // `owner` is the caller's number for what the pattern belongs to. No variables in `tokens`.
  void add(const policy::Tokens& tokens, bool fold_case, std::uint32_t owner);

  Set start() const;
  Set after(const Set& from, unsigned char byte) const;
  // The bytes after which the walk may differ. All others lead to one and the same set.
  std::bitset<256> told_apart(const Set& from) const;

  bool at_end(Place place) const { return steps_[place].end; }
  // Whatever follows, the pattern matches.
  bool for_good(Place place) const { return steps_[place].for_good; }
  std::uint32_t owner(Place place) const { return steps_[place].owner; }

 private:
  struct Step {
    policy::Token token;
    bool fold_case = false;
    bool end = false;  // no token: the place behind the last
    bool for_good = false;
    std::uint32_t owner = 0;
  };
  bool takes(const Step& step, unsigned char byte) const;
  void stand_at(Set& set, Place place) const;

  std::vector<Step> steps_;
  std::vector<Place> firsts_;
};

// A byte that `told_apart` does not have and that reads well in an ARN; 0 when there is none.
unsigned char any_other(const std::bitset<256>& told_apart);

}  // namespace strait::analysis
