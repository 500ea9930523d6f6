// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"

// Z3 as a solver of propositional logic: formulas in, a model out. What the variables stand for is
// the caller's business.
//
// libz3 is loaded when the first Solver is opened and not before: its relocations alone cost 30 ms,
// which no other verb and no gateway should pay.
namespace strait::analysis {

// A formula of one Solver, valid as long as that.
class Formula {
 public:
  bool is_true() const { return kind_ == kTrue; }
  bool is_false() const { return kind_ == kFalse; }
  bool operator==(const Formula&) const = default;

 private:
  friend class Solver;
  enum Kind : unsigned char { kFalse, kTrue, kAst } kind_ = kFalse;
  void* ast_ = nullptr;
};

class Solver {
 public:
  // kUnavailable when this machine has no libz3.
  static Result<std::unique_ptr<Solver>> open();
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  static Formula constant(bool truth);
  Formula variable();
  Formula negation(Formula formula);
  Formula all(std::span<const Formula> formulas);  // true for none
  Formula any(std::span<const Formula> formulas);  // false for none
  Formula both(Formula a, Formula b) { return all(std::vector{a, b}); }
  Formula either(Formula a, Formula b) { return any(std::vector{a, b}); }
  Formula implies(Formula a, Formula b) { return either(negation(a), b); }

  void require(Formula formula);

  enum class Answer : unsigned char { kSatisfiable, kUnsatisfiable, kUnknown };
  // Whether what is required can hold together with `assumptions`, variables or negated ones.
  Answer check(std::span<const Formula> assumptions, std::chrono::milliseconds timeout);

  // In the model of the latest check, which was kSatisfiable and after which nothing was required.
  // What the model leaves open is false.
  bool value(Formula formula) const;

 private:
  struct Library;
  struct State;
  explicit Solver(std::unique_ptr<State> state);
  Formula combine(std::span<const Formula> formulas, bool conjunction);
  std::unique_ptr<State> state_;
};

}  // namespace strait::analysis
