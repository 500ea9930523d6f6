// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "policy/tri.h"

// Texts of the IAM language with `*`, `?` and policy variables, compiled once and matched often.
// Pure; a Pattern is immutable after compile() and may be matched by any number of threads.
//
// What the wildcards mean (IAM user guide, "Resource", "Condition operators", "Action"):
//   plain (actions, StringLike)   `*` is any run of characters, `?` any one.
//   resource                      an ARN is cut at its first five colons. Within those five parts
//   `?` is any character
//                                 but a colon, and `*` any run without colons, except that a `*`
//                                 that ends its part "can expand to match beyond the colon
//                                 boundaries". In the sixth part they are plain.
//   ARN condition                 each of the six parts is matched on its own: like resource, but
//   no `*` in the first
//                                 five parts crosses a colon. A pattern of fewer parts that ends in
//                                 `*` covers the rest.
//
// Matching takes time linear in the text for patterns without `?`, text times longest piece
// otherwise; never more than text times pattern, whatever the pattern.
namespace strait::policy {

enum class Dialect : std::uint8_t {
  k2008,  // "${...}" is text
  k2012,  // "${key}" and "${key, 'default'}" are variables; "${*}", "${?}", "${$}" are the
          // characters
};

enum class Grammar : std::uint8_t {
  kPlain,
  kLiteral,  // `*` and `?` are characters (StringEquals); variables still count
  kResource,
  kArnCondition,
};

struct Variable {
  std::string key;                      // "aws:PrincipalTag/team"
  std::optional<std::string> fallback;  // the default, when one is written
};

struct Token {
  enum Kind : std::uint8_t { kChar, kOne, kOneInPart, kMany, kManyInPart, kVariable };
  Kind kind = kChar;
  char c = 0;                  // kChar
  std::uint16_t variable = 0;  // kVariable: index into Pattern::variables()
  bool operator==(const Token&) const = default;
};
using Tokens = std::vector<Token>;

// What stands for a variable while matching. An unknown value can be any text.
struct VariableValue {
  enum State : std::uint8_t { kKnown, kAbsent, kUnknown };
  State state = kUnknown;
  std::string_view text;  // inserted literally: its wildcards and "${" mean nothing
};

class VariableSource {
 public:
  virtual VariableValue value_of(const Variable& variable) const = 0;

 protected:
  ~VariableSource() = default;
};

struct Target;

class Pattern {
 public:
  // Refused (kInvalidConfiguration): an unclosed "${", an empty or quoted-wrong variable.
  static Result<Pattern> compile(std::string_view text, Grammar grammar, Dialect dialect,
                                 bool fold_case = false);

  // Whether `text` matches. Only for patterns without variables; those with fold_case want
  // lower-case text.
  bool matches(std::string_view text) const;
  // The same with variables. kFalse when one is absent (there is nothing that equals no value), at
  // most kUnknown when one is unknown.
  Tri matches(std::string_view text, const VariableSource& variables) const;

  bool has_variables() const { return !variables_.empty(); }
  bool is_literal() const { return shape_ == Shape::kLiteral; }
  bool is_everything() const { return shape_ == Shape::kEverything; }
  const std::string& source() const { return source_; }    // as written
  const std::string& literal() const { return literal_; }  // is_literal(): the text it stands for
  const Tokens& tokens() const { return tokens_; }
  const std::vector<Variable>& variables() const { return variables_; }

 private:
  enum class Shape : std::uint8_t { kEverything, kLiteral, kPrefix, kGlob, kParts, kVariables };

  // What stands between two stars.
  struct Piece {
    std::size_t begin = 0;  // in tokens_
    std::size_t length = 0;
    bool has_one = false;  // a `?`
    std::string text;      // with NUL for `?`
  };
  // The tokens with every variable replaced by its value.
  struct Resolved {
    Tokens tokens;
    bool absent = false;  // a variable has no value, so nothing matches
    bool loose = false;   // a variable could be anything; a `*` stands for it
  };

  friend Tri match(const Pattern& pattern, Target target, const VariableSource& variables);
  void classify();
  void split_at_stars();
  bool matches_glob(std::string_view text) const;
  bool stands_at(std::string_view text, const Piece& piece) const;
  std::size_t find_piece(std::string_view text, const Piece& piece) const;
  Resolved resolve(const VariableSource& variables) const;

  std::string source_;
  Shape shape_ = Shape::kLiteral;
  bool fold_case_ = false;
  std::string literal_;  // kLiteral, kPrefix; kParts: what every match begins with
  Tokens tokens_;
  std::vector<Piece> pieces_;
  std::vector<Variable> variables_;
};

// The resource of a request as policy sees it: one text, or every text that a pattern can be, in
// the spelling of journey::Need (`*` where AWS knows and the gateway does not).
struct Target {
  std::string_view text;
  bool exact = true;
};

// kTrue: `pattern` matches everything that `target` can be. kUnknown: it matches some of it.
// kFalse: none.
Tri match(const Pattern& pattern, Target target, const VariableSource& variables);

// The two questions behind it, over tokens without variables. `covers` may say no where the answer
// is yes (patterns with `?` beside `*`), never the reverse; `intersects` is exact.
bool covers(const Tokens& policy, const Tokens& request);
bool intersects(const Tokens& policy, const Tokens& request);
bool matches(const Tokens& pattern, std::string_view text);
Tokens request_tokens(std::string_view text);  // of a journey::Need that is a pattern

}  // namespace strait::policy
