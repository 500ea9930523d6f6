// SPDX-License-Identifier: Apache-2.0
#include "analysis/places.h"

#include <algorithm>
#include <string_view>

namespace strait::analysis {
namespace {

using policy::Token;

bool is_many(Token::Kind kind) { return kind == Token::kMany || kind == Token::kManyInPart; }

unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<unsigned char>(c + 32) : c;
}

unsigned char upper(unsigned char c) {
  return c >= 'a' && c <= 'z' ? static_cast<unsigned char>(c - 32) : c;
}

}  // namespace

void Places::add(const policy::Tokens& tokens, bool fold_case, std::uint32_t owner) {
  firsts_.push_back(static_cast<Place>(steps_.size()));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool last = i + 1 == tokens.size();
    steps_.push_back({tokens[i], fold_case, false, last && tokens[i].kind == Token::kMany, owner});
  }
  steps_.push_back({{}, fold_case, true, false, owner});
}

bool Places::takes(const Step& step, unsigned char byte) const {
  switch (step.token.kind) {
    case Token::kChar:
      return (step.fold_case ? lower(byte) : byte) == static_cast<unsigned char>(step.token.c);
    case Token::kOne:
    case Token::kMany: return true;
    case Token::kOneInPart:
    case Token::kManyInPart: return byte != ':';
    case Token::kVariable: return false;
  }
  return false;
}

void Places::stand_at(Set& set, Place place) const {
  set.push_back(place);
  while (!steps_[place].end && is_many(steps_[place].token.kind)) set.push_back(++place);
}

Places::Set Places::start() const {
  Set set;
  for (const auto first : firsts_) stand_at(set, first);
  return set;
}

Places::Set Places::after(const Set& from, unsigned char byte) const {
  Set set;
  for (const auto place : from) {
    const auto& step = steps_[place];
    if (step.end || !takes(step, byte)) continue;
    stand_at(set, is_many(step.token.kind) ? place : place + 1);
  }
  std::ranges::sort(set);
  const auto [first, last] = std::ranges::unique(set);
  set.erase(first, last);
  return set;
}

std::bitset<256> Places::told_apart(const Set& from) const {
  std::bitset<256> bytes;
  for (const auto place : from) {
    const auto& step = steps_[place];
    if (step.end) continue;
    if (step.token.kind == Token::kChar) {
      const auto byte = static_cast<unsigned char>(step.token.c);
      bytes.set(byte);
      if (step.fold_case) bytes.set(upper(byte));
    } else if (step.token.kind == Token::kOneInPart || step.token.kind == Token::kManyInPart) {
      bytes.set(':');
    }
  }
  return bytes;
}

unsigned char any_other(const std::bitset<256>& told_apart) {
  constexpr std::string_view kFirst =
      "xyzwvuqkjhgfbmnpdlctsoriea0123456789XYZWVUQKJHGFBMNPDLCTSORIEA-_/.@+=,;~!%&()# "
      "\"'<>[]\\^`{|}";
  for (const char c : kFirst) {
    if (!told_apart[static_cast<unsigned char>(c)]) return static_cast<unsigned char>(c);
  }
  for (int byte = 255; byte > 0; --byte) {
    if (!told_apart[static_cast<std::size_t>(byte)]) return static_cast<unsigned char>(byte);
  }
  return 0;
}

}  // namespace strait::analysis
