// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/key_atoms.h"
#include "journey/call.h"
#include "policy/compiled.h"

// All requests for one action, as variables of a solver: a resource and every condition key that
// some statements ask about. Each key is known (one value or several) or absent; none is unknown.
namespace strait::analysis {

using Statements = std::vector<const policy::CompiledStatement*>;

struct Request {
  std::string resource;
  std::vector<journey::ContextEntry> context;
};

class RequestSpace {
 public:
  // `fixed` keys have their value in every request. Every set of statements that realise() will be
  // asked about is in `groups`, and none other.
  RequestSpace(Solver& solver, FixedKeys fixed, const std::vector<Statements>& groups);

  // Whether resource and conditions apply. The action is not looked at.
  Truth applies(const policy::CompiledStatement& statement);
  // Whether its Action matches, of a request whose action is open: one without a class that is none
  // of those left out before.
  Formula acts(const policy::CompiledStatement& statement);
  void leave_out(policy::Tokens lower_action);
  // Holds in the requests that a person would think of first (KeyAtoms::plain).
  Formula plain();
  // Keys of policy variables in `statements` that are not fixed, in lower case. While there are
  // any, a model of the solver need not have a request.
  std::vector<std::string> open_variables(const Statements& statements) const;

  // The request of the solver's model, so far as `group` looks at it. kImpossible: the solver has
  // learned why. kGaveUp: the same, except that it was barred and not refuted, or could not be.
  struct Found {
    Realised::Outcome outcome = Realised::kFound;
    bool barred = false;  // with kGaveUp: the solver will not come back with the same
    Request request;
  };
  Found realise(const Statements& group, std::string_view action);
  // An action as the model wants it to be for `group`.
  Realised realise_action(const Statements& group);

 private:
  std::optional<PatternId> action_pattern(const policy::Pattern& pattern);
  void mention(const policy::Pattern& pattern);
  void build_keys(const std::vector<Statements>& groups);
  Truth condition(const policy::Condition& condition);
  KeyAtoms& key(const std::string& name);

  Solver* solver_;
  FixedKeys fixed_;
  std::map<std::string, std::string> written_;  // keys of policy variables as a policy has them
  std::vector<journey::ContextEntry> fixed_entries_;
  PatternTable table_;
  TextAtoms resource_;
  TextAtoms action_;
  std::set<PatternId> left_out_;
  std::map<std::string, KeyAtoms> keys_;  // by name in lower case
  std::map<const policy::CompiledStatement*, Truth> applies_;
};

}  // namespace strait::analysis
