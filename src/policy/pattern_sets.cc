// SPDX-License-Identifier: Apache-2.0
// Patterns as sets of texts: membership, containment and intersection, by walking the pattern as an
// automaton whose states are the places between its tokens.
#include <algorithm>

#include "policy/pattern.h"

namespace strait::policy {
namespace {

bool is_many(const Token& token) {
  return token.kind == Token::kMany || token.kind == Token::kManyInPart;
}

// A character of a text, or kFresh: one that occurs in no pattern, so that only wildcards take it.
using Symbol = int;
constexpr Symbol kFresh = -1;

bool takes(const Token& token, Symbol symbol) {
  switch (token.kind) {
    case Token::kChar: return symbol == static_cast<unsigned char>(token.c);
    case Token::kOne:
    case Token::kMany: return true;
    case Token::kOneInPart:
    case Token::kManyInPart: return symbol != ':';
    case Token::kVariable: return false;
  }
  return false;
}

// Places where a walk through the pattern can stand.
class Places {
 public:
  explicit Places(const Tokens& tokens) : tokens_(&tokens), at_(tokens.size() + 1) {
    at_[0] = true, close();
  }

  void step(Symbol symbol) {
    for (std::size_t i = tokens_->size() + 1; i-- > 0;) {
      const bool here = i < tokens_->size() && at_[i] && takes((*tokens_)[i], symbol);
      const bool from_left =
          i > 0 && at_[i - 1] && !is_many((*tokens_)[i - 1]) && takes((*tokens_)[i - 1], symbol);
      at_[i] = (here && is_many((*tokens_)[i])) || from_left;
    }
    close();
  }

  // After any text whatever, or any without a colon: only where a `*` that takes it holds on.
  void step_any_text(bool in_part) {
    for (std::size_t i = 0; i < at_.size(); ++i) {
      at_[i] = at_[i] && i < tokens_->size() &&
               (in_part ? is_many((*tokens_)[i]) : (*tokens_)[i].kind == Token::kMany);
    }
    close();
  }

  // After any one character: what is reached by a colon and by a character of no pattern is reached
  // by all of them.
  void step_any_character() {
    Places colon = *this;
    colon.step(':');
    step(kFresh);
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] = at_[i] && colon.at_[i];
  }

  bool at_end() const { return at_.back(); }

 private:
  void close() {
    for (std::size_t i = 0; i < tokens_->size(); ++i) {
      if (at_[i] && is_many((*tokens_)[i])) at_[i + 1] = true;
    }
  }

  const Tokens* tokens_;
  std::vector<bool> at_;
};

bool overlap(const Token& a, const Token& b) {
  if (a.kind == Token::kChar) return takes(b, static_cast<unsigned char>(a.c));
  if (b.kind == Token::kChar) return takes(a, static_cast<unsigned char>(b.c));
  return takes(a, kFresh) && takes(b, kFresh);
}

}  // namespace

bool matches(const Tokens& pattern, std::string_view text) {
  Places places(pattern);
  for (const char c : text) places.step(static_cast<unsigned char>(c));
  return places.at_end();
}

bool covers(const Tokens& policy, const Tokens& request) {
  Places places(policy);
  for (const auto& token : request) {
    switch (token.kind) {
      case Token::kChar: places.step(static_cast<unsigned char>(token.c)); break;
      case Token::kOne:
      case Token::kOneInPart: places.step_any_character(); break;
      case Token::kMany: places.step_any_text(false); break;
      case Token::kManyInPart: places.step_any_text(true); break;
      case Token::kVariable: return false;
    }
  }
  return places.at_end();
}

bool intersects(const Tokens& policy, const Tokens& request) {
  const auto width = request.size() + 1;
  std::vector<bool> reached((policy.size() + 1) * width);
  reached[0] = true;
  for (std::size_t i = 0; i <= policy.size(); ++i) {
    for (std::size_t j = 0; j <= request.size(); ++j) {
      if (!reached[i * width + j]) continue;
      const bool left = i < policy.size();
      const bool right = j < request.size();
      if (left && is_many(policy[i])) reached[(i + 1) * width + j] = true;
      if (right && is_many(request[j])) reached[i * width + j + 1] = true;
      if (!left || !right || !overlap(policy[i], request[j])) continue;
      const auto next_i = is_many(policy[i]) ? i : i + 1;
      const auto next_j = is_many(request[j]) ? j : j + 1;
      reached[next_i * width + next_j] = true;
    }
  }
  return reached.back();
}

}  // namespace strait::policy
