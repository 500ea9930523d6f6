// SPDX-License-Identifier: Apache-2.0
#include "analysis/text_atoms.h"

namespace strait::analysis {

Truth TextAtoms::matches(PatternId pattern) {
  if (const auto known = atoms_.find(pattern); known != atoms_.end()) return known->second;
  if (!table_->variables_in(pattern).empty()) return with_variables(pattern);
  const auto atom = solver_->variable();
  return atoms_[pattern] = {atom, atom};
}

// Which texts match depends on values that are left open, so the solver is told only what holds for
// all values. A proof stands nevertheless; a model need not have a request.
Truth TextAtoms::with_variables(PatternId pattern) {
  const Truth truth{solver_->variable(), solver_->variable()};
  solver_->require(solver_->implies(truth.surely, truth.maybe));
  solver_->require(solver_->implies(truth.maybe, matches(table_->wide(pattern)).surely));
  std::vector<Formula> several;
  for (const auto number : table_->variables_in(pattern)) {
    const auto& use = table_->variable(number);
    const auto state = key_state_(use.key);
    if (!use.fallback) solver_->require(solver_->implies(truth.maybe, state.present));
    several.push_back(state.several);
  }
  const auto loose = solver_->any(several);
  solver_->require(solver_->implies(truth.surely, solver_->negation(loose)));
  solver_->require(solver_->implies(truth.maybe, solver_->either(truth.surely, loose)));
  relate(pattern, truth);
  return atoms_[pattern] = truth;
}

void TextAtoms::relate(PatternId pattern, const Truth& truth) {
  for (const auto& [other, its] : atoms_) {
    if (table_->variables_in(other).empty()) continue;
    for (const auto& [inner, outer, in, out] :
         {std::tuple(pattern, other, truth, its), std::tuple(other, pattern, its, truth)}) {
      if (!table_->covers(outer, inner)) continue;
      solver_->require(solver_->implies(in.surely, out.surely));
      solver_->require(solver_->implies(in.maybe, out.maybe));
    }
  }
}

void TextAtoms::learn(const std::vector<Membership>& core) {
  std::vector<Formula> not_all;
  for (const auto& one : core) {
    const auto atom = matches(one.pattern).surely;
    not_all.push_back(one.in ? solver_->negation(atom) : atom);
  }
  solver_->require(solver_->any(not_all));
}

std::vector<Membership> TextAtoms::membership(const std::vector<PatternId>& patterns) const {
  std::vector<Membership> all;
  for (const auto pattern : patterns) {
    const auto plain = table_->wide(pattern);
    const auto known = atoms_.find(plain);
    if (known == atoms_.end()) continue;
    const bool listed = [&] {
      for (const auto& one : all) {
        if (one.pattern == plain) return true;
      }
      return false;
    }();
    if (!listed) all.push_back({plain, solver_->value(known->second.surely)});
  }
  return all;
}

}  // namespace strait::analysis
