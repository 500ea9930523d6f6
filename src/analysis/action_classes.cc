// SPDX-License-Identifier: Apache-2.0
// The subset construction over all patterns at once. An owner that matches for good leaves no
// places behind, which keeps the states few however many actions a policy lists.
#include "analysis/action_classes.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "analysis/places.h"

namespace strait::analysis {
namespace {

// How much of "service:Name" has been read.
enum Progress : std::uint8_t { kNothing, kService, kColon, kName };

constexpr std::string_view kServiceBytes = "xyzwvuqkjhgfbmnpdlctsoriea0123456789-";
constexpr std::string_view kNameBytes = "xyzwvuqkjhgfbmnpdlctsoriea0123456789-_";

class Classifier {
 public:
  explicit Classifier(std::span<const OwnedPattern> patterns) {
    for (const auto& pattern : patterns) places_.add(*pattern.tokens, false, pattern.owner);
  }

  bool explore(std::size_t states_max, const std::function<bool()>& has_time) {
    enter(kNothing, {}, places_.start(), 0, 0);
    for (std::size_t at = 0; at < states_.size(); ++at) {
      if (states_.size() > states_max || (at % 256 == 0 && !has_time())) return false;
      expand(at);
    }
    return true;
  }

  // The state after a whole name; 0 (which is after nothing) when it is no service:Name.
  std::size_t walk(std::string_view action) const {
    std::size_t at = 0;
    for (const char c : action) {
      const char byte = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      const auto& state = states_[at];
      const auto found = std::ranges::find(state.next, byte, &Edge::first);
      if (found != state.next.end()) {
        at = found->second;
      } else if (state.other != 0 && bytes_of(state.progress).contains(byte)) {
        at = state.other;
      } else {
        return 0;
      }
    }
    return at;
  }

  std::size_t size() const { return states_.size(); }
  bool is_action(std::size_t at) const { return states_[at].progress == kName; }

  std::vector<std::uint32_t> owners(std::size_t at) const {
    auto owners = states_[at].settled;
    for (const auto place : states_[at].places) {
      if (places_.at_end(place)) owners.push_back(places_.owner(place));
    }
    std::ranges::sort(owners);
    const auto [first, last] = std::ranges::unique(owners);
    owners.erase(first, last);
    return owners;
  }

  std::string text_of(std::size_t at) const {
    std::string text;
    for (; at != 0; at = states_[at].from) text += states_[at].byte;
    std::ranges::reverse(text);
    return text;
  }

 private:
  using Edge = std::pair<char, std::size_t>;
  struct State {
    Progress progress;
    std::vector<std::uint32_t> settled;  // owners that match whatever follows
    Places::Set places;                  // of the others
    std::size_t from;
    char byte;
    std::vector<Edge> next;
    std::size_t other = 0;  // after any allowed byte that is not in `next`; 0: there is none
  };

  static std::string_view bytes_of(Progress progress) {
    return progress < kColon ? kServiceBytes : kNameBytes;
  }

  void expand(std::size_t at) {
    const auto progress = states_[at].progress;
    const auto apart = places_.told_apart(states_[at].places);
    std::vector<Edge> next;
    char other = 0;
    for (const char byte : bytes_of(progress)) {
      if (apart[static_cast<unsigned char>(byte)]) {
        next.emplace_back(byte, step(at, byte));
      } else if (other == 0) {
        other = byte;
      }
    }
    if (progress == kService) next.emplace_back(':', step(at, ':'));
    const auto after_other = other == 0 ? 0 : step(at, other);
    states_[at].next = std::move(next);
    states_[at].other = after_other;
  }

  std::size_t step(std::size_t at, char byte) {
    const auto progress = byte == ':'                        ? kColon
                          : states_[at].progress == kNothing ? kService
                          : states_[at].progress == kColon   ? kName
                                                             : states_[at].progress;
    auto places = places_.after(states_[at].places, static_cast<unsigned char>(byte));
    return enter(progress, states_[at].settled, std::move(places), at, byte);
  }

  std::size_t enter(Progress progress, std::vector<std::uint32_t> settled, Places::Set places,
                    std::size_t from, char byte) {
    const auto before = settled.size();
    for (const auto place : places) {
      if (places_.for_good(place)) settled.push_back(places_.owner(place));
    }
    if (settled.size() != before) {
      std::ranges::sort(settled);
      const auto [first, last] = std::ranges::unique(settled);
      settled.erase(first, last);
      std::erase_if(places, [&](Places::Place place) {
        return std::ranges::binary_search(settled, places_.owner(place));
      });
    }
    Places::Set key{static_cast<char32_t>(progress), static_cast<char32_t>(settled.size())};
    key.append(settled.begin(), settled.end());
    key += places;
    const auto [entry, fresh] = numbers_.try_emplace(std::move(key), states_.size());
    if (fresh)
      states_.push_back({progress, std::move(settled), std::move(places), from, byte, {}, 0});
    return entry->second;
  }

  Places places_;
  std::vector<State> states_;
  std::unordered_map<Places::Set, std::size_t> numbers_;
};

}  // namespace

ActionClasses classify_actions(std::span<const OwnedPattern> patterns,
                               std::span<const std::string_view> known, std::size_t states_max,
                               const std::function<bool()>& has_time) {
  Classifier classifier(patterns);
  ActionClasses result;
  result.complete = classifier.explore(states_max, has_time);
  constexpr auto kNone = std::string_view::npos;
  std::vector<std::size_t> known_at(classifier.size(), kNone);  // the first of `known`
  for (std::size_t number = 0; number < known.size(); ++number) {
    const auto at = classifier.walk(known[number]);
    if (classifier.is_action(at)) known_at[at] = std::min(known_at[at], number);
  }
  std::vector<std::size_t> first;  // of a class
  std::map<std::vector<std::uint32_t>, std::size_t> by_owners;
  for (std::size_t at = 0; at < classifier.size(); ++at) {
    if (!classifier.is_action(at)) continue;
    const auto [entry, fresh] = by_owners.try_emplace(classifier.owners(at), result.classes.size());
    if (fresh) result.classes.push_back({entry->first, classifier.text_of(at), false});
    if (fresh) first.push_back(kNone);
    first[entry->second] = std::min(first[entry->second], known_at[at]);
  }
  for (std::size_t at = 0; at < first.size(); ++at) {
    if (first[at] == kNone) continue;
    result.classes[at].action = known[first[at]];
    result.classes[at].known = true;
  }
  return result;
}

}  // namespace strait::analysis
