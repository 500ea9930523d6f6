// SPDX-License-Identifier: Apache-2.0
#include "analysis/pattern_table.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace strait::analysis {
namespace {

using policy::Token;
using policy::Tokens;

constexpr std::size_t kStatesMax = 200'000;
constexpr std::size_t kCoreStatesMax = 20'000;

Tokens lowered_tokens(Tokens tokens) {
  for (auto& token : tokens) {
    if (token.c >= 'A' && token.c <= 'Z') token.c = static_cast<char>(token.c + 32);
  }
  return tokens;
}

std::string bytes_of(const TextPattern& pattern) {
  std::string key(1, pattern.fold_case ? 'f' : 'e');
  for (const auto& token : pattern.tokens) {
    key += static_cast<char>('0' + token.kind);
    if (token.kind == Token::kChar) key += token.c;
    if (token.kind == Token::kVariable) key += std::to_string(token.variable) + ";";
  }
  return key;
}

// "arn:", partition, service, region, account, resource.
const TextPattern& an_arn() {
  static const TextPattern pattern = [] {
    TextPattern arn;
    const auto add = [&arn](Token::Kind kind, char c = 0) { arn.tokens.push_back({kind, c, 0}); };
    for (const char c : std::string_view("arn:")) add(Token::kChar, c);
    for (int part = 1; part < 5; ++part) {
      if (part < 3) add(Token::kOneInPart);
      add(Token::kManyInPart);
      add(Token::kChar, ':');
    }
    add(Token::kOne);
    add(Token::kMany);
    return arn;
  }();
  return pattern;
}

constexpr std::string_view kActionBytes = "xyzwvuqkjhgfbmnpdlctsoriea0123456789-_:";

const TextPattern& an_action() {
  static const TextPattern pattern{{{Token::kOneInPart, 0, 0},
                                    {Token::kManyInPart, 0, 0},
                                    {Token::kChar, ':', 0},
                                    {Token::kOneInPart, 0, 0},
                                    {Token::kManyInPart, 0, 0}},
                                   true};
  return pattern;
}

std::uint64_t pair_of(PatternId a, PatternId b) { return std::uint64_t{a} << 32 | b; }

// They begin with different characters.
bool part_ways(const Tokens& a, const Tokens& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i].kind != Token::kChar || b[i].kind != Token::kChar) return false;
    if (a[i].c != b[i].c) return true;
  }
  return false;
}

}  // namespace

std::uint16_t PatternTable::number_of(VariableUse use) {
  const auto found = std::ranges::find(variables_, use);
  if (found != variables_.end()) return static_cast<std::uint16_t>(found - variables_.begin());
  variables_.push_back(std::move(use));
  return static_cast<std::uint16_t>(variables_.size() - 1);
}

std::optional<PatternId> PatternTable::intern(const policy::Pattern& pattern, bool fold_case,
                                              const FixedKeys& fixed) {
  TextPattern text{{}, fold_case};
  for (const auto& token : pattern.tokens()) {
    if (token.kind != Token::kVariable) {
      text.tokens.push_back(token);
      continue;
    }
    const auto& variable = pattern.variables()[token.variable];
    const auto known = fixed.find(lowered(variable.key));
    if (known == fixed.end() || known->second.size() > 1) {
      const auto number = number_of({lowered(variable.key), variable.fallback});
      text.tokens.push_back({Token::kVariable, 0, number});
      continue;
    }
    if (known->second.empty() && !variable.fallback) return std::nullopt;
    const auto value = known->second.empty() ? *variable.fallback : known->second[0];
    for (const char c : fold_case ? lowered(value) : value)
      text.tokens.push_back({Token::kChar, c, 0});
  }
  return intern(std::move(text));
}

PatternId PatternTable::intern(TextPattern pattern) {
  const auto [known, fresh] =
      ids_.try_emplace(bytes_of(pattern), static_cast<PatternId>(entries_.size()));
  const auto id = known->second;
  if (!fresh) return id;
  Entry entry{std::move(pattern), {}, id};
  for (const auto& token : entry.pattern.tokens) {
    if (token.kind == Token::kVariable) entry.variables.push_back(token.variable);
  }
  entries_.push_back(entry);
  if (!entry.variables.empty()) {
    for (auto& token : entry.pattern.tokens) {
      if (token.kind == Token::kVariable) token = {Token::kMany, 0, 0};
    }
    const auto wide = intern(std::move(entry.pattern));
    entries_[id].wide = wide;
  }
  return id;
}

bool PatternTable::matches(PatternId plain, std::string_view text) const {
  const auto& pattern = entries_[plain].pattern;
  return pattern.fold_case ? policy::matches(pattern.tokens, lowered(text))
                           : policy::matches(pattern.tokens, text);
}

bool PatternTable::disjoint(PatternId a, PatternId b) {
  if (a > b) std::swap(a, b);
  const auto [known, fresh] = disjoint_.try_emplace(pair_of(a, b), false);
  if (!fresh) return known->second;
  const auto& left = entries_[wide(a)].pattern;
  const auto& right = entries_[wide(b)].pattern;
  // Of a text and one that does not see case, the lower case of both.
  const bool fold = left.fold_case != right.fold_case;
  const auto one = fold ? lowered_tokens(left.tokens) : left.tokens;
  const auto other = fold ? lowered_tokens(right.tokens) : right.tokens;
  return known->second = part_ways(one, other) || !policy::intersects(one, other);
}

bool PatternTable::covers(PatternId outer, PatternId inner) {
  if (outer == inner) return true;
  const auto [known, fresh] = covers_.try_emplace(pair_of(outer, inner), false);
  if (!fresh) return known->second;
  const auto& wider = entries_[outer].pattern;
  const auto& narrower = entries_[inner].pattern;
  if (!wider.fold_case && narrower.fold_case) return false;
  const bool fold = wider.fold_case && !narrower.fold_case;
  return known->second = covers_formally(
             wider, fold ? TextPattern{lowered_tokens(narrower.tokens), true} : narrower);
}

// Reads `inner` as a text in which a variable is one more character, which only `*` and that very
// variable take: so it holds for whatever stands there. Says no where it would have to think.
bool PatternTable::covers_formally(const TextPattern& outer, const TextPattern& inner) const {
  const auto& tokens = outer.tokens;
  std::vector<bool> at(tokens.size() + 1);
  const auto many = [&](std::size_t i) {
    return tokens[i].kind == Token::kMany || tokens[i].kind == Token::kManyInPart;
  };
  const auto close = [&](std::vector<bool>& places) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (places[i] && many(i)) places[i + 1] = true;
    }
  };
  const auto takes = [&](const Token& token, const Token& symbol, bool colon) {
    const bool in_part = token.kind == Token::kOneInPart || token.kind == Token::kManyInPart;
    if (token.kind == Token::kMany) return true;
    if (symbol.kind == Token::kVariable) return token == symbol;
    if (token.kind == Token::kChar) return token == symbol;
    if (token.kind == Token::kOne) return true;
    return in_part && !colon;
  };
  at[0] = true, close(at);
  for (const auto& symbol : inner.tokens) {
    const bool star = symbol.kind == Token::kMany || symbol.kind == Token::kManyInPart;
    const bool colon = (symbol.kind == Token::kChar && symbol.c == ':') ||
                       symbol.kind == Token::kOne || symbol.kind == Token::kMany;
    std::vector<bool> next(at.size());
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!at[i] || !takes(tokens[i], symbol, colon)) continue;
      if (many(i))
        next[i] = true;
      else if (!star)
        next[i + 1] = true;
    }
    close(next);
    at = std::move(next);
  }
  return at.back();
}

TextSearch PatternTable::search(const std::vector<Membership>& asked, Domain domain,
                                std::size_t states_max, const TextPattern* also) const {
  const auto fits = [&](std::string_view text) {
    return std::ranges::all_of(
        asked, [&](const Membership& one) { return matches(one.pattern, text) == one.in; });
  };
  std::vector<const TextPattern*> in, out;
  for (const auto& one : asked) (one.in ? in : out).push_back(&entries_[one.pattern].pattern);
  if (domain == Domain::kResource) {
    if (also == nullptr && fits("*")) return {TextSearch::kFound, "*"};
    in.push_back(&an_arn());
  }
  if (domain == Domain::kAction) in.push_back(&an_action());
  if (also != nullptr) in.push_back(also);
  return find_text(in, out, states_max,
                   domain == Domain::kAction ? kActionBytes : std::string_view());
}

// Two of `asked` that cannot be together, found without a search.
std::optional<std::vector<Membership>> PatternTable::core_of_two(
    const std::vector<Membership>& asked) {
  for (const auto& a : asked) {
    if (!a.in) continue;
    for (const auto& b : asked) {
      if (b.in ? &a < &b && disjoint(a.pattern, b.pattern) : covers(b.pattern, a.pattern))
        return std::vector{a, b};
    }
  }
  return std::nullopt;
}

// Leaves out what follows from the rest.
std::vector<Membership> PatternTable::without_needless(const std::vector<Membership>& asked) {
  std::vector<Membership> in;
  for (const auto& one : asked) {
    if (!one.in) continue;
    const auto narrower = [&](const Membership& other) {
      return covers(one.pattern, other.pattern);
    };
    if (std::ranges::any_of(in, narrower)) continue;
    std::erase_if(in, [&](const Membership& other) { return covers(other.pattern, one.pattern); });
    in.push_back(one);
  }
  auto all = in;
  for (const auto& one : asked) {
    const auto apart = [&](const Membership& other) {
      return disjoint(one.pattern, other.pattern);
    };
    if (!one.in && std::ranges::none_of(in, apart)) all.push_back(one);
  }
  return all;
}

std::vector<Membership> PatternTable::smallest_core(std::vector<Membership> asked,
                                                    Domain domain) const {
  for (std::size_t i = asked.size(); i-- > 0;) {
    auto fewer = asked;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (search(fewer, domain, kCoreStatesMax).outcome == TextSearch::kNone)
      asked = std::move(fewer);
  }
  return asked;
}

Realised PatternTable::realise(const std::vector<Membership>& asked, Domain domain,
                               const std::vector<TextPattern>& preferred) {
  if (auto core = core_of_two(asked)) return {Realised::kImpossible, {}, *std::move(core)};
  const auto needed = without_needless(asked);
  for (const auto& nice : preferred) {
    auto found = search(needed, domain, kCoreStatesMax, &nice);
    if (found.outcome == TextSearch::kFound) return {Realised::kFound, std::move(found.text), {}};
  }
  auto found = search(needed, domain, kStatesMax);
  switch (found.outcome) {
    case TextSearch::kFound: return {Realised::kFound, std::move(found.text), {}};
    case TextSearch::kGaveUp: return {Realised::kGaveUp, {}, {}};
    case TextSearch::kNone: break;
  }
  return {Realised::kImpossible, {}, smallest_core(needed, domain)};
}

}  // namespace strait::analysis
