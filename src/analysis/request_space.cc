// SPDX-License-Identifier: Apache-2.0
#include "analysis/request_space.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"

namespace strait::analysis {
namespace {

using policy::CompiledStatement;
using policy::Tri;

// Every pattern of a statement in which a policy variable may stand.
template <class Visit>
void each_pattern(const CompiledStatement& statement, Visit visit) {
  for (const auto& pattern : statement.resources) visit(pattern);
  for (const auto& condition : statement.conditions) {
    for (const auto& value : condition.values) {
      if (const auto* pattern = std::get_if<policy::Pattern>(&value)) visit(*pattern);
    }
  }
}

// Equal only for conditions that say the same. "${" says something else in each Version.
std::string text_of(const policy::Condition& condition) {
  auto text = lowered(condition.text.op);
  bool variables = false;
  for (const auto& value : condition.text.values) {
    text += '\n' + value;
    variables |= value.contains("${");
  }
  if (variables) text += '\n' + std::to_string(reinterpret_cast<std::uintptr_t>(&condition));
  return text;
}

// ARNs as people know them, before any that fits.
std::vector<TextPattern> usual_arns(std::string_view action) {
  const auto service = lowered(action.substr(0, action.find(':')));
  std::vector<std::string> texts{"eu-west-1:123456789012", ":123456789012", ":", "*:*"};
  if (service == "s3") std::swap(texts[0], texts[2]);
  if (service == "iam") std::swap(texts[0], texts[1]);
  std::vector<TextPattern> patterns;
  for (const auto& text : texts) {
    const auto pattern =
        policy::Pattern::compile("arn:aws:" + service + ":" + text + ":?*",
                                 policy::Grammar::kResource, policy::Dialect::k2008);
    if (pattern) patterns.push_back({pattern->tokens(), false});
  }
  return patterns;
}

}  // namespace

RequestSpace::RequestSpace(Solver& solver, FixedKeys fixed, const std::vector<Statements>& groups)
    : solver_(&solver),
      fixed_(std::move(fixed)),
      resource_(solver, table_, [this](const std::string& name) { return key(name).state(); }),
      action_(solver, table_, [](const std::string&) { return KeyState{}; }) {
  for (const auto& [name, values] : fixed_) fixed_entries_.push_back({name, values});
  build_keys(groups);
  for (auto& entry : fixed_entries_) {
    if (const auto written = written_.find(entry.key); written != written_.end())
      entry.key = written->second;
  }
}

KeyAtoms& RequestSpace::key(const std::string& name) {
  const auto states = [this](const std::string& other) { return key(other).state(); };
  return keys_.try_emplace(lowered(name), *solver_, table_, name, states).first->second;
}

void RequestSpace::mention(const policy::Pattern& pattern) {
  for (const auto& variable : pattern.variables()) {
    written_.try_emplace(lowered(variable.key), variable.key);
    if (!fixed_.contains(lowered(variable.key))) key(variable.key);
  }
}

void RequestSpace::build_keys(const std::vector<Statements>& groups) {
  std::set<const CompiledStatement*> seen;
  std::map<std::string, std::size_t> values;  // the most that one group asks for
  for (const auto& group : groups) {
    std::map<std::string, std::set<std::string>> quantified;
    for (const auto* statement : group) {
      const bool fresh = seen.insert(statement).second;
      if (fresh) each_pattern(*statement, [this](const auto& pattern) { mention(pattern); });
      for (const auto& one : statement->conditions) {
        const auto name = lowered(one.key.name);
        if (fixed_.contains(name)) continue;
        if (fresh) key(one.key.name).mention(one);
        if (one.op.quantifier == policy::Quantifier::kOne) continue;
        quantified[name].insert(text_of(one));
      }
    }
    for (const auto& [name, texts] : quantified)
      values[name] = std::max(values[name], texts.size());
  }
  for (auto& [name, atoms] : keys_) atoms.build(values[name]);
}

Truth RequestSpace::condition(const policy::Condition& condition) {
  if (!fixed_.contains(lowered(condition.key.name)))
    return key(condition.key.name).holds(condition, fixed_);
  const auto tri =
      policy::evaluate(condition, policy::Environment(fixed_entries_, policy::KeyValues::kAbsent));
  return {Solver::constant(tri == Tri::kTrue), Solver::constant(tri != Tri::kFalse)};
}

Truth RequestSpace::applies(const CompiledStatement& statement) {
  if (const auto known = applies_.find(&statement); known != applies_.end()) return known->second;
  std::vector<Formula> surely, maybe;
  for (const auto& pattern : statement.resources) {
    if (pattern.is_everything()) {
      surely.push_back(Solver::constant(true));
      maybe.push_back(Solver::constant(true));
    } else if (const auto id = table_.intern(pattern, false, fixed_)) {
      const auto truth = resource_.matches(*id);
      surely.push_back(truth.surely);
      maybe.push_back(truth.maybe);
    }
  }
  Truth resource{solver_->any(surely), solver_->any(maybe)};
  if (statement.not_resource)
    resource = {solver_->negation(resource.maybe), solver_->negation(resource.surely)};
  surely = {resource.surely};
  maybe = {resource.maybe};
  for (const auto& one : statement.conditions) {
    const auto truth = condition(one);
    surely.push_back(truth.surely);
    maybe.push_back(truth.maybe);
  }
  return applies_[&statement] = {solver_->all(surely), solver_->all(maybe)};
}

void RequestSpace::leave_out(policy::Tokens lower_action) {
  left_out_.insert(table_.intern(TextPattern{std::move(lower_action), true}));
}

// Nothing for the name of an action that is left out: it matches no other.
std::optional<PatternId> RequestSpace::action_pattern(const policy::Pattern& pattern) {
  const auto id = table_.intern(pattern, true, {});
  return id && left_out_.contains(*id) ? std::nullopt : id;
}

Formula RequestSpace::acts(const CompiledStatement& statement) {
  std::vector<Formula> any;
  for (const auto& pattern : statement.actions) {
    if (pattern.is_everything()) {
      any.push_back(Solver::constant(true));
    } else if (const auto id = action_pattern(pattern)) {
      any.push_back(action_.matches(*id).surely);
    }
  }
  const auto listed = solver_->any(any);
  return statement.not_action ? solver_->negation(listed) : listed;
}

Realised RequestSpace::realise_action(const Statements& group) {
  std::vector<PatternId> patterns;
  for (const auto* statement : group) {
    for (const auto& pattern : statement->actions) {
      if (pattern.is_everything()) continue;
      if (const auto id = action_pattern(pattern)) patterns.push_back(*id);
    }
  }
  auto asked = action_.membership(patterns);
  while (true) {
    auto action = table_.realise(asked, Domain::kAction);
    if (action.outcome == Realised::kImpossible) action_.learn(action.core);
    if (action.outcome != Realised::kFound) return action;
    const auto known = std::ranges::find_if(
        left_out_, [&](PatternId one) { return table_.matches(one, action.text); });
    if (known == left_out_.end()) return action;
    solver_->require(solver_->negation(action_.matches(*known).surely));
    asked.push_back({*known, false});
  }
}

Formula RequestSpace::plain() {
  std::vector<Formula> all;
  for (const auto& [name, atoms] : keys_) all.push_back(atoms.plain());
  return solver_->all(all);
}

std::vector<std::string> RequestSpace::open_variables(const Statements& statements) const {
  std::set<std::string> open;
  for (const auto* statement : statements) {
    each_pattern(*statement, [&](const policy::Pattern& pattern) {
      for (const auto& variable : pattern.variables()) {
        if (!fixed_.contains(lowered(variable.key))) open.insert(lowered(variable.key));
      }
    });
  }
  return {open.begin(), open.end()};
}

RequestSpace::Found RequestSpace::realise(const Statements& group, std::string_view action) {
  Found found;
  std::vector<PatternId> patterns;
  std::map<std::string, std::vector<const policy::Condition*>> asked;
  for (const auto& name : open_variables(group)) asked[name];
  for (const auto* statement : group) {
    for (const auto& pattern : statement->resources) {
      if (pattern.is_everything()) continue;
      if (const auto id = table_.intern(pattern, false, fixed_)) patterns.push_back(*id);
    }
    for (const auto& one : statement->conditions) {
      if (const auto name = lowered(one.key.name); !fixed_.contains(name))
        asked[name].push_back(&one);
    }
  }
  auto resource =
      table_.realise(resource_.membership(patterns), Domain::kResource, usual_arns(action));
  found.outcome = resource.outcome;
  if (resource.outcome == Realised::kImpossible) resource_.learn(resource.core);
  if (resource.outcome == Realised::kGaveUp) return found;
  found.request.resource = std::move(resource.text);
  found.request.context = fixed_entries_;
  for (const auto& [name, conditions] : asked) {
    auto& atoms = key(name);
    auto values = atoms.realise(conditions, fixed_);
    if (values.outcome != Realised::kFound) found.outcome = values.outcome;
    if (values.outcome == Realised::kGaveUp) {
      found.barred = true;
      return found;
    }
    if (!values.values.empty())
      found.request.context.push_back({atoms.name(), std::move(values.values)});
  }
  std::erase_if(found.request.context, [](const auto& entry) { return entry.values.empty(); });
  return found;
}

}  // namespace strait::analysis
