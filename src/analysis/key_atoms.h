// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "analysis/sample_values.h"
#include "analysis/text_atoms.h"
#include "policy/condition.h"

// One condition key of a request as variables of a solver: whether it is there, how many values it
// has, and what each value is to the conditions on it. Exact: with as many values as there are
// conditions with ForAllValues or ForAnyValue (and two, for "several") every combination of answers
// that a request can have can be had.
namespace strait::analysis {

class KeyAtoms {
 public:
  using KeyStates = std::function<KeyState(const std::string& key)>;

  // `name` is as the policies write it.
  KeyAtoms(Solver& solver, PatternTable& table, std::string name, KeyStates key_states);

  // First every condition on this key of the policies in question, the number of values (at least
  // two), then the questions.
  void mention(const policy::Condition& condition);
  void build(std::size_t values);

  const std::string& name() const { return name_; }
  KeyState state() const { return {used_[0], used_[1]}; }
  // Any request can do without it: several values for a key that no ForAllValues or ForAnyValue
  // asks for, and texts that are no value of their sort.
  Formula plain() const { return plain_; }
  Truth holds(const policy::Condition& condition, const FixedKeys& fixed);

  // The values in the solver's model, so far as `conditions` ask. Impossible: `core` is learned.
  // Gave up: values that are both texts and numbers (or the like) and could not be made up; that
  // combination is then barred, which leaves a proof incomplete.
  struct Values {
    Realised::Outcome outcome = Realised::kFound;
    std::vector<std::string> values;  // none: absent
  };
  Values realise(const std::vector<const policy::Condition*>& conditions, const FixedKeys& fixed);

 private:
  // A kind of value: all texts that the typed conditions of one sort cannot tell apart.
  struct Kind {
    std::vector<policy::Tri> answers;  // by condition of the sort
    std::vector<std::string> samples;
  };
  struct Typed {
    std::vector<std::string> limits;
    std::vector<policy::Condition> conditions;  // for one value, without quantifier
    std::vector<Kind> kinds;
  };
  struct Slot {
    TextAtoms texts;
    std::map<Sort, std::vector<Formula>> kinds;  // exactly one of each sort is true
  };
  void sort_kinds(Sort sort, Typed& typed) const;
  void require_one(const std::vector<Formula>& kinds);
  Truth value_holds(Slot& slot, const policy::Condition& condition, const FixedKeys& fixed);
  std::vector<PatternId> patterns_of(const policy::Condition& condition, const FixedKeys& fixed);
  struct Wanted;
  Wanted wanted_of(const Slot& slot, const std::vector<const policy::Condition*>& conditions,
                   const FixedKeys& fixed);
  Realised value_for(Slot& slot, const Wanted& wanted);
  bool fits(const Wanted& wanted, const std::string& value) const;

  Solver* solver_;
  PatternTable* table_;
  std::string name_;
  KeyStates key_states_;
  bool quantified_ = false;
  std::map<Sort, Typed> typed_;
  std::vector<Formula> used_;  // by value: whether there are more than that many
  std::vector<Slot> slots_;
  Formula plain_;
};

}  // namespace strait::analysis
