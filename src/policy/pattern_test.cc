// SPDX-License-Identifier: Apache-2.0
#include "policy/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace strait::policy {
namespace {

Pattern compiled(std::string_view text, Grammar grammar = Grammar::kPlain,
                 Dialect dialect = Dialect::k2012) {
  auto pattern = Pattern::compile(text, grammar, dialect);
  EXPECT_TRUE(pattern.has_value()) << text;
  return *std::move(pattern);
}

bool matches(std::string_view pattern, std::string_view text, Grammar grammar = Grammar::kPlain) {
  return compiled(pattern, grammar).matches(text);
}

struct Variables final : VariableSource {
  std::map<std::string, VariableValue> values;
  VariableValue value_of(const Variable& variable) const override {
    const auto found = values.find(variable.key);
    return found == values.end() ? VariableValue{VariableValue::kAbsent, {}} : found->second;
  }
};

TEST(Pattern, PlainWildcardsCrossEverything) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c", "abc:d/c"));
  EXPECT_FALSE(matches("a*c", "abcd"));
  EXPECT_TRUE(matches("a?c", "a:c"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_TRUE(matches("*a?b*c?", "xxaab__acb_ca"));
  EXPECT_FALSE(matches("ab*ba", "aba")) << "first and last piece must not share a character";
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "x"));
  EXPECT_TRUE(matches(std::string_view("a\0b*", 4), std::string_view("a\0bc", 4)));
}

TEST(Pattern, AStarInsideAnArnPartStaysInIt) {
  EXPECT_TRUE(matches("arn:aws:ec2:eu*1:1:i/x", "arn:aws:ec2:eu-west-1:1:i/x", Grammar::kResource));
  EXPECT_FALSE(
      matches("arn:aws:ec2:eu*1:1:i/x", "arn:aws:ec2:eu-west-2:1:1:i/x", Grammar::kResource));
  EXPECT_FALSE(matches("arn:aws:ec2:?:1:i/x", "arn:aws:ec2:::1:i/x", Grammar::kResource));
}

TEST(Pattern, AStarThatEndsAPartOfAResourceMayCrossColons) {
  EXPECT_TRUE(matches("arn:aws:lambda:*:function:f", "arn:aws:lambda:eu-west-1:1:function:f",
                      Grammar::kResource));
  EXPECT_TRUE(matches("arn:aws:s3*", "arn:aws:s3:::bucket/key", Grammar::kResource));
  EXPECT_FALSE(matches("arn:aws:lambda:*:function:f", "arn:aws:lambda:eu-west-1:1:function:f",
                       Grammar::kArnCondition));
  EXPECT_TRUE(
      matches("arn:aws:lambda:*", "arn:aws:lambda:eu-west-1:1:function:f", Grammar::kArnCondition));
}

TEST(Pattern, TheLastPartIsPlain) {
  EXPECT_TRUE(matches("arn:aws:s3:::b/*/x", "arn:aws:s3:::b/a:c/d/x", Grammar::kResource));
  EXPECT_TRUE(matches("arn:aws:logs:*:*:log-group:?:*", "arn:aws:logs:r:1:log-group:a:log-stream:s",
                      Grammar::kResource));
  EXPECT_TRUE(matches("arn:aws:logs:*:*:log-group:*", "arn:aws:logs:r:1:log-group:a:b",
                      Grammar::kArnCondition));
}

TEST(Pattern, VariableValuesAreInsertedLiterally) {
  Variables variables;
  variables.values["aws:x"] = {VariableValue::kKnown, "*"};
  const auto pattern = compiled("home/${aws:x}/*");
  EXPECT_EQ(pattern.matches("home/kim/a", variables), Tri::kFalse);
  EXPECT_EQ(pattern.matches("home/*/a", variables), Tri::kTrue);
  variables.values["aws:x"] = {VariableValue::kKnown, "${aws:y}"};
  EXPECT_EQ(pattern.matches("home/${aws:y}/a", variables), Tri::kTrue);
}

TEST(Pattern, AnAbsentVariableMatchesNothingUnlessItHasADefault) {
  const Variables none;
  EXPECT_EQ(compiled("${aws:x}").matches("", none), Tri::kFalse);
  EXPECT_EQ(compiled("${aws:x}*").matches("anything", none), Tri::kFalse);
  EXPECT_EQ(compiled("${aws:x, 'team'}/a").matches("team/a", none), Tri::kTrue);
  EXPECT_EQ(compiled("${aws:x,''}/a").matches("/a", none), Tri::kTrue);
}

TEST(Pattern, AnUnknownVariableIsNeverCertain) {
  Variables variables;
  variables.values["aws:x"] = {VariableValue::kUnknown, {}};
  EXPECT_EQ(compiled("home/${aws:x}").matches("home/a", variables), Tri::kUnknown);
  EXPECT_EQ(compiled("home/${aws:x}").matches("other/a", variables), Tri::kFalse);
  EXPECT_EQ(match(compiled("home/${aws:x}"), {"home/*", false}, variables), Tri::kUnknown);
}

TEST(Pattern, EscapesAreCharactersAndOldPoliciesHaveNone) {
  EXPECT_TRUE(matches("a${*}b${?}c${$}{x}", "a*b?c${x}"));
  EXPECT_FALSE(matches("a${*}b", "axb"));
  EXPECT_TRUE(compiled("${aws:x}", Grammar::kPlain, Dialect::k2008).matches("${aws:x}"));
}

TEST(Pattern, BrokenVariablesAreRefused) {
  for (const auto* text :
       {"${", "${aws:x", "${}", "${x}", "${aws:x, y}", "${aws:x, 'y}", "${aws:'x}", "${**}"}) {
    EXPECT_FALSE(Pattern::compile(text, Grammar::kPlain, Dialect::k2012).has_value()) << text;
  }
}

TEST(Pattern, AQuestionMarkOfTheRequestIsNotAWildcardWhenExact) {
  const Variables none;
  EXPECT_EQ(
      match(compiled("arn:aws:s3:::b/a", Grammar::kResource), {"arn:aws:s3:::b/?", true}, none),
      Tri::kFalse);
  EXPECT_EQ(
      match(compiled("arn:aws:s3:::b/a", Grammar::kResource), {"arn:aws:s3:::b/?", false}, none),
      Tri::kUnknown);
  EXPECT_EQ(
      match(compiled("arn:aws:s3:::b/*", Grammar::kResource), {"arn:aws:s3:::b/a*", false}, none),
      Tri::kTrue);
  EXPECT_EQ(
      match(compiled("arn:aws:s3:::b/*", Grammar::kResource), {"arn:aws:s3:::*", false}, none),
      Tri::kUnknown);
}

// What the tokens mean, spelled out: the oracle of the tests below.
bool slow_match(const Tokens& tokens, std::size_t i, std::string_view text) {
  if (i == tokens.size()) return text.empty();
  const auto& token = tokens[i];
  const bool in_part = token.kind == Token::kOneInPart || token.kind == Token::kManyInPart;
  const bool fits = !text.empty() &&
                    (token.kind == Token::kChar ? token.c == text[0] : !in_part || text[0] != ':');
  if (token.kind == Token::kMany || token.kind == Token::kManyInPart) {
    return slow_match(tokens, i + 1, text) || (fits && slow_match(tokens, i, text.substr(1)));
  }
  return fits && slow_match(tokens, i + 1, text.substr(1));
}

struct Generator {
  std::mt19937 random{7};
  std::string over(std::string_view alphabet, std::size_t length_max) {
    std::string out;
    for (auto n = random() % (length_max + 1); n > 0; --n)
      out += alphabet[random() % alphabet.size()];
    return out;
  }
};

// Every text over a, b, colon and a character that no pattern has, up to five long.
std::vector<std::string> all_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; texts[i].size() < 5; ++i) {
    for (const char c : {'a', 'b', ':', 'z'}) texts.push_back(texts[i] + c);
  }
  return texts;
}

TEST(Pattern, MatchesAsSpelledOut) {
  Generator generate;
  for (int round = 0; round < 40'000; ++round) {
    const auto grammar = round % 2 == 0 ? Grammar::kPlain : Grammar::kResource;
    const auto pattern = compiled(generate.over("ab:*?*", 9), grammar);
    const auto text = generate.over("ab:", 10);
    ASSERT_EQ(pattern.matches(text), slow_match(pattern.tokens(), 0, text))
        << pattern.source() << " " << text;
    ASSERT_EQ(policy::matches(pattern.tokens(), text), slow_match(pattern.tokens(), 0, text))
        << pattern.source();
  }
}

// Containment and intersection against every text of length up to five, where a longer one cannot
// change the answer.
TEST(Pattern, CoversAndIntersectsAreWhatTheTextsSay) {
  const auto texts = all_texts();
  Generator generate;
  int covered = 0;
  int touched = 0;
  for (int round = 0; round < 4'000; ++round) {
    const auto grammar = round % 2 == 0 ? Grammar::kPlain : Grammar::kResource;
    const auto policy = compiled(generate.over("ab:*?", 4), grammar);
    const auto request = request_tokens(generate.over("ab:*", 3));
    bool all = true;
    bool some = false;
    for (const auto& text : texts) {
      if (!slow_match(request, 0, text)) continue;
      const bool in_policy = slow_match(policy.tokens(), 0, text);
      all = all && in_policy;
      some = some || in_policy;
    }
    const bool covers_all = covers(policy.tokens(), request);
    ASSERT_TRUE(!covers_all || all) << policy.source() << " does not cover";
    ASSERT_TRUE(!some || intersects(policy.tokens(), request)) << policy.source();
    if (policy.source().find('?') == std::string::npos && grammar == Grammar::kPlain) {
      ASSERT_EQ(covers_all, all) << policy.source();
      ASSERT_EQ(intersects(policy.tokens(), request), some) << policy.source();
    }
    covered += covers_all;
    touched += some;
  }
  EXPECT_GT(covered, 100);
  EXPECT_GT(touched, 500);
}

// A request's pattern as its author means it, one wildcard or character after another, and the text
// that says so.
struct Meant {
  Tokens tokens;
  std::string text;

  explicit Meant(std::string_view signs, std::mt19937& random) {
    for (const char c : signs) {
      const bool wild = (c == '*' || c == '?') && random() % 2 == 0;
      const bool escape = !wild && (c == '*' || c == '?' || c == '$');
      text += escape ? std::string("${") + c + "}" : std::string(1, c);
      tokens.push_back(wild ? Token{c == '*' ? Token::kMany : Token::kOne, 0, 0}
                            : Token{Token::kChar, c, 0});
    }
  }
};

// With `*` and `?` both as wildcards and as characters on either side. Two patterns of three signs
// that have a text in common have one of four characters.
TEST(Pattern, ARequestsPatternMeetsAndIsCoveredAsTheTextsSay) {
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; texts[i].size() < 4; ++i) {
    for (const char c : {'a', ':', '*', '?', '$'}) texts.push_back(texts[i] + c);
  }
  Generator generate;
  int covered = 0;
  int touched = 0;
  for (int round = 0; round < 3'000; ++round) {
    const Meant meant(generate.over("a*?$", 3), generate.random);
    const Meant stated(generate.over("a*?$", 3), generate.random);
    const auto policy =
        compiled(stated.text, round % 2 == 0 ? Grammar::kPlain : Grammar::kResource);
    const auto request = request_tokens(meant.text);
    bool all = true;
    bool some = false;
    for (const auto& text : texts) {
      const bool in_request = slow_match(meant.tokens, 0, text);
      ASSERT_EQ(slow_match(request, 0, text), in_request) << meant.text << " is not " << text;
      if (!in_request) continue;
      const bool in_policy = slow_match(policy.tokens(), 0, text);
      all = all && in_policy;
      some = some || in_policy;
    }
    const bool covers_all = covers(policy.tokens(), request);
    ASSERT_TRUE(!covers_all || all) << policy.source() << " does not cover " << meant.text;
    ASSERT_EQ(intersects(policy.tokens(), request), some) << policy.source() << " " << meant.text;
    const auto one = [](const Token& token) { return token.kind == Token::kOne; };
    if (std::ranges::none_of(stated.tokens, one) && round % 2 == 0) {
      ASSERT_EQ(covers_all, all) << policy.source() << " " << meant.text;
    }
    covered += covers_all;
    touched += some;
  }
  EXPECT_GT(covered, 50);
  EXPECT_GT(touched, 200);
}

TEST(Pattern, AWildcardInAnArnsFirstPartsIsNoColon) {
  const auto models = request_tokens("arn:aws:bedrock:*::foundation-model/a");
  const auto stated = [](std::string_view text) {
    return compiled(text, Grammar::kResource).tokens();
  };
  EXPECT_FALSE(intersects(stated("arn:aws:bedrock:*::foundation-model/b*"), models));
  EXPECT_TRUE(intersects(stated("arn:aws:bedrock:eu-*::foundation-model/*"), models));
  EXPECT_TRUE(covers(stated("arn:aws:bedrock:*::foundation-model/*"), models));
  EXPECT_FALSE(covers(stated("arn:aws:bedrock:eu-*::foundation-model/*"), models));
  auto texts = all_texts();
  for (auto& text : texts) text = "arn:" + text;
  Generator generate;
  int covered = 0;
  for (int round = 0; round < 2'000; ++round) {
    const auto policy = compiled("arn:" + generate.over("ab:*?", 4), Grammar::kResource);
    const auto request = request_tokens("arn:" + generate.over("ab:*?", 3));
    bool all = true;
    bool some = false;
    for (const auto& text : texts) {
      if (!slow_match(request, 0, text)) continue;
      const bool in_policy = slow_match(policy.tokens(), 0, text);
      all = all && in_policy;
      some = some || in_policy;
    }
    ASSERT_TRUE(!covers(policy.tokens(), request) || all) << policy.source();
    ASSERT_TRUE(!some || intersects(policy.tokens(), request)) << policy.source();
    covered += covers(policy.tokens(), request);
  }
  EXPECT_GT(covered, 50);
}

TEST(Pattern, HostilePatternsAndTextsStayCheap) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  const std::string text(16'000, 'a');
  EXPECT_FALSE(matches(pattern + "b", text));
  EXPECT_FALSE(matches("arn:aws:s3:x*y:1:" + pattern + "b", text, Grammar::kResource));
}

}  // namespace
}  // namespace strait::policy
