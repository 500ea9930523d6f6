// SPDX-License-Identifier: Apache-2.0
#include "wire/partiql.h"

#include <algorithm>
#include <optional>

namespace strait::wire {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

struct Token {
  enum Kind { kWord, kQuotedName, kText, kMark, kEnd } kind = kEnd;
  std::string text;  // words and quoted names as written
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : rest_(text) {}

  // nullopt: a comment or an open quote, where two readers could see two statements.
  std::optional<Token> next() {
    while (!rest_.empty() && blank(rest_[0])) rest_.remove_prefix(1);
    if (rest_.empty()) return Token{};
    if (rest_.starts_with("--") || rest_.starts_with("/*")) return std::nullopt;
    if (rest_[0] == '"' || rest_[0] == '\'') return quoted_token(rest_[0]);
    if (!word_byte(rest_[0])) {
      Token mark{Token::kMark, std::string(1, rest_[0])};
      rest_.remove_prefix(1);
      return mark;
    }
    Token word{Token::kWord, {}};
    while (!rest_.empty() && word_byte(rest_[0])) {
      word.text += rest_[0];
      rest_.remove_prefix(1);
    }
    return word;
  }

 private:
  std::optional<Token> quoted_token(char mark) {
    Token token{mark == '"' ? Token::kQuotedName : Token::kText, {}};
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c != mark) {
        token.text += c;
      } else if (rest_.starts_with(mark)) {
        token.text += mark;
        rest_.remove_prefix(1);
      } else {
        return token;
      }
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

bool is_word(const Token& token, std::string_view upper_word) {
  return token.kind == Token::kWord && std::ranges::equal(token.text, upper_word, {}, upper);
}

std::unexpected<Error> unclear(std::string_view statement) {
  return fail(ErrorCode::kInvalidInput,
              "which table the statement is on cannot be told for certain: " + quoted(statement));
}

// After the table: `."index"`, if any, and no second verb or statement anywhere.
bool read_tail(Lexer& lexer, PartiqlTarget& target) {
  auto token = lexer.next();
  if (token && token->kind == Token::kMark && token->text == ".") {
    token = lexer.next();
    if (!token || (token->kind != Token::kQuotedName && token->kind != Token::kWord)) return false;
    target.index = token->text;
    token = lexer.next();
  }
  for (; token && token->kind != Token::kEnd; token = lexer.next()) {
    if (token->kind == Token::kMark && token->text == ";") return false;
    for (const std::string_view verb :
         {"SELECT", "FROM", "JOIN", "INTO", "INSERT", "DELETE", "UPDATE"}) {
      if (is_word(*token, verb)) return false;
    }
  }
  return token.has_value();
}

}  // namespace

Result<PartiqlTarget> read_partiql(std::string_view statement) {
  Lexer lexer(statement);
  auto token = lexer.next();
  if (!token) return unclear(statement);
  PartiqlTarget target;
  std::string_view before_table;
  if (is_word(*token, "SELECT")) {
    target.action = "PartiQLSelect";
    before_table = "FROM";
  } else if (is_word(*token, "INSERT")) {
    target.action = "PartiQLInsert";
    before_table = "INTO";
  } else if (is_word(*token, "DELETE")) {
    target.action = "PartiQLDelete";
    before_table = "FROM";
  } else if (is_word(*token, "UPDATE")) {
    target.action = "PartiQLUpdate";
  } else if (is_word(*token, "EXISTS")) {
    // A condition check in a transaction: EXISTS(SELECT ...). It reads.
    target.action = "PartiQLSelect";
    before_table = "FROM";
  } else {
    return unclear(statement);
  }
  while (!before_table.empty()) {
    token = lexer.next();
    if (!token || token->kind == Token::kEnd) return unclear(statement);
    if (is_word(*token, before_table)) break;
  }
  token = lexer.next();
  if (!token || (token->kind != Token::kWord && token->kind != Token::kQuotedName) ||
      token->text.empty()) {
    return unclear(statement);
  }
  target.table = token->text;
  if (!read_tail(lexer, target)) return unclear(statement);
  return target;
}

}  // namespace strait::wire
