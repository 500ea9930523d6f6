// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "policy/judge.h"
#include "policy/reference_evaluator.h"
#include "policy/testing.h"

// Random policies, requests and contexts for tests, of so few texts that they meet often; and the
// judge's answer to them.
namespace strait::policy::testing {

// How many cases a test asks about: STRAIT_POLICY_CASES, or what a build with sanitizers does in
// some seconds.
inline int case_count() {
  const char* text = std::getenv("STRAIT_POLICY_CASES");
  return text == nullptr ? 16'000 : std::atoi(text);
}

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed) {}

  template <class T>
  T pick(std::initializer_list<T> items) {
    return *(items.begin() + random_() % items.size());
  }
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  std::string action_pattern() {
    return pick<const char*>({"s3:GetObject", "s3:getobject", "s3:Get*", "s3:*", "*",
                              "s3:PutObject", "s?:GetObject", "iam:PassRole", "iam:*", "s3:*Object",
                              "*:GetObject", "strait:class/pass-role", "strait:class/run-code",
                              "Strait:Class/Returns-Credentials"});
  }
  std::string resource_pattern() {
    return pick<const char*>(
        {"*", "arn:aws:s3:::b/a", "arn:aws:s3:::b/*", "arn:aws:s3:*:b/a", "arn:aws:s?:::b/?",
         "arn:aws:s3:::b/${t:x}", "arn:aws:s3:::b/${t:x, 'a'}", "arn:aws:s3:::b/${*}",
         "arn:aws:s*3:::b/*", "arn:*", "arn:aws:s3:::${t:x}/*", "arn:aws:*:*:*:b/*",
         "arn:aws:s3*:b/a", "arn:*:s3:::b/a", "arn:*:::b/?", "arn:aws:*a", "arn:aws:s3:::*a*",
         "arn:aws:s3:::?*/?"});
  }
  ConditionText condition() {
    ConditionText c;
    const std::string prefix = pick<const char*>({"", "", "", "ForAllValues:", "ForAnyValue:"});
    const std::string suffix = pick<const char*>({"", "", "IfExists"});
    c.key = pick<const char*>({"t:x", "t:y", "t:z", "t:w"});
    std::tie(c.op, c.values) = operator_and_values();
    if (c.op != "Null") c.op = prefix + c.op + suffix;
    return c;
  }
  std::pair<std::string, std::vector<std::string>> operator_and_values() {
    switch (random_() % 9) {
      case 0: return {"Null", {pick<const char*>({"true", "false"})}};
      case 1:
        return {pick<const char*>({"NumericEquals", "NumericNotEquals", "NumericLessThan",
                                   "NumericLessThanEquals", "NumericGreaterThan",
                                   "NumericGreaterThanEquals"}),
                values({"1", "5", "10", "-2.50", "5.0"})};
      case 2: return {"Bool", values({"true", "false"})};
      case 3:
        return {pick<const char*>({"ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"}),
                values({"arn:aws:s3:::*", "arn:aws:*:b/a", "arn:aws:s3:::b/${t:y}",
                        "arn:aws:s?:*:1:b*", "*"})};
      case 4:
        return {
            pick<const char*>({"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals",
                               "DateGreaterThan", "DateGreaterThanEquals"}),
            values({"2026-01-01T00:00:00Z", "1767225600", "2025-12-31T23:59:59Z"})};
      case 5: return {"BinaryEquals", values({"YQ==", "YWI=", ""})};
      case 6:
        return {pick<const char*>({"IpAddress", "NotIpAddress"}),
                values({"203.0.113.9", "203.0.113.0/24", "0.0.0.0/0", "2001:db8::9",
                        "2001:db8::9/112"})};
      default:
        return {pick<const char*>({"StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
                                   "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"}),
                values({"a", "A", "b*", "${t:y}", "${t:y, 'a'}", "${*}", "?", "*", "5", "*${t:z}*",
                        "?*?"})};
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
  std::vector<Made> statements(unsigned least = 0, unsigned below = 5) {
    std::vector<Made> made;
    for (auto n = least + random_() % (below - least); n > 0; --n) made.push_back(statement());
    return made;
  }
  std::vector<journey::ContextEntry> context() {
    std::vector<journey::ContextEntry> entries;
    for (const auto* key : {"t:x", "t:y", "t:z", "t:w"}) {
      journey::ContextEntry entry{key, {}};
      const auto kind = random_() % 10;
      if (kind == 0) entry.unknown = true;
      for (auto n = kind < 2 ? 0 : kind < 8 ? 1 : 2; n > 0; --n) {
        entry.values.push_back(pick<const char*>({"a",
                                                  "B",
                                                  "*",
                                                  "bcd",
                                                  "5",
                                                  "10",
                                                  "-2.5",
                                                  "true",
                                                  "false",
                                                  "arn:aws:s3:::b/a",
                                                  "arn:aws:s3:r:1:b/a",
                                                  "",
                                                  "2026-01-01T00:00:00Z",
                                                  "1767225600",
                                                  "YQ==",
                                                  "YWI=",
                                                  "203.0.113.9",
                                                  "198.51.100.1",
                                                  "2001:db8::9",
                                                  "2001:db8::a"}));
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
    made.classes = chance(70) ? 0 : pick<catalog::Classes>({1, 1, 2, 4, 3, 6, 16, 32, 33});
    return made;
  }

 private:
  std::vector<std::string> values(std::initializer_list<const char*> items) {
    std::vector<std::string> out{pick(items)};
    if (chance(40)) out.emplace_back(pick(items));
    return out;
  }

  std::mt19937_64 random_;
};

inline PolicySet compiled(const std::vector<Made>& statements) {
  std::string allow, ask;
  for (const auto& s : statements) {
    auto& file = s.ask ? ask : allow;
    file += (file.empty() ? "" : ",") + s.json();
  }
  return policies(allow, ask);
}

inline Effect judged(const PolicySet& set, const journey::Need& need,
                     const std::vector<journey::ContextEntry>& context) {
  // A resource with a `*` in its name is exact here, as a derived one of a call is.
  auto one_call = call({need});
  one_call.context.entries = context;
  return Judge::evaluate(set, kRole, one_call, session()).effect;
}

inline std::string shown(const std::vector<Made>& statements, const journey::Need& need,
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

}  // namespace strait::policy::testing
