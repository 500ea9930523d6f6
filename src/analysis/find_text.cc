// SPDX-License-Identifier: Apache-2.0
// Breadth-first through the product of all patterns, so that the first text found is a shortest.
#include "analysis/find_text.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <vector>

#include "analysis/places.h"

namespace strait::analysis {
namespace {

class Search {
 public:
  Search(std::span<const TextPattern* const> all_of, std::span<const TextPattern* const> none_of)
      : wanted_(all_of.size()), count_(all_of.size() + none_of.size()) {
    std::uint32_t owner = 0;
    for (const auto& list : {all_of, none_of}) {
      for (const auto* pattern : list) places_.add(pattern->tokens, pattern->fold_case, owner++);
    }
  }

  TextSearch run(std::size_t states_max, std::string_view alphabet) {
    if (auto first = reduced(places_.start())) enter(*std::move(first), 0, 0);
    for (std::size_t at = 0; at < visits_.size(); ++at) {
      if (accepts(*visits_[at].set)) return {TextSearch::kFound, text_of(at)};
      if (visits_.size() > states_max) return {TextSearch::kGaveUp, {}};
      const auto apart = places_.told_apart(*visits_[at].set);
      alphabet.empty() ? expand(at, apart) : expand(at, apart, alphabet);
    }
    return {TextSearch::kNone, {}};
  }

 private:
  struct Visit {
    const Places::Set* set;
    std::size_t from;
    unsigned char byte;
  };

  void expand(std::size_t at, const std::bitset<256>& apart) {
    if (const auto other = any_other(apart); other != 0) go(at, other);
    for (std::size_t byte = 1; byte < 256; ++byte) {
      if (apart[byte]) go(at, static_cast<unsigned char>(byte));
    }
  }

  void expand(std::size_t at, const std::bitset<256>& apart, std::string_view alphabet) {
    bool other = false;
    for (const char c : alphabet) {
      const auto byte = static_cast<unsigned char>(c);
      if (apart[byte] || !other) go(at, byte);
      other = other || !apart[byte];
    }
  }

  void go(std::size_t from, unsigned char byte) {
    if (auto next = reduced(places_.after(*visits_[from].set, byte)))
      enter(*std::move(next), from, byte);
  }

  void enter(Places::Set set, std::size_t from, unsigned char byte) {
    const auto [entry, fresh] = seen_.insert(std::move(set));
    if (fresh) visits_.push_back({&*entry, from, byte});
  }

  // Nothing when no continuation can be accepted. A wanted pattern that matches for good needs no
  // other place.
  std::optional<Places::Set> reduced(Places::Set set) const {
    std::vector<bool> alive(count_), good(count_);
    for (const auto place : set) {
      const auto owner = places_.owner(place);
      alive[owner] = true;
      if (places_.for_good(place)) good[owner] = true;
    }
    for (std::size_t owner = 0; owner < count_; ++owner) {
      if (owner < wanted_ ? !alive[owner] : good[owner]) return std::nullopt;
    }
    const auto needless = [&](Places::Place place) {
      return good[places_.owner(place)] && !places_.for_good(place) && !places_.at_end(place);
    };
    std::erase_if(set, needless);
    return set;
  }

  bool accepts(const Places::Set& set) const {
    std::vector<bool> ended(wanted_);
    for (const auto place : set) {
      if (!places_.at_end(place)) continue;
      const auto owner = places_.owner(place);
      if (owner >= wanted_) return false;
      ended[owner] = true;
    }
    return std::ranges::all_of(ended, [](bool end) { return end; });
  }

  std::string text_of(std::size_t at) const {
    std::string text;
    for (; at != 0; at = visits_[at].from) text += static_cast<char>(visits_[at].byte);
    std::ranges::reverse(text);
    return text;
  }

  std::size_t wanted_, count_;
  Places places_;
  std::unordered_set<Places::Set> seen_;  // its elements stay where they are
  std::vector<Visit> visits_;
};

}  // namespace

TextSearch find_text(std::span<const TextPattern* const> all_of,
                     std::span<const TextPattern* const> none_of, std::size_t states_max,
                     std::string_view alphabet) {
  return Search(all_of, none_of).run(states_max, alphabet);
}

}  // namespace strait::analysis
