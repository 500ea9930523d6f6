// SPDX-License-Identifier: Apache-2.0
#include "analysis/prove.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>

#include "analysis/guess_values.h"
#include "analysis/request_space.h"
#include "base/ascii.h"

namespace strait::analysis {
namespace {

using journey::Effect;

int freedom(Effect effect) {
  switch (effect) {
    case Effect::kDeny: return 0;
    case Effect::kAsk: return 1;
    case Effect::kAllow: return 2;
  }
  return 0;
}

// The outcomes of a judgement, in the order of policy/evaluate.cc.
struct Judgement {
  Formula allows;
  Formula permits;  // allows or asks
};

Judgement judgement(Solver& solver, RequestSpace& space, const ProveCase& one,
                    const std::vector<SideStatement>& side) {
  std::vector<Formula> denies, asks, gates, allows;
  const bool must_be_named = one.classes != 0;
  for (const auto& [statement, names_it] : side) {
    auto truth = space.applies(*statement);
    if (one.open) {
      const auto acts = space.acts(*statement);
      truth = {solver.both(acts, truth.surely), solver.both(acts, truth.maybe)};
    }
    const bool grants = !must_be_named || (names_it && !statement->not_resource);
    switch (statement->effect) {
      case Effect::kDeny: denies.push_back(truth.maybe); break;
      case Effect::kAsk: (grants ? asks : gates).push_back(truth.maybe); break;
      case Effect::kAllow:
        if (grants) allows.push_back(truth.surely);
        break;
    }
  }
  const auto open = solver.negation(solver.any(denies));
  const auto asked = solver.any(asks);
  const auto allowed = solver.any(allows);
  const auto free = solver.negation(solver.either(asked, solver.any(gates)));
  return {solver.all(std::vector{open, free, allowed}),
          solver.both(open, solver.either(asked, allowed))};
}

struct Sought {
  enum { kFound, kNone, kUnknown } outcome = kNone;
  std::string reason;  // kUnknown
  const ProveCase* at = nullptr;
  Request request;
};

Sought unknown(std::string reason) {
  Sought sought;
  sought.outcome = Sought::kUnknown;
  sought.reason = std::move(reason);
  return sought;
}

class Prover {
 public:
  Prover(std::string bound, std::string policy, policy::PolicySet bound_set,
         policy::PolicySet policy_set, const TimeLeft& time_left)
      : names_{std::move(bound), std::move(policy)},
        sets_{std::move(bound_set), std::move(policy_set)},
        time_left_(time_left) {}

  Result<Proof> run(std::span<const KnownAction> known, std::size_t action_states_max);

 private:
  Result<Sought> seek(const std::vector<const ProveCase*>& cases, const FixedKeys& fixed);
  Result<std::optional<Sought>> look(Solver& solver, RequestSpace& space, const ProveCase& one,
                                     Formula selector);
  Result<Sought> guess(const ProveCase& one, const std::vector<std::string>& keys,
                       const Request& hint);
  bool replay(const ProveCase& one, const Request& request, Proof& proof) const;
  void shrink(const ProveCase& one, Request& request) const;

  std::array<std::string, 2> names_;
  std::array<policy::PolicySet, 2> sets_;  // the bound's, the policy's
  const TimeLeft& time_left_;
  std::vector<policy::Tokens> with_class_;
  std::deque<ProveCase> closed_;  // what open cases came to
  std::string reason_;            // why a proof is not whole; "" while it is
  std::size_t rounds_ = 0;
};

// Asks the evaluator. Everything that is shown has been through here.
bool Prover::replay(const ProveCase& one, const Request& request, Proof& proof) const {
  proof.call = {.role = {},
                .action = one.action,
                .resource = {},
                .context = request.context,
                .missing_is_absent = true,
                .classes = one.classes};
  // The characters `*` and `?` in a resource are written as a pattern writes them.
  const bool escape =
      request.resource != "*" && request.resource.find_first_of("*?") != std::string::npos;
  for (const char c : request.resource) {
    const bool special = escape && (c == '*' || c == '?' || c == '$');
    proof.call.resource += special ? std::string("${") + c + "}" : std::string(1, c);
  }
  auto question = proof.call;
  question.role = names_[0];
  proof.bound = policy::can_i(sets_[0], question);
  question.role = names_[1];
  proof.policy = policy::can_i(sets_[1], question);
  return freedom(proof.policy.effect) > freedom(proof.bound.effect);
}

// Takes out of the context what the counter-example does not need.
void Prover::shrink(const ProveCase& one, Request& request) const {
  Proof proof;
  for (std::size_t i = request.context.size(); i-- > 0;) {
    auto fewer = request;
    fewer.context.erase(fewer.context.begin() + static_cast<std::ptrdiff_t>(i));
    if (replay(one, fewer, proof)) {
      request = std::move(fewer);
      continue;
    }
    for (std::size_t j = request.context[i].values.size(); j-- > 0;) {
      auto shorter = request;
      auto& values = shorter.context[i].values;
      if (values.size() == 1) break;
      values.erase(values.begin() + static_cast<std::ptrdiff_t>(j));
      if (replay(one, shorter, proof)) request = std::move(shorter);
    }
  }
}

// What a model comes to. Nothing: the solver has learned, or been barred from, something; go on.
Result<std::optional<Sought>> Prover::look(Solver& solver, RequestSpace& space,
                                           const ProveCase& one, Formula selector) {
  const auto bar = [&](std::string reason) {
    reason_ = std::move(reason);
    solver.require(solver.negation(selector));
    return std::optional<Sought>();
  };
  if (one.open) {
    auto action = space.realise_action(one.statements());
    if (action.outcome == Realised::kImpossible) return std::optional<Sought>();
    if (action.outcome == Realised::kGaveUp)
      return bar("the wildcards in actions combine in too many ways");
    closed_.push_back(
        case_of(*sets_[0].role(names_[0]), *sets_[1].role(names_[1]), {action.text, 0}));
    closed_.back().known = false;
    return look(solver, space, closed_.back(), selector);
  }
  const auto statements = one.statements();
  auto found = space.realise(statements, one.action);
  if (found.outcome == Realised::kImpossible) return std::optional<Sought>();
  if (found.outcome == Realised::kGaveUp) {
    constexpr auto kWhy = "a value that is a text and a number at once could not be made up";
    if (!found.barred) return bar("the patterns of " + one.action + " combine in too many ways");
    reason_ = kWhy;
    return std::optional<Sought>();
  }
  const auto open = space.open_variables(statements);
  if (!open.empty()) {
    TRY(auto guessed, guess(one, open, found.request));
    if (guessed.outcome == Sought::kFound) return std::optional(std::move(guessed));
    return bar("for " + one.action +
               " the answer hangs on values of policy variables that could not be made up");
  }
  Proof proof;
  if (!replay(one, found.request, proof))
    return bar("a counter-example for " + one.action + " was not confirmed by the evaluator");
  shrink(one, found.request);
  return std::optional(Sought{Sought::kFound, {}, &one, std::move(found.request)});
}

// With values put in for policy variables the question is exact again, for those values.
Result<Sought> Prover::guess(const ProveCase& one, const std::vector<std::string>& keys,
                             const Request& hint) {
  for (const auto& fixed : guess_values(one.statements(), keys, hint)) {
    const auto before = reason_;
    TRY(auto sought, seek({&one}, fixed));
    reason_ = before;
    if (sought.outcome == Sought::kFound) return sought;
    if (time_left_().count() <= 0) break;
  }
  return Sought{};
}

// A request for one of `cases` on which the policy is freer than the bound. Looks first for one
// that AWS's own actions and plain contexts can make.
Result<Sought> Prover::seek(const std::vector<const ProveCase*>& cases, const FixedKeys& fixed) {
  TRY(auto solver, Solver::open());
  std::vector<Statements> groups;
  for (const auto* one : cases) groups.push_back(one->statements());
  RequestSpace space(*solver, fixed, groups);
  for (const auto& action : with_class_) space.leave_out(action);
  std::vector<Formula> selectors, known_selectors;
  for (const auto* one : cases) {
    const auto bound = judgement(*solver, space, *one, one->bound);
    const auto policy = judgement(*solver, space, *one, one->policy);
    const auto freer =
        solver->either(solver->both(policy.allows, solver->negation(bound.allows)),
                       solver->both(policy.permits, solver->negation(bound.permits)));
    selectors.push_back(solver->variable());
    if (one->known) known_selectors.push_back(selectors.back());
    solver->require(solver->implies(selectors.back(), freer));
  }
  const auto named = [&](Formula formula) {
    const auto name = solver->variable();
    solver->require(solver->implies(name, formula));
    return name;
  };
  const auto any = named(solver->any(selectors));
  const auto any_known = named(solver->any(known_selectors));
  const auto plain = named(space.plain());
  for (const auto& assumptions :
       {std::vector{any_known, plain}, std::vector{any, plain}, std::vector{any}}) {
    while (true) {
      const auto answer = solver->check(assumptions, time_left_());
      if (answer == Solver::Answer::kUnsatisfiable) break;
      if (answer == Solver::Answer::kUnknown) return unknown("there was not enough time");
      ++rounds_;
      const auto& among = assumptions[0] == any_known ? known_selectors : selectors;
      const auto chosen =
          std::ranges::find_if(among, [&](Formula one) { return solver->value(one); });
      const auto at = std::ranges::find(selectors, *chosen) - selectors.begin();
      TRY(auto sought, look(*solver, space, *cases[static_cast<std::size_t>(at)], *chosen));
      if (sought) return *std::move(sought);
    }
  }
  return reason_.empty() ? Sought{} : unknown(reason_);
}

Result<Proof> Prover::run(std::span<const KnownAction> known, std::size_t action_states_max) {
  // Half of the time is kept for looking at what has been found by then.
  const auto half = time_left_() / 2;
  auto cases = cases_of(
      *sets_[0].role(names_[0]), *sets_[1].role(names_[1]), known,
      [&] { return time_left_() > half; }, action_states_max);
  with_class_ = std::move(cases.with_class);
  std::vector<const ProveCase*> all;
  for (const auto& one : cases.cases) all.push_back(&one);
  TRY(const auto sought, seek(all, {}));
  Proof proof;
  if (sought.outcome == Sought::kFound && replay(*sought.at, sought.request, proof)) {
    proof.answer = Proof::kCounterExample;
    proof.known_action =
        sought.at->known || std::ranges::any_of(known, [&](const KnownAction& one) {
          return lowered(one.name) == sought.at->action;
        });
  } else if (sought.outcome == Sought::kNone) {
    proof.answer = Proof::kProved;
  } else {
    proof.reason = sought.reason;
  }
  proof.cases = all.size();
  proof.rounds = rounds_;
  return proof;
}

}  // namespace

Result<Proof> prove(const policy::RoleSource& bound, const policy::RoleSource& policy,
                    std::span<const KnownAction> known, const TimeLeft& time_left,
                    std::size_t action_states_max) {
  TRY(auto bound_set, policy::compile({bound}));
  TRY(auto policy_set, policy::compile({policy}));
  return Prover(bound.arn, policy.arn, std::move(bound_set), std::move(policy_set), time_left)
      .run(known, action_states_max);
}

}  // namespace strait::analysis
