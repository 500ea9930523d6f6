// SPDX-License-Identifier: Apache-2.0
#include "analysis/find_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "analysis/action_classes.h"
#include "analysis/pattern_table.h"

namespace strait::analysis {
namespace {

using policy::Dialect;
using policy::Grammar;
using policy::Pattern;

policy::Tokens tokens(std::string_view text, Grammar grammar, bool fold_case = false) {
  const auto pattern = Pattern::compile(text, grammar, Dialect::k2012, fold_case);
  EXPECT_TRUE(pattern.has_value());
  return pattern ? pattern->tokens() : policy::Tokens();
}

TextPattern plain(std::string_view text) { return {tokens(text, Grammar::kPlain), false}; }

TextSearch found(const std::vector<TextPattern>& in, const std::vector<TextPattern>& out,
                 std::size_t states_max = 100'000) {
  std::vector<const TextPattern*> ins, outs;
  for (const auto& one : in) ins.push_back(&one);
  for (const auto& one : out) outs.push_back(&one);
  return find_text(ins, outs, states_max);
}

TEST(FindText, TakesTheShortest) {
  EXPECT_EQ(found({plain("a*c")}, {plain("ac")}).text, "axc");
  EXPECT_EQ(found({plain("a*"), plain("*b")}, {}).text, "ab");
  EXPECT_EQ(found({}, {}).text, "");
}

TEST(FindText, ProvesThatThereIsNone) {
  EXPECT_EQ(found({plain("a*"), plain("b*")}, {}).outcome, TextSearch::kNone);
  EXPECT_EQ(found({plain("?*")}, {plain("?"), plain("??*")}).outcome, TextSearch::kNone);
  const TextPattern any_case{tokens("Ab", Grammar::kLiteral, true), true};
  EXPECT_EQ(found({any_case}, {plain("ab"), plain("Ab"), plain("aB"), plain("AB")}).outcome,
            TextSearch::kNone);
  EXPECT_EQ(found({any_case}, {plain("ab"), plain("Ab"), plain("AB")}).text, "aB");
}

TEST(FindText, GivesUpRatherThanGuess) {
  EXPECT_EQ(found({plain("*a????????????????????b")}, {plain("*b")}, 500).outcome,
            TextSearch::kGaveUp);
}

// Patterns of all grammars over an alphabet of four characters, against every text of up to six.
class Small {
 public:
  explicit Small(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t count) { return random_() % count; }
  std::string text(std::string_view alphabet, std::size_t most) {
    std::string out;
    for (auto left = below(most + 1); left > 0; --left) out += alphabet[below(alphabet.size())];
    return out;
  }
  TextPattern pattern() {
    constexpr Grammar kGrammars[] = {Grammar::kPlain, Grammar::kLiteral, Grammar::kResource,
                                     Grammar::kArnCondition};
    const bool fold = below(4) == 0;
    return {tokens(text("ab:A*?*", 6), kGrammars[below(4)], fold), fold};
  }

 private:
  std::mt19937 random_;
};

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

bool fits(const TextPattern& pattern, const std::string& text) {
  return policy::matches(pattern.tokens, pattern.fold_case ? lowered(text) : text);
}

std::vector<std::string> all_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() == 5) break;
    for (const char c : std::string_view("aAb:z")) texts.push_back(texts[i] + c);
  }
  return texts;
}

TEST(FindText, AgreesWithTryingEveryText) {
  const auto texts = all_texts();
  int none = 0;
  for (unsigned seed = 0; seed < 600; ++seed) {
    Small small(seed);
    std::vector<TextPattern> in, out;
    for (auto left = 1 + small.below(2); left > 0; --left) in.push_back(small.pattern());
    for (auto left = small.below(4); left > 0; --left) out.push_back(small.pattern());
    const auto good = [&](const std::string& text) {
      return std::ranges::all_of(in, [&](const auto& p) { return fits(p, text); }) &&
             std::ranges::none_of(out, [&](const auto& p) { return fits(p, text); });
    };
    const auto search = found(in, out);
    if (search.outcome == TextSearch::kFound) {
      EXPECT_TRUE(good(search.text)) << seed << " " << search.text;
    } else {
      ASSERT_EQ(search.outcome, TextSearch::kNone);
      EXPECT_TRUE(std::ranges::none_of(texts, good)) << seed;
      ++none;
    }
  }
  EXPECT_GT(none, 100);
  EXPECT_LT(none, 500);
}

TEST(PatternTable, SaysOnlyWhatHoldsForEveryText) {
  const auto texts = all_texts();
  PatternTable table;
  std::vector<TextPattern> patterns;
  Small small(7);
  for (int i = 0; i < 60; ++i) patterns.push_back(small.pattern());
  int covers = 0, disjoint = 0;
  for (const auto& a : patterns) {
    for (const auto& b : patterns) {
      const bool outer = table.covers(table.intern(a), table.intern(b));
      const bool apart = table.disjoint(table.intern(a), table.intern(b));
      covers += outer, disjoint += apart;
      for (const auto& text : texts) {
        if (!fits(b, text)) continue;
        ASSERT_TRUE(!outer || fits(a, text)) << text;
        ASSERT_TRUE(!apart || !fits(a, text)) << text;
      }
    }
  }
  EXPECT_GT(covers, 200);
  EXPECT_GT(disjoint, 200);
}

TEST(PatternTable, AVariableIsCoveredByItselfAndByAStar) {
  PatternTable table;
  const auto id = [&table](std::string_view text) {
    const auto pattern = Pattern::compile(text, Grammar::kResource, Dialect::k2012);
    return *table.intern(*pattern, false, {});
  };
  const auto home = id("arn:aws:s3:::b/${aws:username}/*");
  EXPECT_TRUE(table.covers(home, id("arn:aws:s3:::b/${AWS:UserName}/docs/?")));
  EXPECT_TRUE(table.covers(id("arn:aws:s3:::b/*"), home));
  EXPECT_FALSE(table.covers(home, id("arn:aws:s3:::b/${aws:userid}/*")));
  EXPECT_FALSE(table.covers(home, id("arn:aws:s3:::b/${aws:username, 'x'}/*")));
  EXPECT_FALSE(table.covers(id("arn:aws:s3:::b/?/*"), home));
  // The value may hold colons, which this star does not cross.
  EXPECT_FALSE(table.covers(id("arn:aws:a*b:r:1:x"), id("arn:aws:a${aws:username}b:r:1:x")));
}

TEST(ActionClasses, AreThoseThatTheActionsThemselvesShow) {
  std::vector<std::string> actions;
  for (const std::string_view service : {"a", "b", "ab", "z"}) {
    for (const auto& name : {"a", "b", "z", "aa", "ab", "ba", "bz", "aba", "abz", "zab"})
      actions.push_back(std::string(service) + ":" + name);
  }
  const std::vector<std::string_view> known(actions.begin(), actions.end());
  for (unsigned seed = 0; seed < 200; ++seed) {
    Small small(seed);
    std::vector<std::pair<policy::Tokens, std::uint32_t>> patterns;
    for (auto left = 1 + small.below(6); left > 0; --left) {
      const auto text =
          small.below(6) == 0 ? "*" : small.text("ab*?", 2) + ":" + small.text("ab*?", 3);
      patterns.emplace_back(tokens(text, Grammar::kPlain),
                            static_cast<std::uint32_t>(small.below(4)));
    }
    std::vector<OwnedPattern> owned;
    for (const auto& [list, owner] : patterns) owned.push_back({&list, owner});
    const auto owners = [&](std::string_view action) {
      std::set<std::uint32_t> set;
      for (const auto& [list, owner] : patterns)
        if (policy::matches(list, action)) set.insert(owner);
      return std::vector(set.begin(), set.end());
    };
    const auto result = classify_actions(owned, known, 10'000, [] { return true; });
    ASSERT_TRUE(result.complete);
    std::set<std::vector<std::uint32_t>> seen;
    for (const auto& one : result.classes) {
      EXPECT_EQ(owners(one.action), one.owners) << seed << " " << one.action;
      EXPECT_TRUE(seen.insert(one.owners).second);
      EXPECT_TRUE(!one.known || std::ranges::find(actions, one.action) != actions.end());
    }
    for (const auto& action : actions)
      EXPECT_TRUE(seen.contains(owners(action))) << seed << " " << action;
  }
}

TEST(ActionClasses, SayWhenTheyAreNotAll) {
  const auto list = tokens("a:*b??????????", Grammar::kPlain);
  const OwnedPattern owned{&list, 0};
  EXPECT_FALSE(classify_actions({&owned, 1}, {}, 100, [] { return true; }).complete);
  EXPECT_FALSE(classify_actions({&owned, 1}, {}, 100'000, [] { return false; }).complete);
  EXPECT_TRUE(classify_actions({&owned, 1}, {}, 100'000, [] { return true; }).complete);
}

}  // namespace
}  // namespace strait::analysis
