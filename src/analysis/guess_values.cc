// SPDX-License-Identifier: Apache-2.0
#include "analysis/guess_values.h"

#include <algorithm>

namespace strait::analysis {
namespace {

constexpr std::size_t kGuessesMax = 48;

using Values = std::vector<std::string>;  // of one key; none: absent

bool same(std::string_view key, std::string_view lower) {
  return std::ranges::equal(
      key, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

// A value that reads like one of the key's, and like no other key's.
std::string example_for(std::string_view key) {
  const auto tail = key.substr(key.find_last_of(":/") + 1);
  if (tail == "principalaccount") return "123456789012";
  if (tail.ends_with("account")) return "210987654321";
  if (tail == "requestedregion") return "eu-west-1";
  return "some-" + std::string(tail);
}

// What the conditions on `key` want: a text for each pattern, and one for none of them.
std::vector<Values> wanted_of(const Statements& statements, std::string_view key) {
  PatternTable table;
  std::vector<Membership> none;
  std::vector<Values> options;
  const std::vector<TextPattern> long_enough{
      {{{policy::Token::kOne, 0, 0}, {policy::Token::kOne, 0, 0}, {policy::Token::kMany, 0, 0}},
       false}};
  const auto add = [&](const std::vector<Membership>& asked) {
    auto found = table.realise(asked, Domain::kText, long_enough);
    if (found.outcome == Realised::kFound) options.push_back({std::move(found.text)});
  };
  for (const auto* statement : statements) {
    for (const auto& condition : statement->conditions) {
      if (!same(condition.key.name, key)) continue;
      for (const auto& value : condition.values) {
        const auto* pattern = std::get_if<policy::Pattern>(&value);
        if (pattern == nullptr || pattern->has_variables()) continue;
        const bool fold = condition.op.op == policy::Operator::kStringEqualsIgnoreCase;
        const auto id = table.intern(*pattern, fold, {});
        if (!id) continue;
        add({{*id, true}});
        none.push_back({*id, false});
      }
    }
  }
  if (!none.empty()) add(none);
  return options;
}

}  // namespace

std::vector<FixedKeys> guess_values(const Statements& statements,
                                    const std::vector<std::string>& keys, const Request& hint) {
  std::vector<FixedKeys> guesses;
  const auto add = [&guesses](FixedKeys guess) {
    const bool fresh = std::ranges::find(guesses, guess) == guesses.end();
    if (fresh && guesses.size() < kGuessesMax) guesses.push_back(std::move(guess));
  };
  FixedKeys examples, hinted, absent, equal;
  for (const auto& key : keys) {
    examples[key] = {example_for(key)};
    absent[key] = {};
    equal[key] = {"123456789012"};
    hinted[key] = {};
    for (const auto& entry : hint.context) {
      if (same(entry.key, key)) hinted[key] = {entry.values.front()};
    }
  }
  // The model says which keys are there; what they are is best something that stands out.
  auto standing_out = examples;
  for (const auto& [key, values] : hinted) {
    if (values.empty()) standing_out[key] = {};
  }
  add(standing_out);
  add(hinted);
  add(examples);
  add(absent);
  add(equal);
  for (const auto& key : keys) {
    auto options = wanted_of(statements, key);
    options.push_back({});
    for (const auto* base : {&hinted, &examples}) {
      for (const auto& option : options) {
        auto guess = *base;
        guess[key] = option;
        add(std::move(guess));
      }
    }
  }
  return guesses;
}

}  // namespace strait::analysis
