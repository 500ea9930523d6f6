// SPDX-License-Identifier: Apache-2.0
// Proofs of random small policies against the evaluator on requests of all kinds: what is proved
// must hold for every one of them. STRAIT_PROVE_PAIRS=100000 looks longer.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "analysis/prove.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using Strings = std::vector<std::string>;

struct ConditionMade {
  std::string op, key;
  Strings values;
};

struct StatementMade {
  bool allow = true, ask = false, not_action = false, not_resource = false;
  Strings actions, resources;
  std::vector<ConditionMade> conditions;
};
using PolicyMade = std::vector<StatementMade>;

std::string list(const Strings& items) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ",\"" : "\"") + item + "\"";
  return out + "]";
}

std::string json_of(const StatementMade& s) {
  std::string out = std::string(R"({"Effect":")") + (s.allow ? "Allow" : "Deny") + "\",\"" +
                    (s.not_action ? "NotAction" : "Action") + "\":" + list(s.actions) + ",\"" +
                    (s.not_resource ? "NotResource" : "Resource") + "\":" + list(s.resources);
  std::map<std::string, std::map<std::string, Strings>> blocks;
  for (const auto& c : s.conditions) blocks[c.op][c.key] = c.values;
  if (!blocks.empty()) {
    std::string text;
    for (const auto& [op, keys] : blocks) {
      text += (text.empty() ? "\"" : ",\"") + op + "\":{";
      bool first = true;
      for (const auto& [key, values] : keys) {
        text += (first ? "\"" : ",\"") + key + "\":" + list(values);
        first = false;
      }
      text += "}";
    }
    out += ",\"Condition\":{" + text + "}";
  }
  return out + "}";
}

policy::RoleSource source_of(const PolicyMade& made) {
  std::string allow, ask;
  for (const auto& s : made) {
    auto& file = s.ask ? ask : allow;
    file += (file.empty() ? "" : ",") + json_of(s);
  }
  const auto wrap = [](const std::string& text) {
    return R"({"Version":"2012-10-17","Statement":[)" + text + "]}";
  };
  policy::RoleSource role{"role", {}, {}};
  if (!allow.empty()) role.allow.push_back({"allow", wrap(allow)});
  if (!ask.empty()) role.ask.push_back({"ask", wrap(ask)});
  return role;
}

// A small world, in which most patterns meet.
const Strings kActionPatterns{"a:b",
                              "a:*",
                              "*",
                              "a:b*",
                              "a:?b",
                              "*:b",
                              "c:b",
                              "p:r",
                              "A:C",
                              "p:*",
                              "strait:class/pass-role",
                              "strait:class/run-code"};
const Strings kResourcePatterns{
    "*",           "arn:p:s:::x",  "arn:p:s:::x*",   "arn:p:s:::*y",         "arn:p:s:::?",
    "arn:p:s:*:x", "arn:p:s:::x?", "arn:p:*:*:*:x",  "arn:p:s:::${k:u}",     "arn:p:s:::${k:u}/*",
    "arn:p:s:::u", "arn:p:*",      "arn:p:s:::*/u",  "arn:p:s:::x/${k:u}",   "arn:p:s:*x",
    "arn:p:s:::*", "arn:?:s:::x",  "arn:p:s:::${*}", "arn:p:s:::${k:u,'x'}", "arn:p:s:::*x*",
};
const Strings kActions{"a:b", "a:bb", "a:c", "a:cb", "c:b", "d:e", "p:r", "p:rr", "P:R", "p:s"};
const Strings kResources{
    "*",           "arn:p:s:::x",   "arn:p:s:::y",   "arn:p:s:::xy",   "arn:p:s:::xx",
    "arn:p:s:::u", "arn:p:s:::u/x", "arn:p:s:::x/u", "arn:p:s:r::x",   "arn:p:s::1:x",
    "arn:q:s:::x", "arn:p:s:::x:y", "arn:p:t:::x",   "arn:p:s:::${*}", "arn:p:s:::x/x",
    "arn:p:s:::z", "arn:p:s:r:1:yx"};

struct Family {
  std::string key;
  Strings ops, wanted, given;
};
const std::vector<Family> kFamilies{
    {"k:s",
     {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase"},
     {"x", "xy", "y", "XY", "x*", "?", "*y", "*", "${k:u}", "${k:u, 'x'}", "x${k:u}", "${k:u}*"},
     {"x", "xy", "y", "XY", "X", "u", "U", "", "z:z", "xu", "xx", "ux"}},
    {"k:u",
     {"StringEquals", "StringNotEquals", "StringLike", "StringEqualsIgnoreCase"},
     {"u", "x", "U", "*", "?", "u*"},
     {"u", "x", "y", "U", "u/x", "uu"}},
    {"k:n",
     {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"},
     {"1", "2", "2.5", "-1", "0", "-0.5", "1.0"},
     {"0", "1", "1.5", "2", "2.50", "3", "-1", "-2", "-0.2", "q", "0.7", "2.2"}},
    {"k:d",
     {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
      "DateGreaterThanEquals"},
     {"2026-01-01", "2026", "2026-01-01T00:00:00.000001Z", "2027-06-01T00:00:00Z"},
     {"2026", "2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00.000001Z", "2026-01-02", "q",
      "2028", "100000"}},
    {"k:i",
     {"IpAddress", "NotIpAddress"},
     {"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "0.0.0.0/0", "::/0", "10.0.0.1", "2001:db8::/32"},
     {"10.0.0.1", "10.128.0.1", "11.0.0.1", "::1", "10.0.0.0/8", "10.0.0.0/9", "q", "0.0.0.0/0",
      "2001:db8::7", "10.0.0.0/7", "::/0"}},
    {"k:b", {"Bool"}, {"true", "false", "TRUE"}, {"true", "TRUE", "false", "q", ""}},
    {"k:r",
     {"ArnLike", "ArnNotLike", "ArnEquals"},
     {"arn:p:s:::x", "arn:p:s:::x*", "arn:p:*:*:*:x", "arn:p:s:*", "*", "arn:p:s:::${k:u}"},
     {"arn:p:s:::x", "arn:p:s:::xy", "arn:p:s:r::x", "q", "arn:p:s", "arn:x", "arn:p:s:::u",
      "arn:p:s:r:1:y"}},
    {"k:y", {"BinaryEquals"}, {"eA==", "eQ=="}, {"eA==", "eQ==", "eg==", "q"}},
};

class Maker {
 public:
  // Each pair is about a few families only, so that their conditions meet.
  explicit Maker(unsigned seed) : random_(seed) {
    for (int i = 0; i < 2; ++i) focus_.push_back(one_of(kFamilies));
  }
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[random_() % list.size()];
  }

  Strings some_of(const Strings& pool) {
    Strings out{one_of(pool)};
    while (chance(30)) out.push_back(one_of(pool));
    return out;
  }

  ConditionMade condition() {
    const auto& family = one_of(chance(90) ? focus_ : kFamilies);
    if (chance(12)) return {"Null", family.key, {chance(50) ? "true" : "false"}};
    auto op = one_of(family.ops);
    if (chance(25)) op += "IfExists";
    if (chance(30)) op = (chance(50) ? "ForAllValues:" : "ForAnyValue:") + op;
    // Now and then a number where texts are compared, and the other way round.
    const auto& key = chance(6) ? one_of(kFamilies).key : family.key;
    return {op, key, some_of(family.wanted)};
  }

  StatementMade statement() {
    StatementMade s;
    s.allow = chance(70);
    s.ask = chance(15);
    s.not_action = chance(12);
    s.not_resource = chance(15);
    s.actions = chance(40) ? Strings{"*"} : some_of(kActionPatterns);
    s.resources = chance(40) ? Strings{"*"} : some_of(kResourcePatterns);
    while (chance(55)) s.conditions.push_back(condition());
    return s;
  }

  PolicyMade policy() {
    PolicyMade made{statement()};
    while (chance(50)) made.push_back(statement());
    return made;
  }

  PolicyMade changed(PolicyMade made) {
    do {
      auto& s = made[random_() % made.size()];
      switch (random_() % 9) {
        case 0: s.actions = some_of(kActionPatterns); break;
        case 1: s.resources = some_of(kResourcePatterns); break;
        case 2: s.conditions.push_back(condition()); break;
        case 3:
          if (!s.conditions.empty()) s.conditions.erase(s.conditions.begin());
          break;
        case 4: s.resources.push_back(one_of(kResourcePatterns)); break;
        case 5: made.push_back(statement()); break;
        case 6:
          if (!s.conditions.empty()) s.conditions[0].values = {s.conditions[0].values[0]};
          break;
        case 7: s.actions = {s.actions[0]}; break;
        case 8:
          if (made.size() > 1) made.erase(made.begin() + (&s - made.data()));
          break;
      }
    } while (chance(25));
    return made;
  }

  policy::Question request(const PolicyMade& a, const PolicyMade& b) {
    policy::Question question{.role = "role",
                              .action = one_of(kActions),
                              .resource = one_of(kResources),
                              .context = {},
                              .missing_is_absent = true};
    if (question.action == "p:r" || question.action == "P:R") question.classes = 2;
    if (question.action == "p:s") question.classes = 6;
    if (question.action == "a:c") question.classes = chance(50) ? 0 : 4;
    const auto text = source_of(a).arn + json_of_all(a) + json_of_all(b);
    for (const auto& family : kFamilies) {
      if (!text.contains(family.key) || chance(20)) continue;
      Strings values{one_of(chance(92) ? family.given : one_of(kFamilies).given)};
      while (chance(40)) values.push_back(one_of(family.given));
      question.context.push_back({family.key, values});
    }
    return question;
  }

  static std::string json_of_all(const PolicyMade& made) {
    std::string out;
    for (const auto& s : made) out += std::string(s.ask ? "ask   " : "      ") + json_of(s) + "\n";
    return out;
  }

 private:
  std::mt19937 random_;
  std::vector<Family> focus_;
};

int freedom(Effect effect) { return effect == Effect::kAllow ? 2 : effect == Effect::kAsk ? 1 : 0; }

int pairs_wanted() {
  const char* text = std::getenv("STRAIT_PROVE_PAIRS");
  return text == nullptr ? 120 : std::atoi(text);
}

TEST(ProveProperty, NothingIsProvedThatARequestRefutes) {
  const std::vector<KnownAction> known{{"a:b", 0}, {"a:c", 0}, {"p:r", 2}, {"p:s", 6}, {"a:c", 4}};
  std::map<Proof::Answer, int> answers;
  std::map<std::string, int> reasons;
  int refutable = 0, open_unknown = 0;
  const auto pairs = pairs_wanted();
  for (int i = 0; i < pairs; ++i) {
    Maker make(static_cast<unsigned>(i));
    const auto bound = make.policy();
    const auto changed = make.chance(75) ? make.changed(bound) : make.policy();
    const auto bound_set = policy::compile({source_of(bound)});
    const auto changed_set = policy::compile({source_of(changed)});
    ASSERT_TRUE(bound_set.has_value()) << bound_set.error().message;
    ASSERT_TRUE(changed_set.has_value()) << changed_set.error().message;
    const auto proof =
        prove(source_of(bound), source_of(changed), known, [] { return std::chrono::seconds(60); });
    ASSERT_TRUE(proof.has_value());
    const auto open = prove(
        source_of(bound), source_of(changed), known, [] { return std::chrono::seconds(60); }, 0);
    ASSERT_TRUE(open.has_value());
    if (open->answer != Proof::kUnknown && proof->answer != Proof::kUnknown) {
      ASSERT_EQ(open->answer, proof->answer) << "with the action left to the solver\n"
                                             << Maker::json_of_all(bound) << "--\n"
                                             << Maker::json_of_all(changed);
    }
    open_unknown += open->answer == Proof::kUnknown;
    ++answers[proof->answer];
    if (proof->answer == Proof::kUnknown) ++reasons[proof->reason];
    const auto shown = "pair " + std::to_string(i) + "\n" + Maker::json_of_all(bound) + "--\n" +
                       Maker::json_of_all(changed);
    if (proof->answer == Proof::kCounterExample) {
      auto question = proof->call;
      question.role = "role";
      EXPECT_GT(freedom(policy::can_i(*changed_set, question).effect),
                freedom(policy::can_i(*bound_set, question).effect))
          << shown;
      continue;
    }
    for (int j = 0; j < 1500; ++j) {
      const auto question = make.request(bound, changed);
      const auto before = freedom(policy::can_i(*bound_set, question).effect);
      if (before == 2 || freedom(policy::can_i(*changed_set, question).effect) <= before) continue;
      ++refutable;
      std::string context;
      for (const auto& entry : question.context) context += entry.key + "=" + list(entry.values);
      ASSERT_NE(proof->answer, Proof::kProved)
          << shown << question.action << " " << question.resource << " " << context;
      break;
    }
  }
  for (const auto& [reason, count] : reasons) RecordProperty(reason, count);
  std::printf("%d proved, %d refuted, %d not known (of which %d by luck)\n",
              answers[Proof::kProved], answers[Proof::kCounterExample], answers[Proof::kUnknown],
              refutable);
  for (const auto& [reason, count] : reasons) std::printf("  %d %s\n", count, reason.c_str());
  EXPECT_GT(answers[Proof::kProved], pairs / 6);
  EXPECT_GT(answers[Proof::kCounterExample], pairs / 6);
  EXPECT_LE(answers[Proof::kUnknown], pairs / 25);
  EXPECT_LE(open_unknown, pairs / 25);
}

}  // namespace
}  // namespace strait::analysis
