// SPDX-License-Identifier: Apache-2.0
#include "analysis/solver.h"

#include <dlfcn.h>
#include <z3.h>

#include <algorithm>

namespace strait::analysis {

// The functions of libz3 that are used, with the types that its header gives them.
struct Solver::Library {
  decltype(&Z3_mk_config) mk_config;
  decltype(&Z3_del_config) del_config;
  decltype(&Z3_mk_context) mk_context;
  decltype(&Z3_del_context) del_context;
  decltype(&Z3_set_error_handler) set_error_handler;
  decltype(&Z3_get_error_code) get_error_code;
  decltype(&Z3_mk_bool_sort) mk_bool_sort;
  decltype(&Z3_mk_fresh_const) mk_fresh_const;
  decltype(&Z3_mk_not) mk_not;
  decltype(&Z3_mk_and) mk_and;
  decltype(&Z3_mk_or) mk_or;
  decltype(&Z3_mk_simple_solver) mk_simple_solver;
  decltype(&Z3_solver_inc_ref) solver_inc_ref;
  decltype(&Z3_solver_dec_ref) solver_dec_ref;
  decltype(&Z3_solver_assert) solver_assert;
  decltype(&Z3_solver_set_params) solver_set_params;
  decltype(&Z3_solver_check_assumptions) solver_check_assumptions;
  decltype(&Z3_solver_get_model) solver_get_model;
  decltype(&Z3_model_inc_ref) model_inc_ref;
  decltype(&Z3_model_dec_ref) model_dec_ref;
  decltype(&Z3_model_eval) model_eval;
  decltype(&Z3_get_bool_value) get_bool_value;
  decltype(&Z3_mk_params) mk_params;
  decltype(&Z3_params_inc_ref) params_inc_ref;
  decltype(&Z3_params_dec_ref) params_dec_ref;
  decltype(&Z3_params_set_uint) params_set_uint;
  decltype(&Z3_mk_string_symbol) mk_string_symbol;

  // Stays loaded until the process ends.
  static Result<Library> load();
};

namespace {

template <class Function>
bool find(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function != nullptr;
}

}  // namespace

Result<Solver::Library> Solver::Library::load() {
  void* handle = dlopen("libz3.so.4", RTLD_NOW | RTLD_LOCAL);
  Library z3{};
  const bool whole = handle != nullptr && find(handle, "Z3_mk_config", z3.mk_config) &&
                     find(handle, "Z3_del_config", z3.del_config) &&
                     find(handle, "Z3_mk_context", z3.mk_context) &&
                     find(handle, "Z3_del_context", z3.del_context) &&
                     find(handle, "Z3_set_error_handler", z3.set_error_handler) &&
                     find(handle, "Z3_get_error_code", z3.get_error_code) &&
                     find(handle, "Z3_mk_bool_sort", z3.mk_bool_sort) &&
                     find(handle, "Z3_mk_fresh_const", z3.mk_fresh_const) &&
                     find(handle, "Z3_mk_not", z3.mk_not) && find(handle, "Z3_mk_and", z3.mk_and) &&
                     find(handle, "Z3_mk_or", z3.mk_or) &&
                     find(handle, "Z3_mk_simple_solver", z3.mk_simple_solver) &&
                     find(handle, "Z3_solver_inc_ref", z3.solver_inc_ref) &&
                     find(handle, "Z3_solver_dec_ref", z3.solver_dec_ref) &&
                     find(handle, "Z3_solver_assert", z3.solver_assert) &&
                     find(handle, "Z3_solver_set_params", z3.solver_set_params) &&
                     find(handle, "Z3_solver_check_assumptions", z3.solver_check_assumptions) &&
                     find(handle, "Z3_solver_get_model", z3.solver_get_model) &&
                     find(handle, "Z3_model_inc_ref", z3.model_inc_ref) &&
                     find(handle, "Z3_model_dec_ref", z3.model_dec_ref) &&
                     find(handle, "Z3_model_eval", z3.model_eval) &&
                     find(handle, "Z3_get_bool_value", z3.get_bool_value) &&
                     find(handle, "Z3_mk_params", z3.mk_params) &&
                     find(handle, "Z3_params_inc_ref", z3.params_inc_ref) &&
                     find(handle, "Z3_params_dec_ref", z3.params_dec_ref) &&
                     find(handle, "Z3_params_set_uint", z3.params_set_uint) &&
                     find(handle, "Z3_mk_string_symbol", z3.mk_string_symbol);
  if (whole) return z3;
  return fail(ErrorCode::kUnavailable,
              "proofs need the library of Z3, which is not installed; on Debian: apt install "
              "libz3-4");
}

struct Solver::State {
  Library z3;
  Z3_context context = nullptr;
  Z3_sort boolean = nullptr;
  Z3_solver solver = nullptr;
  Z3_model model = nullptr;
  bool broken = false;  // an error of Z3's: from then on every check is kUnknown

  ~State() {
    if (model != nullptr) z3.model_dec_ref(context, model);
    if (solver != nullptr) z3.solver_dec_ref(context, solver);
    if (context != nullptr) z3.del_context(context);
  }
  void look() { broken |= z3.get_error_code(context) != Z3_OK; }
};

Solver::Solver(std::unique_ptr<State> state) : state_(std::move(state)) {}
Solver::~Solver() = default;

Result<std::unique_ptr<Solver>> Solver::open() {
  auto state = std::make_unique<State>();
  TRY(state->z3, Library::load());
  const auto& z3 = state->z3;
  auto* config = z3.mk_config();
  state->context = z3.mk_context(config);
  z3.del_config(config);
  // Z3's own handler would end the process; State::look() asks instead.
  z3.set_error_handler(state->context, [](Z3_context, Z3_error_code) {});
  state->boolean = z3.mk_bool_sort(state->context);
  state->solver = z3.mk_simple_solver(state->context);
  z3.solver_inc_ref(state->context, state->solver);
  return std::unique_ptr<Solver>(new Solver(std::move(state)));
}

Formula Solver::constant(bool truth) {
  Formula formula;
  formula.kind_ = truth ? Formula::kTrue : Formula::kFalse;
  return formula;
}

Formula Solver::variable() {
  Formula formula;
  formula.kind_ = Formula::kAst;
  formula.ast_ = state_->z3.mk_fresh_const(state_->context, "p", state_->boolean);
  return formula;
}

Formula Solver::negation(Formula formula) {
  if (formula.kind_ != Formula::kAst) return constant(formula.is_false());
  formula.ast_ = state_->z3.mk_not(state_->context, static_cast<Z3_ast>(formula.ast_));
  return formula;
}

Formula Solver::combine(std::span<const Formula> formulas, bool conjunction) {
  std::vector<Z3_ast> asts;
  for (const auto& formula : formulas) {
    if (formula.kind_ == Formula::kAst) {
      asts.push_back(static_cast<Z3_ast>(formula.ast_));
    } else if (formula.is_true() != conjunction) {
      return formula;
    }
  }
  if (asts.empty()) return constant(conjunction);
  Formula combined;
  combined.kind_ = Formula::kAst;
  const auto size = static_cast<unsigned>(asts.size());
  combined.ast_ = size == 1     ? asts[0]
                  : conjunction ? state_->z3.mk_and(state_->context, size, asts.data())
                                : state_->z3.mk_or(state_->context, size, asts.data());
  return combined;
}

Formula Solver::all(std::span<const Formula> formulas) { return combine(formulas, true); }
Formula Solver::any(std::span<const Formula> formulas) { return combine(formulas, false); }

void Solver::require(Formula formula) {
  if (formula.is_true()) return;
  if (formula.is_false()) {
    const auto contradiction = variable();
    require(contradiction);
    return require(negation(contradiction));
  }
  state_->z3.solver_assert(state_->context, state_->solver, static_cast<Z3_ast>(formula.ast_));
  state_->look();
}

Solver::Answer Solver::check(std::span<const Formula> assumptions,
                             std::chrono::milliseconds timeout) {
  auto& [z3, context, boolean, solver, model, broken] = *state_;
  if (timeout.count() <= 0) return Answer::kUnknown;
  std::vector<Z3_ast> asts;
  for (const auto& formula : assumptions) {
    if (formula.is_false()) return Answer::kUnsatisfiable;
    if (!formula.is_true()) asts.push_back(static_cast<Z3_ast>(formula.ast_));
  }
  auto* params = z3.mk_params(context);
  z3.params_inc_ref(context, params);
  const auto most = std::min<std::chrono::milliseconds::rep>(timeout.count(), 1'000'000'000);
  z3.params_set_uint(context, params, z3.mk_string_symbol(context, "timeout"),
                     static_cast<unsigned>(most));
  z3.solver_set_params(context, solver, params);
  z3.params_dec_ref(context, params);
  const auto answer =
      z3.solver_check_assumptions(context, solver, static_cast<unsigned>(asts.size()), asts.data());
  state_->look();
  if (broken) return Answer::kUnknown;
  if (answer == Z3_L_FALSE) return Answer::kUnsatisfiable;
  if (answer != Z3_L_TRUE) return Answer::kUnknown;
  if (model != nullptr) z3.model_dec_ref(context, model);
  model = z3.solver_get_model(context, solver);
  z3.model_inc_ref(context, model);
  return Answer::kSatisfiable;
}

bool Solver::value(Formula formula) const {
  if (formula.kind_ != Formula::kAst) return formula.is_true();
  const auto& z3 = state_->z3;
  Z3_ast value = nullptr;
  const bool known = z3.model_eval(state_->context, state_->model,
                                   static_cast<Z3_ast>(formula.ast_), true, &value);
  return known && z3.get_bool_value(state_->context, value) == Z3_L_TRUE;
}

}  // namespace strait::analysis
