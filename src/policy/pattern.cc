// SPDX-License-Identifier: Apache-2.0
#include "policy/pattern.h"

#include <string.h>

#include <algorithm>
#include <span>

namespace strait::policy {
namespace {

constexpr int kLastPart = 5;  // the resource part of an ARN, counting from 0

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Reads one pattern left to right. Runs of wildcards are brought into the order `???*`, which
// leaves their meaning and makes covers() see that `*?` and `?*` are the same.
class Reader {
 public:
  Reader(std::string_view text, Grammar grammar, Dialect dialect, bool fold_case)
      : text_(text), grammar_(grammar), dialect_(dialect), fold_case_(fold_case) {}

  Status read() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool wild = (c == '*' || c == '?') && grammar_ != Grammar::kLiteral;
      if (wild) {
        wildcards();
      } else if (c == '$' && dialect_ == Dialect::k2012 && text_.substr(at_).starts_with("${")) {
        CHECK_OK(variable());
      } else {
        character(c);
        ++at_;
      }
    }
    return {};
  }

  Tokens tokens;
  std::vector<Variable> variables;

 private:
  bool in_part() const {
    return (grammar_ == Grammar::kResource || grammar_ == Grammar::kArnCondition) &&
           part_ < kLastPart;
  }

  void character(char c) {
    if (c == ':') ++part_;
    tokens.push_back({Token::kChar, fold_case_ ? lower(c) : c, 0});
  }

  // A run of `*` and `?`. It lies within one part, because a colon would end it.
  void wildcards() {
    bool star = false;
    for (; at_ < text_.size() && (text_[at_] == '*' || text_[at_] == '?'); ++at_) {
      if (text_[at_] == '*') {
        star = true;
      } else {
        tokens.push_back({in_part() ? Token::kOneInPart : Token::kOne, 0, 0});
      }
    }
    if (star) tokens.push_back({crosses_colons() ? Token::kMany : Token::kManyInPart, 0, 0});
  }

  // Asked when the run has been read.
  bool crosses_colons() const {
    if (!in_part()) return true;
    if (text_[at_ - 1] != '*') return false;
    const bool at_end = at_ == text_.size();
    return at_end || (grammar_ == Grammar::kResource && text_[at_] == ':');
  }

  Status variable() {
    const auto end = text_.find('}', at_);
    if (end == std::string_view::npos) {
      return fail(ErrorCode::kInvalidConfiguration, "`${` is never closed in " + quoted(text_));
    }
    const auto inside = text_.substr(at_ + 2, end - at_ - 2);
    at_ = end + 1;
    if (inside == "*" || inside == "?" || inside == "$") {
      character(inside[0]);
      return {};
    }
    return named(inside);
  }

  // key, or: key, 'default'
  Status named(std::string_view inside) {
    const auto trim = [](std::string_view s) {
      while (s.starts_with(' ')) s.remove_prefix(1);
      while (s.ends_with(' ')) s.remove_suffix(1);
      return s;
    };
    const auto comma = inside.find(',');
    Variable variable{std::string(trim(inside.substr(0, comma))), std::nullopt};
    if (variable.key.find(':') == std::string::npos ||
        variable.key.find_first_of(" '\"") != std::string::npos) {
      return fail(ErrorCode::kInvalidConfiguration,
                  quoted("${" + std::string(inside) + "}") +
                      " is no policy variable; write ${*}, ${?} or ${$} for the "
                      "character itself");
    }
    if (comma != std::string_view::npos) {
      const auto fallback = trim(inside.substr(comma + 1));
      if (fallback.size() < 2 || !fallback.starts_with('\'') || !fallback.ends_with('\'')) {
        return fail(ErrorCode::kInvalidConfiguration,
                    "the default of a policy variable stands in single quotes: " + quoted(inside));
      }
      variable.fallback = std::string(fallback.substr(1, fallback.size() - 2));
    }
    tokens.push_back({Token::kVariable, 0, static_cast<std::uint16_t>(variables.size())});
    variables.push_back(std::move(variable));
    if (variables.size() > 64)
      return fail(ErrorCode::kInvalidConfiguration, "more than 64 variables in one value");
    return {};
  }

  std::string_view text_;
  Grammar grammar_;
  Dialect dialect_;
  bool fold_case_;
  std::size_t at_ = 0;
  int part_ = 0;
};

bool piece_at(std::string_view text, const Token* piece, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) {
    if (piece[i].kind == Token::kChar && piece[i].c != text[i]) return false;
  }
  return true;
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view text, Grammar grammar, Dialect dialect,
                                 bool fold_case) {
  Reader reader(text, grammar, dialect, fold_case);
  CHECK_OK(reader.read());
  Pattern pattern;
  pattern.source_ = std::string(text);
  pattern.tokens_ = std::move(reader.tokens);
  pattern.variables_ = std::move(reader.variables);
  pattern.fold_case_ = fold_case;
  pattern.classify();
  return pattern;
}

void Pattern::classify() {
  const auto has = [this](Token::Kind kind) {
    return std::ranges::any_of(tokens_, [kind](const Token& token) { return token.kind == kind; });
  };
  if (!variables_.empty()) {
    shape_ = Shape::kVariables;
  } else if (tokens_.size() == 1 && tokens_[0].kind == Token::kMany) {
    shape_ = Shape::kEverything;
  } else if (has(Token::kOneInPart) || has(Token::kManyInPart)) {
    shape_ = Shape::kParts;
    for (const auto& token : tokens_) {
      if (token.kind != Token::kChar) break;
      literal_ += token.c;
    }
  } else {
    split_at_stars();
    const auto stars = std::ranges::count(tokens_, Token::kMany, &Token::kind);
    const bool plain = !has(Token::kOne);
    if (stars == 0 && plain) {
      shape_ = Shape::kLiteral;
      literal_ = pieces_[0].text;
    } else if (stars == 1 && plain && tokens_.back().kind == Token::kMany) {
      shape_ = Shape::kPrefix;
      literal_ = pieces_[0].text;
    } else {
      shape_ = Shape::kGlob;
    }
  }
}

void Pattern::split_at_stars() {
  pieces_.emplace_back();
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].kind == Token::kMany) {
      pieces_.push_back({i + 1, 0, false, ""});
      continue;
    }
    auto& piece = pieces_.back();
    ++piece.length;
    piece.has_one |= tokens_[i].kind == Token::kOne;
    piece.text += tokens_[i].c;
  }
}

// Pieces between stars, each at its leftmost place: leftmost is always good enough when a star
// follows.
bool Pattern::matches_glob(std::string_view text) const {
  const auto& first = pieces_.front();
  const auto& last = pieces_.back();
  if (pieces_.size() == 1) return text.size() == first.length && stands_at(text, first);
  if (text.size() < first.length + last.length) return false;
  if (!stands_at(text, first)) return false;
  if (!stands_at(text.substr(text.size() - last.length), last)) return false;
  text = text.substr(first.length, text.size() - first.length - last.length);
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const auto at = find_piece(text, pieces_[i]);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + pieces_[i].length);
  }
  return true;
}

// Whether `text`, which is not shorter, begins with `piece`.
bool Pattern::stands_at(std::string_view text, const Piece& piece) const {
  return piece.has_one ? piece_at(text, tokens_.data() + piece.begin, piece.length)
                       : text.starts_with(piece.text);
}

std::size_t Pattern::find_piece(std::string_view text, const Piece& piece) const {
  if (!piece.has_one) {
    const void* at = memmem(text.data(), text.size(), piece.text.data(), piece.text.size());
    return at == nullptr ? std::string_view::npos
                         : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
  }
  for (std::size_t at = 0; at + piece.length <= text.size(); ++at) {
    if (stands_at(text.substr(at), piece)) return at;
  }
  return std::string_view::npos;
}

bool Pattern::matches(std::string_view text) const {
  switch (shape_) {
    case Shape::kEverything: return true;
    case Shape::kLiteral: return text == literal_;
    case Shape::kPrefix: return text.starts_with(literal_);
    case Shape::kGlob: return matches_glob(text);
    case Shape::kParts: return text.starts_with(literal_) && policy::matches(tokens_, text);
    case Shape::kVariables: return false;
  }
  return false;
}

Pattern::Resolved Pattern::resolve(const VariableSource& variables) const {
  Resolved resolved;
  for (const auto& token : tokens_) {
    if (token.kind != Token::kVariable) {
      resolved.tokens.push_back(token);
      continue;
    }
    const auto& variable = variables_[token.variable];
    auto value = variables.value_of(variable);
    if (value.state == VariableValue::kUnknown) {
      resolved.loose = true;
      resolved.tokens.push_back({Token::kMany, 0, 0});
      continue;
    }
    if (value.state == VariableValue::kAbsent) {
      if (!variable.fallback) {
        resolved.absent = true;
        return resolved;
      }
      value.text = *variable.fallback;
    }
    for (const char c : value.text)
      resolved.tokens.push_back({Token::kChar, fold_case_ ? lower(c) : c, 0});
  }
  return resolved;
}

Tri Pattern::matches(std::string_view text, const VariableSource& variables) const {
  if (variables_.empty()) return known(matches(text));
  const auto resolved = resolve(variables);
  if (resolved.absent || !policy::matches(resolved.tokens, text)) return Tri::kFalse;
  return resolved.loose ? Tri::kUnknown : Tri::kTrue;
}

namespace {

// A statement whose account part is one (nothing, `*`, twelve digits) has said all five parts of an
// ARN, so that none of its stars is meant for more than its part. That matters where the request is
// a pattern: "arn:aws:ec2:*:*:vpc/v" would meet "arn:aws:ec2:r:a:subnet/*" in "subnet/x:vpc/v".
Tokens within_parts(Tokens tokens) {
  std::vector<std::size_t> colons;
  for (std::size_t at = 0; at < tokens.size() && colons.size() < kLastPart; ++at) {
    if (tokens[at].kind == Token::kChar && tokens[at].c == ':') colons.push_back(at);
  }
  if (colons.size() < kLastPart) return tokens;
  const auto begin = tokens.begin();
  const std::span account(begin + static_cast<std::ptrdiff_t>(colons[3]) + 1,
                          begin + static_cast<std::ptrdiff_t>(colons[4]));
  const bool digits = account.size() == 12 && std::ranges::all_of(account, [](const Token& token) {
                        return token.kind == Token::kChar && token.c >= '0' && token.c <= '9';
                      });
  const bool star = account.size() == 1 && account[0].kind == Token::kMany;
  if (!digits && !star && !account.empty()) return tokens;
  for (std::size_t at = 0; at < colons[4]; ++at) {
    if (tokens[at].kind == Token::kMany) tokens[at].kind = Token::kManyInPart;
  }
  return tokens;
}

}  // namespace

Tri match(const Pattern& pattern, Target target, const VariableSource& variables) {
  if (target.exact) return pattern.matches(target.text, variables);
  if (pattern.is_everything()) return Tri::kTrue;
  const auto request = request_tokens(target.text);
  auto resolved = pattern.resolve(variables);
  if (resolved.absent) return Tri::kFalse;
  if (!resolved.loose && covers(resolved.tokens, request)) return Tri::kTrue;
  const auto stated =
      resolved.loose ? std::move(resolved.tokens) : within_parts(std::move(resolved.tokens));
  return intersects(stated, request) ? Tri::kUnknown : Tri::kFalse;
}

Tokens request_tokens(std::string_view text) {
  Tokens tokens;
  const bool arn = text.starts_with("arn:");
  int part = 0;
  while (!text.empty()) {
    // "${*}", "${?}", "${$}". No other "${" is written; if one were, it would be these characters.
    const bool escaped = text.size() >= 4 && text.starts_with("${") && text[3] == '}' &&
                         (text[2] == '*' || text[2] == '?' || text[2] == '$');
    const char c = escaped ? text[2] : text[0];
    text.remove_prefix(escaped ? 4 : 1);
    if (escaped || (c != '*' && c != '?')) {
      part += c == ':';
      tokens.push_back({Token::kChar, c, 0});
      continue;
    }
    const bool in_part = arn && part < kLastPart && !text.empty();
    // `*?` and `?*` are the same: a run has its `*` last, and once, as in a compiled pattern.
    const bool after_star = !tokens.empty() && (tokens.back().kind == Token::kMany ||
                                                tokens.back().kind == Token::kManyInPart);
    if (c == '?') {
      const Token one{in_part ? Token::kOneInPart : Token::kOne, 0, 0};
      tokens.insert(after_star ? tokens.end() - 1 : tokens.end(), one);
    } else {
      if (after_star) tokens.pop_back();
      tokens.push_back({in_part ? Token::kManyInPart : Token::kMany, 0, 0});
    }
  }
  return tokens;
}

}  // namespace strait::policy
