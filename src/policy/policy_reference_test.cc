// SPDX-License-Identifier: Apache-2.0
// A second evaluator, slow and naive, written from the IAM user guide and the rules in judge.h, and
// random policies and requests on which both must agree. It shares nothing with the first but the
// data they are asked about.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <span>

#include "policy/document.h"
#include "policy/judge.h"
#include "policy/testing.h"

namespace strait::policy {
namespace {

using journey::Effect;

// What the test makes up: a statement, and a file of them.
struct Made {
  StatementText text;
  bool ask = false;
  std::string json() const;
};

std::string list_json(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ",\"" : "\"") + item + "\"";
  return out + "]";
}

std::string Made::json() const {
  std::string out = std::string(R"({"Effect":")") + (text.allow ? "Allow" : "Deny") + "\",\"" +
                    (text.not_action ? "NotAction" : "Action") + "\":" + list_json(text.actions) +
                    ",\"" + (text.not_resource ? "NotResource" : "Resource") +
                    "\":" + list_json(text.resources);
  if (!text.conditions.empty()) {
    out += ",\"Condition\":{";
    for (std::size_t i = 0; i < text.conditions.size(); ++i) {
      const auto& c = text.conditions[i];
      out += (i > 0 ? ",\"" : "\"") + c.op + "\":{\"" + c.key + "\":" + list_json(c.values) + "}";
    }
    out += "}";
  }
  return out + "}";
}

// Kleene logic with an empty optional for unknown.
using Maybe = std::optional<bool>;
Maybe either_of(Maybe a, Maybe b) {
  if (a == true || b == true) return true;
  return a && b ? Maybe(false) : std::nullopt;
}
Maybe not_of(Maybe a) { return a ? Maybe(!*a) : a; }
Maybe both_of(Maybe a, Maybe b) { return not_of(either_of(not_of(a), not_of(b))); }

struct Reference {
  const std::vector<journey::ContextEntry>& context;

  const journey::ContextEntry* entry(const std::string& key) const {
    for (const auto& e : context) {
      if (e.key == key) return &e;
    }
    return nullptr;  // unknown
  }

  // A pattern as a list of one-letter instructions: 'c' literal, '?' and '*' wildcards, and both
  // limited to an ARN part.
  struct Item {
    char kind;
    char c;
  };
  struct Expanded {
    std::vector<Item> items;
    bool null = false;
    bool unknown = false;
  };

  Expanded expand(std::string text, bool wild, bool arn, bool star_may_cross) const {
    Expanded out;
    int colons = 0;
    const auto literal = [&](char c) { out.items.push_back({'c', c}), colons += c == ':'; };
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool part = arn && colons < 5;
      if (text[i] == '$' && text[i + 1] == '{') {
        const auto end = text.find('}', i);
        const auto name = text.substr(i + 2, end - i - 2);
        i = end;
        if (name == "*" || name == "?" || name == "$") {
          literal(name[0]);
          continue;
        }
        const auto comma = name.find(',');
        const auto* found = entry(name.substr(0, comma));
        if (found == nullptr || found->unknown || found->values.size() > 1) {
          out.unknown = true, out.items.push_back({'*', 0});
        } else if (found->values.empty() && comma == std::string::npos) {
          out.null = true;
        } else {
          const auto value = found->values.empty() ? name.substr(comma + 3, name.size() - comma - 4)
                                                   : found->values[0];
          for (const char c : value) out.items.push_back({'c', c});
        }
      } else if (wild && text[i] == '?') {
        out.items.push_back({part ? 'q' : '?', 0});
      } else if (wild && text[i] == '*') {
        const bool ends = i + 1 == text.size() || (star_may_cross && text[i + 1] == ':');
        out.items.push_back({part && !ends ? 's' : '*', 0});
      } else {
        literal(text[i]);
      }
    }
    return out;
  }

  static bool fits(std::span<const Item> items, std::string_view text) {
    if (items.empty()) return text.empty();
    const auto rest = items.subspan(1);
    switch (items[0].kind) {
      case 'c': return !text.empty() && text[0] == items[0].c && fits(rest, text.substr(1));
      case '?': return !text.empty() && fits(rest, text.substr(1));
      case 'q': return !text.empty() && text[0] != ':' && fits(rest, text.substr(1));
      default:
        for (std::size_t n = 0; n <= text.size(); ++n) {
          if (fits(rest, text.substr(n))) return true;
          if (items[0].kind == 's' && n < text.size() && text[n] == ':') return false;
        }
        return false;
    }
  }

  Maybe matches(const std::string& pattern, const std::string& text, bool wild, bool arn,
                bool cross) const {
    const auto expanded = expand(pattern, wild, arn, cross);
    if (expanded.null || !fits(expanded.items, text)) return false;
    return expanded.unknown ? std::nullopt : Maybe(true);
  }

  Maybe compare(const std::string& op, const std::string& value, const std::string& wanted) const {
    if (op == "StringEquals") return matches(wanted, value, false, false, false);
    if (op == "StringLike") return matches(wanted, value, true, false, false);
    if (op == "ArnLike") return matches(wanted, value, true, true, false);
    if (op == "Bool")
      return value == "true" || value == "false" ? Maybe(value == wanted) : std::nullopt;
    if (value.find_first_not_of("0123456789") != std::string::npos || value.empty())
      return std::nullopt;
    const int a = std::stoi(value);
    const int b = std::stoi(wanted);
    if (op == "NumericEquals") return a == b;
    if (op == "NumericLessThan") return a < b;
    return a >= b;  // NumericGreaterThanEquals
  }

  Maybe condition(const ConditionText& c) const {
    auto op = c.op;
    const auto cut = [&op](const std::string& word) {
      const auto at = op.find(word);
      if (at == std::string::npos) return false;
      op.erase(at, word.size());
      return true;
    };
    const bool all = cut("ForAllValues:");
    const bool any = cut("ForAnyValue:");
    const bool if_exists = cut("IfExists");
    const auto* found = entry(c.key);
    if (found == nullptr || found->unknown) return std::nullopt;
    if (op == "Null") return (c.values[0] == "true") == found->values.empty();
    const bool negated = cut("Not");
    if (found->values.empty()) return if_exists || all || (negated && !any);
    if (!all && !any && found->values.size() > 1) return std::nullopt;
    Maybe result = !any;
    for (const auto& value : found->values) {
      Maybe one = false;
      for (const auto& wanted : c.values) one = either_of(one, compare(op, value, wanted));
      if (negated) one = not_of(one);
      result = any ? either_of(result, one) : both_of(result, one);
    }
    return result;
  }

  static std::string lower(std::string text) {
    for (auto& c : text) c = static_cast<char>(std::tolower(c));
    return text;
  }

  Maybe applies(const StatementText& s, const journey::Need& need) const {
    Maybe action = false;
    for (const auto& a : s.actions) {
      std::vector<Item> items;
      for (const char c : lower(a)) items.push_back({c == '*' || c == '?' ? c : 'c', c});
      action = either_of(action, fits(items, lower(need.action)));
    }
    Maybe resource = false;
    for (const auto& r : s.resources)
      resource = either_of(resource, matches(r, need.resource, true, true, true));
    Maybe result = both_of(s.not_action ? not_of(action) : action,
                           s.not_resource ? not_of(resource) : resource);
    for (const auto& c : s.conditions) result = both_of(result, condition(c));
    return result;
  }

  static bool names(const StatementText& s, const journey::Need& need) {
    if (s.not_action || s.not_resource) return false;
    for (const auto& a : s.actions) {
      if (lower(a) == lower(need.action)) return true;
    }
    return false;
  }

  Effect decide(const std::vector<Made>& statements, const journey::Need& need) const {
    bool asks = false, gates = false, allows = false;
    for (const auto& s : statements) {
      const auto hit = applies(s.text, need);
      const bool may = hit != Maybe(false);
      if (!s.text.allow && may) return Effect::kDeny;
      const bool counts = need.classes == 0 || names(s.text, need);
      if (s.text.allow && s.ask && may) (counts ? asks : gates) = true;
      if (s.text.allow && !s.ask && hit == true && counts) allows = true;
    }
    if (asks) return Effect::kAsk;
    if (!allows) return Effect::kDeny;
    return gates ? Effect::kAsk : Effect::kAllow;
  }
};

class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  template <class T>
  T pick(std::initializer_list<T> items) {
    return *(items.begin() + random_() % items.size());
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  std::string action_pattern() {
    return pick<const char*>({"s3:GetObject", "s3:getobject", "s3:Get*", "s3:*", "*",
                              "s3:PutObject", "s?:GetObject", "iam:PassRole", "iam:*", "s3:*Object",
                              "*:GetObject"});
  }
  std::string resource_pattern() {
    return pick<const char*>(
        {"*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/*", "arn:aws:s3:*:b/a", "arn:aws:s?:::b/?",
         "arn:aws:s3:::b/${t:x}", "arn:aws:s3:::b/${t:x, 'a'}", "arn:aws:s3:::b/${*}",
         "arn:aws:s*3:::b/*", "arn:*", "arn:aws:s3:::${t:x}/*", "arn:aws:*:*:*:b/*"});
  }
  ConditionText condition() {
    ConditionText c;
    const std::string prefix = pick<const char*>({"", "", "", "ForAllValues:", "ForAnyValue:"});
    const std::string suffix = pick<const char*>({"", "", "IfExists"});
    c.key = pick<const char*>({"t:x", "t:y", "t:z", "t:w"});
    switch (random_() % 5) {
      case 0:
        c.op = "Null";
        c.values = {pick<const char*>({"true", "false"})};
        return c;
      case 1:
        c.op = prefix +
               pick<const char*>({"NumericEquals", "NumericNotEquals", "NumericLessThan",
                                  "NumericGreaterThanEquals"}) +
               suffix;
        c.values = values({"1", "5", "10"});
        return c;
      case 2:
        c.op = prefix + "Bool" + suffix;
        c.values = values({"true", "false"});
        return c;
      case 3:
        c.op = prefix + pick<const char*>({"ArnLike", "ArnNotLike"}) + suffix;
        c.values = values({"arn:aws:s3:::*", "arn:aws:*:b/a", "arn:aws:s3:::b/${t:y}"});
        return c;
      default:
        c.op =
            prefix +
            pick<const char*>({"StringEquals", "StringNotEquals", "StringLike", "StringNotLike"}) +
            suffix;
        c.values = values({"a", "b*", "${t:y}", "${t:y, 'a'}", "${*}", "?", "*", "5"});
        return c;
    }
  }
  Made statement() {
    Made made;
    made.ask = chance(30);
    made.text.allow = chance(70);
    made.text.not_action = chance(15);
    made.text.not_resource = chance(15);
    for (auto n = 1 + random_() % 2; n > 0; --n) made.text.actions.push_back(action_pattern());
    for (auto n = 1 + random_() % 2; n > 0; --n) made.text.resources.push_back(resource_pattern());
    if (chance(60)) made.text.conditions.push_back(condition());
    if (chance(20)) {
      auto second = condition();
      if (made.text.conditions.empty() || made.text.conditions[0].op != second.op)
        made.text.conditions.push_back(second);
    }
    return made;
  }
  std::vector<Made> statements() {
    std::vector<Made> made;
    for (auto n = random_() % 5; n > 0; --n) made.push_back(statement());
    return made;
  }
  std::vector<journey::ContextEntry> context() {
    std::vector<journey::ContextEntry> entries;
    for (const auto* key : {"t:x", "t:y", "t:z", "t:w"}) {
      journey::ContextEntry entry{key, {}};
      const auto kind = random_() % 10;
      if (kind == 0) entry.unknown = true;
      for (auto n = kind < 2 ? 0 : kind < 8 ? 1 : 2; n > 0; --n) {
        entry.values.push_back(pick<const char*>(
            {"a", "b", "*", "bcd", "5", "10", "true", "false", "arn:aws:s3:::b/a", ""}));
      }
      if (!chance(5)) entries.push_back(std::move(entry));
    }
    return entries;
  }
  journey::Need need() {
    auto made = testing::need(
        pick<const char*>({"s3:GetObject", "s3:PutObject", "iam:PassRole", "sqs:SendMessage"}),
        pick<const char*>({"arn:aws:s3:::b/a", "arn:aws:s3:::b/*", "arn:aws:s3:::b/bcd", "*",
                           "arn:aws:iam::1:role/a", "arn:aws:s3:r:1:b/a"}));
    made.classes = chance(20) ? 1 : 0;
    return made;
  }

 private:
  std::vector<std::string> values(std::initializer_list<const char*> items) {
    std::vector<std::string> out{pick(items)};
    if (chance(40)) out.emplace_back(pick(items));
    return out;
  }

  std::mt19937 random_;
};

PolicySet compiled(const std::vector<Made>& statements) {
  std::string allow, ask;
  for (const auto& s : statements) {
    auto& file = s.ask ? ask : allow;
    file += (file.empty() ? "" : ",") + s.json();
  }
  return testing::policies(allow, ask);
}

Effect judged(const PolicySet& set, const journey::Need& need,
              const std::vector<journey::ContextEntry>& context) {
  // A resource with a `*` in its name is exact here, as a derived one of a call is.
  auto one_call = testing::call({need});
  one_call.context.entries = context;
  return Judge::evaluate(set, testing::kRole, one_call, testing::session()).effect;
}

std::string shown(const std::vector<Made>& statements, const journey::Need& need,
                  const std::vector<journey::ContextEntry>& context) {
  std::string out =
      need.action + " " + need.resource + " class " + std::to_string(need.classes) + "\n";
  for (const auto& s : statements) out += (s.ask ? "ask " : "allow ") + s.json() + "\n";
  for (const auto& e : context) {
    out += e.key + (e.unknown ? " unknown" : "") + " = ";
    for (const auto& v : e.values) out += v + "|";
    out += "\n";
  }
  return out;
}

constexpr int kPolicies = 10'000;
constexpr int kRequestsEach = 10;

TEST(PolicyReference, BothEvaluatorsAgree) {
  World world(1);
  std::map<Effect, int> seen;
  for (int i = 0; i < kPolicies; ++i) {
    const auto statements = world.statements();
    const auto set = compiled(statements);
    for (int j = 0; j < kRequestsEach; ++j) {
      const auto need = world.need();
      const auto context = world.context();
      const auto expected = Reference{context}.decide(statements, need);
      ASSERT_EQ(judged(set, need, context), expected) << shown(statements, need, context);
      ++seen[expected];
    }
  }
  EXPECT_GT(seen[Effect::kAllow], 2'000);
  EXPECT_GT(seen[Effect::kAsk], 2'000);
  EXPECT_GT(seen[Effect::kDeny], 10'000);
}

TEST(PolicyReference, MoreDenyOrAskNeverAllowsMore) {
  World world(2);
  for (int i = 0; i < kPolicies; ++i) {
    auto statements = world.statements();
    const auto need = world.need();
    const auto context = world.context();
    const auto before = judged(compiled(statements), need, context);
    auto added = world.statement();
    if (added.text.allow) added.ask = true;
    statements.push_back(added);
    const auto after = judged(compiled(statements), need, context);
    ASSERT_FALSE(after == Effect::kAllow && before != Effect::kAllow)
        << shown(statements, need, context);
    const bool denies_more = before != Effect::kDeny || after == Effect::kDeny;
    ASSERT_TRUE(added.text.allow || denies_more) << shown(statements, need, context);
  }
}

TEST(PolicyReference, UnknownInsteadOfKnownNeverAllowsMore) {
  World world(3);
  for (int i = 0; i < kPolicies; ++i) {
    const auto statements = world.statements();
    const auto set = compiled(statements);
    const auto need = world.need();
    auto context = world.context();
    const auto before = judged(set, need, context);
    if (context.empty()) continue;
    auto& entry = context[static_cast<std::size_t>(i) % context.size()];
    entry.values.clear();
    entry.unknown = true;
    ASSERT_FALSE(before != Effect::kAllow && judged(set, need, context) == Effect::kAllow)
        << shown(statements, need, context);
    auto vague = need;
    vague.derived = false;
    vague.resource = "arn:aws:s3:::*";
    if (need.resource.starts_with("arn:aws:s3:::")) {
      ASSERT_FALSE(before != Effect::kAllow && judged(set, vague, context) == Effect::kAllow)
          << shown(statements, vague, context);
    }
  }
}

}  // namespace
}  // namespace strait::policy
