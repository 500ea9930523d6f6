// SPDX-License-Identifier: Apache-2.0
#include "policy/statement_list.h"

#include <string>

namespace strait::policy {
namespace {

constexpr std::uint64_t kSeed = 0xcbf29ce484222325;

// FNV-1a, a letter at a time, so that every beginning of a text is hashed in one walk.
std::uint64_t step(std::uint64_t hash, char c) {
  return (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
}

std::string letters_from(const Tokens& tokens, std::size_t at) {
  std::string letters;
  for (; at < tokens.size() && tokens[at].kind == Token::kChar; ++at) letters += tokens[at].c;
  return letters;
}

struct Anchor {
  std::string letters;
  bool at_colon = false;
};

Anchor anchor_of(const Pattern& pattern) {
  const auto& tokens = pattern.tokens();
  const auto begin = letters_from(tokens, 0);
  const auto star = begin.size();
  if (star >= tokens.size() || tokens[star].kind != Token::kMany) return {begin, false};
  auto behind = letters_from(tokens, star + 1);
  if (!behind.starts_with(':') || behind.size() <= begin.size()) return {begin, false};
  return {std::move(behind), true};
}

void add_once(std::vector<std::uint32_t>& numbers, std::uint32_t number) {
  if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
}

}  // namespace

void StatementList::Anchors::add(std::string_view anchor, std::uint32_t number) {
  anchor = anchor.substr(0, kAnchorMax);
  auto hash = kSeed;
  for (const char c : anchor) hash = step(hash, c);
  lengths.set(anchor.size());
  if (anchor.size() > 1) seconds.set(static_cast<unsigned char>(anchor[1]));
  longest = std::max(longest, anchor.size());
  add_once(by_hash[hash], number);
}

template <class Take>
void StatementList::Anchors::find(std::string_view text, Take take) const {
  auto hash = kSeed;
  const auto end = std::min(text.size(), longest);
  for (std::size_t at = 0; at < end; ++at) {
    hash = step(hash, text[at]);
    if (!lengths[at + 1]) continue;
    if (const auto found = by_hash.find(hash); found != by_hash.end()) take(found->second);
  }
}

void StatementList::add(std::uint32_t number, std::span<const Pattern> resources) {
  if (!all_.empty() && all_.back() == number) return;
  all_.push_back(number);
  if (resources.empty()) anywhere_.push_back(number);
  for (const auto& pattern : resources) {
    const auto anchor = anchor_of(pattern);
    if (anchor.letters.empty()) {
      add_once(anywhere_, number);
    } else {
      (anchor.at_colon ? at_colon_ : at_begin_).add(anchor.letters, number);
    }
  }
}

Narrowed::Narrowed(const StatementList* list, Target target) {
  if (list == nullptr) return;
  numbers_ = list->all_;
  if (numbers_.size() < kIndexFrom || !target.exact) return;
  bool fits = take(list->anywhere_);
  const auto more = [&](const auto& numbers) { fits = fits && take(numbers); };
  list->at_begin_.find(target.text, more);
  if (list->at_colon_.longest > 0) {
    for (auto at = target.text.find(':'); at != std::string_view::npos;
         at = target.text.find(':', at + 1)) {
      const auto rest = target.text.substr(at);
      if (list->at_colon_.may_find(rest)) list->at_colon_.find(rest, more);
    }
  }
  if (!fits) return;
  std::ranges::sort(std::span(few_).first(count_));
  const auto again = std::ranges::unique(std::span(few_).first(count_));
  numbers_ = std::span(few_).first(count_ - again.size());
}

bool Narrowed::take(std::span<const std::uint32_t> numbers) {
  if (count_ + numbers.size() > few_.size()) return false;
  std::ranges::copy(numbers, few_.begin() + static_cast<std::ptrdiff_t>(count_));
  count_ += numbers.size();
  return true;
}

}  // namespace strait::policy
