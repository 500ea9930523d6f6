// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <map>
#include <vector>

#include "analysis/pattern_table.h"
#include "analysis/solver.h"

// "This text matches that pattern" as variables of a solver, for one text: the resource of a
// request, or one value of a condition key. A match may depend on policy variables, so it has two
// formulas, as the evaluator has three values.
namespace strait::analysis {

struct Truth {
  Formula surely;  // Tri::kTrue
  Formula maybe;   // not Tri::kFalse
};

// What a solver knows of the key of a policy variable.
struct KeyState {
  Formula present;
  Formula several;  // more than one value; implies `present`
};

class TextAtoms {
 public:
  // All of them outlive this. `key_state` answers for the keys that policy variables name.
  TextAtoms(Solver& solver, PatternTable& table,
            std::function<KeyState(const std::string& key)> key_state)
      : solver_(&solver), table_(&table), key_state_(std::move(key_state)) {}

  Truth matches(PatternId pattern);

  // Requires what is true of every text: not all of `core` at once.
  void learn(const std::vector<Membership>& core);

  // Of the plain patterns, and the wide forms of those with variables, what the solver's model
  // says.
  std::vector<Membership> membership(const std::vector<PatternId>& patterns) const;

 private:
  Truth with_variables(PatternId pattern);
  void relate(PatternId pattern, const Truth& truth);

  Solver* solver_;
  PatternTable* table_;
  std::function<KeyState(const std::string&)> key_state_;
  std::map<PatternId, Truth> atoms_;
};

}  // namespace strait::analysis
