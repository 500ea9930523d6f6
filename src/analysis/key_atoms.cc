// SPDX-License-Identifier: Apache-2.0
#include "analysis/key_atoms.h"

#include <algorithm>
#include <set>

namespace strait::analysis {
namespace {

using policy::Condition;
using policy::Operator;
using policy::Quantifier;
using policy::Tri;

Truth constant(Tri tri) {
  return {Solver::constant(tri == Tri::kTrue), Solver::constant(tri != Tri::kFalse)};
}

// What the evaluator says when the key has exactly these values. No policy variable may be left.
Tri answer(const Condition& condition, const std::vector<std::string>& values) {
  const std::vector<journey::ContextEntry> entries{{condition.key.name, values}};
  return policy::evaluate(condition, policy::Environment(entries, policy::KeyValues::kAbsent));
}

// Its answer for one value, whatever the quantifier.
Condition for_one_value(Condition condition) {
  condition.op.quantifier = Quantifier::kOne;
  return condition;
}

constexpr auto kNoValue = "x";  // sample_values.cc: of no typed sort

TextPattern pattern_of(std::string_view text, bool fold_case) {
  TextPattern pattern{{}, fold_case};
  for (const char c : text) {
    const bool star = c == '*';
    pattern.tokens.push_back(
        {star ? policy::Token::kMany : policy::Token::kChar, star ? '\0' : c, 0});
  }
  return pattern;
}

// Arn operators have an answer for these only.
TextPattern any_arn() { return pattern_of("arn:*:*:*:*:*", false); }

}  // namespace

KeyAtoms::KeyAtoms(Solver& solver, PatternTable& table, std::string name, KeyStates key_states)
    : solver_(&solver),
      table_(&table),
      name_(std::move(name)),
      key_states_(std::move(key_states)) {}

void KeyAtoms::mention(const Condition& condition) {
  quantified_ |= condition.op.quantifier != Quantifier::kOne;
  if (condition.op.op == Operator::kNull) return;
  const auto sort = sort_of(condition.op.op);
  if (sort == Sort::kText) return;
  auto& typed = typed_[sort];
  auto one = for_one_value(condition);
  const auto same = [&one](const Condition& other) {
    return other.op.op == one.op.op && other.op.negated == one.op.negated &&
           other.text.values == one.text.values;
  };
  if (std::ranges::any_of(typed.conditions, same)) return;
  typed.limits.insert(typed.limits.end(), one.text.values.begin(), one.text.values.end());
  typed.conditions.push_back(std::move(one));
}

void KeyAtoms::build(std::size_t values) {
  std::vector<Formula> plain;
  for (std::size_t i = 0; i < std::max<std::size_t>(values, 2); ++i) {
    used_.push_back(solver_->variable());
    if (i > 0) solver_->require(solver_->implies(used_[i], used_[i - 1]));
  }
  if (!quantified_) plain.push_back(solver_->negation(used_[1]));
  for (auto& [sort, typed] : typed_) sort_kinds(sort, typed);
  for (std::size_t i = 0; i < used_.size(); ++i) {
    Slot slot{TextAtoms(*solver_, *table_, key_states_), {}};
    for (const auto& [sort, typed] : typed_) {
      auto& kinds = slot.kinds[sort];
      for (const auto& kind : typed.kinds) {
        kinds.push_back(solver_->variable());
        if (kind.samples.front() == kNoValue) plain.push_back(solver_->negation(kinds.back()));
      }
      require_one(kinds);
    }
    slots_.push_back(std::move(slot));
  }
  plain_ = solver_->all(plain);
}

void KeyAtoms::sort_kinds(Sort sort, Typed& typed) const {
  for (auto& sample : sample_values(sort, typed.limits, name_)) {
    std::vector<Tri> answers;
    answers.reserve(typed.conditions.size());
    for (const auto& condition : typed.conditions) answers.push_back(answer(condition, {sample}));
    auto kind = std::ranges::find(typed.kinds, answers, &Kind::answers);
    if (kind == typed.kinds.end()) kind = typed.kinds.insert(kind, Kind{std::move(answers), {}});
    kind->samples.push_back(std::move(sample));
  }
}

void KeyAtoms::require_one(const std::vector<Formula>& kinds) {
  solver_->require(solver_->any(kinds));
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      solver_->require(solver_->either(solver_->negation(kinds[i]), solver_->negation(kinds[j])));
  }
}

// The patterns among a condition's values. Bool compares spellings of two words, so these are its
// patterns. An Arn operator also asks whether the value is an ARN at all; that pattern comes first.
std::vector<PatternId> KeyAtoms::patterns_of(const Condition& condition, const FixedKeys& fixed) {
  std::vector<PatternId> patterns;
  if (condition.op.op == Operator::kBool)
    return {table_->intern(pattern_of("true", true)), table_->intern(pattern_of("false", true))};
  if (condition.op.op == Operator::kArnLike) patterns.push_back(table_->intern(any_arn()));
  for (const auto& value : condition.values) {
    const auto* pattern = std::get_if<policy::Pattern>(&value);
    if (pattern == nullptr) continue;
    const bool fold = condition.op.op == Operator::kStringEqualsIgnoreCase;
    if (const auto id = table_->intern(*pattern, fold, fixed)) patterns.push_back(*id);
  }
  return patterns;
}

Truth KeyAtoms::value_holds(Slot& slot, const Condition& condition, const FixedKeys& fixed) {
  const auto sort = sort_of(condition.op.op);
  std::vector<Formula> surely, maybe;
  if (sort != Sort::kText) {
    const auto& typed = typed_.at(sort);
    const auto one = std::ranges::find_if(typed.conditions, [&](const Condition& other) {
      return other.op.op == condition.op.op && other.op.negated == condition.op.negated &&
             other.text.values == condition.text.values;
    });
    const auto at = static_cast<std::size_t>(one - typed.conditions.begin());
    for (std::size_t kind = 0; kind < typed.kinds.size(); ++kind) {
      const auto tri = typed.kinds[kind].answers[at];
      if (tri == Tri::kTrue) surely.push_back(slot.kinds.at(sort)[kind]);
      if (tri != Tri::kFalse) maybe.push_back(slot.kinds.at(sort)[kind]);
    }
    return {solver_->any(surely), solver_->any(maybe)};
  }
  auto patterns = patterns_of(condition, fixed);
  Formula undefined = Solver::constant(false);  // the value is not of the operator's type
  if (condition.op.op == Operator::kBool) {
    const auto is_true = slot.texts.matches(patterns[0]).surely;
    const auto is_false = slot.texts.matches(patterns[1]).surely;
    undefined = solver_->negation(solver_->either(is_true, is_false));
    for (const auto& value : condition.values)
      surely.push_back(std::get<bool>(value) ? is_true : is_false);
    maybe = surely;
  } else {
    if (condition.op.op == Operator::kArnLike) {
      undefined = solver_->negation(slot.texts.matches(patterns[0]).surely);
      patterns.erase(patterns.begin());
    }
    for (const auto pattern : patterns) {
      const auto truth = slot.texts.matches(pattern);
      surely.push_back(truth.surely);
      maybe.push_back(truth.maybe);
    }
  }
  Truth any{solver_->any(surely), solver_->any(maybe)};
  if (condition.op.negated) any = {solver_->negation(any.maybe), solver_->negation(any.surely)};
  return {solver_->both(any.surely, solver_->negation(undefined)),
          solver_->either(any.maybe, undefined)};
}

Truth KeyAtoms::holds(const Condition& condition, const FixedKeys& fixed) {
  const auto when_absent = constant(answer(condition, {}));
  const auto present = used_[0];
  const auto absent = solver_->negation(present);
  if (condition.op.op == Operator::kNull) {
    const auto there = constant(answer(condition, {kNoValue}));
    const auto truth = solver_->either(solver_->both(present, there.surely),
                                       solver_->both(absent, when_absent.surely));
    return {truth, truth};
  }
  if (condition.op.quantifier == Quantifier::kOne) {
    const auto one = value_holds(slots_[0], condition, fixed);
    const auto alone = solver_->both(present, solver_->negation(used_[1]));
    return {solver_->either(solver_->both(absent, when_absent.surely),
                            solver_->both(alone, one.surely)),
            solver_->any(std::vector{solver_->both(absent, when_absent.maybe), used_[1],
                                     solver_->both(alone, one.maybe)})};
  }
  const bool all = condition.op.quantifier == Quantifier::kForAllValues;
  std::vector<Formula> surely, maybe;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto one = value_holds(slots_[i], condition, fixed);
    surely.push_back(all ? solver_->implies(used_[i], one.surely)
                         : solver_->both(used_[i], one.surely));
    maybe.push_back(all ? solver_->implies(used_[i], one.maybe)
                        : solver_->both(used_[i], one.maybe));
  }
  const auto over = [&](const std::vector<Formula>& values, Formula without) {
    const auto with = all ? solver_->all(values) : solver_->any(values);
    return solver_->either(solver_->both(absent, without), solver_->both(present, with));
  };
  return {over(surely, when_absent.surely), over(maybe, when_absent.maybe)};
}

// What one value is to be in the solver's model.
struct KeyAtoms::Wanted {
  std::vector<Membership> texts;
  std::vector<std::pair<Sort, std::size_t>> kinds;
};

KeyAtoms::Wanted KeyAtoms::wanted_of(const Slot& slot,
                                     const std::vector<const Condition*>& conditions,
                                     const FixedKeys& fixed) {
  std::vector<PatternId> patterns;
  std::set<Sort> sorts;
  for (const auto* condition : conditions) {
    if (condition->op.op == Operator::kNull) continue;
    const auto sort = sort_of(condition->op.op);
    if (sort != Sort::kText) {
      sorts.insert(sort);
      continue;
    }
    const auto more = patterns_of(*condition, fixed);
    patterns.insert(patterns.end(), more.begin(), more.end());
  }
  Wanted wanted{slot.texts.membership(patterns), {}};
  for (const auto sort : sorts) {
    const auto& kinds = slot.kinds.at(sort);
    const auto one =
        std::ranges::find_if(kinds, [this](Formula kind) { return solver_->value(kind); });
    wanted.kinds.emplace_back(sort, static_cast<std::size_t>(one - kinds.begin()));
  }
  return wanted;
}

bool KeyAtoms::fits(const Wanted& wanted, const std::string& value) const {
  for (const auto& [sort, kind] : wanted.kinds) {
    const auto& typed = typed_.at(sort);
    for (std::size_t i = 0; i < typed.conditions.size(); ++i) {
      if (answer(typed.conditions[i], {value}) != typed.kinds[kind].answers[i]) return false;
    }
  }
  return std::ranges::all_of(wanted.texts, [&](const Membership& one) {
    return table_->matches(one.pattern, value) == one.in;
  });
}

Realised KeyAtoms::value_for(Slot& slot, const Wanted& wanted) {
  for (const auto& [sort, kind] : wanted.kinds) {
    for (const auto& sample : typed_.at(sort).kinds[kind].samples) {
      if (fits(wanted, sample)) return {Realised::kFound, sample, {}};
    }
  }
  if (wanted.kinds.size() == 1 && wanted.texts.empty())
    return {Realised::kGaveUp, {}, {}};  // no such kind: build() requires one
  static const std::vector<TextPattern> something{
      {{{policy::Token::kOne, 0, 0}, {policy::Token::kMany, 0, 0}}, false}};
  auto found = table_->realise(wanted.texts, Domain::kText, something);
  if (found.outcome == Realised::kImpossible) {
    for (auto& one : slots_) one.texts.learn(found.core);
    return found;
  }
  if (found.outcome == Realised::kFound && fits(wanted, found.text)) return found;
  std::vector<Formula> barred;
  for (const auto& one : wanted.texts) {
    const auto atom = slot.texts.matches(one.pattern).surely;
    barred.push_back(one.in ? solver_->negation(atom) : atom);
  }
  for (const auto& [sort, kind] : wanted.kinds)
    barred.push_back(solver_->negation(slot.kinds.at(sort)[kind]));
  solver_->require(solver_->any(barred));
  return {Realised::kGaveUp, {}, {}};
}

KeyAtoms::Values KeyAtoms::realise(const std::vector<const Condition*>& conditions,
                                   const FixedKeys& fixed) {
  Values result;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!solver_->value(used_[i])) break;
    auto value = value_for(slots_[i], wanted_of(slots_[i], conditions, fixed));
    if (value.outcome != Realised::kFound) {
      result.outcome = value.outcome;
      if (value.outcome == Realised::kGaveUp) break;
    } else {
      result.values.push_back(std::move(value.text));
    }
  }
  return result;
}

}  // namespace strait::analysis
