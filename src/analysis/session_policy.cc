// SPDX-License-Identifier: Apache-2.0
#include "analysis/session_policy.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/class_spelling.h"
#include "analysis/policy_resource.h"
#include "analysis/session_policy_text.h"
#include "crypto/sha256.h"

namespace strait::analysis {
namespace {

using journey::ScopeMark;
using journey::SessionPolicy;

// Puts together what is said of the same resources under the same conditions.
std::vector<Clause> merged(std::span<const Clause> clauses) {
  std::vector<Clause> out;
  const auto same = [](const Clause& a, const Clause& b) {
    const auto equal = [](const policy::ConditionText& x, const policy::ConditionText& y) {
      return x.op == y.op && x.key == y.key && x.values == y.values;
    };
    return a.deny == b.deny && !a.not_action && !b.not_action && a.not_resource == b.not_resource &&
           a.resources == b.resources && std::ranges::equal(a.conditions, b.conditions, equal);
  };
  for (const auto& clause : clauses) {
    const auto at = std::ranges::find_if(out, [&](const Clause& one) { return same(one, clause); });
    if (at == out.end()) {
      out.push_back(clause);
      continue;
    }
    for (const auto& action : clause.actions) {
      if (std::ranges::find(at->actions, action) == at->actions.end())
        at->actions.push_back(action);
    }
  }
  return out;
}

// Policies from the narrowest on; those that do not fit, or say the same again, stay out.
class Ladder {
 public:
  Ladder& add(ScopeMark mark, bool widened, std::span<const Clause> clauses) {
    if (clauses.empty()) return *this;
    auto json = render(merged(clauses));
    if (json.size() > journey::kSessionPolicyCharsMax) return *this;
    if (!rungs_.empty() && rungs_.back().json == json) return *this;
    auto hash = crypto::sha256_hex(json);
    rungs_.push_back({mark, widened, std::move(json), std::move(hash)});
    return *this;
  }
  bool empty() const { return rungs_.empty(); }
  journey::SessionPolicies finish() {
    return std::make_shared<const std::vector<SessionPolicy>>(std::move(rungs_));
  }

 private:
  std::vector<SessionPolicy> rungs_;
};

Clause everywhere(std::vector<std::string> actions) {
  return {.actions = std::move(actions), .resources = {"*"}, .conditions = {}};
}

std::string_view prefix_of(std::string_view action) { return action.substr(0, action.find(':')); }

// "s3:*" for every service that is named.
Clause whole_services(std::span<const Clause> clauses) {
  std::set<std::string> services;
  for (const auto& clause : clauses) {
    for (const auto& action : clause.actions)
      services.insert(std::string(prefix_of(action)) + ":*");
  }
  return everywhere({services.begin(), services.end()});
}

// The same without Denies and conditions.
std::vector<Clause> bare(std::span<const Clause> clauses) {
  std::vector<Clause> out;
  for (const auto& clause : clauses) {
    if (clause.deny) continue;
    out.push_back(clause);
    out.back().conditions.clear();
  }
  return out;
}

std::vector<Clause> on_everything(std::vector<Clause> clauses) {
  for (auto& clause : clauses) {
    clause.not_resource = false;
    clause.resources = {"*"};
  }
  return clauses;
}

bool any_allow(std::span<const Clause> clauses) {
  return std::ranges::any_of(clauses, [](const Clause& clause) { return !clause.deny; });
}

// What each action is on, actions on the same things together.
std::vector<Clause> clauses_of(std::span<const journey::Need> needs) {
  std::map<std::string, std::set<std::string>> resources;
  for (const auto& need : needs) resources[need.action].insert(policy_resource(need));
  std::vector<Clause> out;
  for (const auto& [action, on] : resources)
    out.push_back({.actions = {action}, .resources = {on.begin(), on.end()}, .conditions = {}});
  return out;
}

// What all texts begin with, and `*`; "*" when that is less than the five first parts of an ARN,
// which AWS wants whole. An escape is not cut through.
std::string common_pattern(std::span<const std::string> texts) {
  std::string_view common = texts.front();
  for (const std::string_view text : texts) {
    const auto [end, other] = std::ranges::mismatch(common, text);
    common = common.substr(0, static_cast<std::size_t>(end - common.begin()));
  }
  if (common.size() == texts.front().size() && texts.size() == 1) return texts.front();
  if (const auto open = common.rfind('$');
      open != std::string_view::npos && common.find('}', open) == std::string_view::npos) {
    common = common.substr(0, open);
  }
  if (std::ranges::count(common, ':') < 5) return "*";
  return std::string(common) + "*";
}

std::vector<Clause> by_common_pattern(std::vector<Clause> clauses) {
  for (auto& clause : clauses) clause.resources = {common_pattern(clause.resources)};
  return clauses;
}

}  // namespace

std::string_view service_of(std::span<const journey::Need> needs) {
  if (needs.empty()) return {};
  const auto service = prefix_of(needs.front().action);
  const bool one = std::ranges::all_of(
      needs, [&](const journey::Need& need) { return prefix_of(need.action) == service; });
  return one ? service : std::string_view();
}

Result<RoleScope> RoleScope::compile(const policy::RoleSource& role,
                                     const catalog::Catalog* catalog) {
  RoleScope scope;
  ClassSpelling spelling(catalog);
  for (const auto* files : {&role.allow, &role.ask}) {
    for (const auto& file : *files) {
      TRY(const auto document, policy::parse_document(file.file, file.text));
      for (const auto& statement : document.statements) {
        if (statement.allow && files == &role.ask) continue;
        TRY(const auto parts, spelling.spell_out(statement, scope.widened_));
        for (const auto& part : parts) {
          auto clause = portable(part.statement, document.dialect, scope.widened_);
          if (!clause) continue;
          clause->spelled_out = part.of_classes;
          scope.clauses_.push_back(*std::move(clause));
        }
      }
    }
  }
  const bool named = std::ranges::none_of(
      scope.clauses_, [](const Clause& clause) { return !clause.deny && spans_services(clause); });
  if (!named || !any_allow(scope.clauses_)) return scope;
  Ladder ladder;
  ladder.add(ScopeMark::kRole, scope.widened_, scope.clauses_);
  if (ladder.empty()) return scope;
  const auto services = whole_services(bare(scope.clauses_));
  scope.whole_ = ladder.add(ScopeMark::kCoarse, true, {&services, 1}).finish();
  return scope;
}

bool RoleScope::wants_exact(std::span<const journey::Need> needs) {
  return std::ranges::any_of(needs, [&](const journey::Need& need) {
    if (!need.deny_only) return need.classes != 0 || !need.derived;
    // AWS may ask for an action that the judgement did not: another reading of what the call is on
    // is no such thing.
    return std::ranges::none_of(needs, [&](const journey::Need& other) {
      return !other.deny_only && other.action == need.action;
    });
  });
}

journey::SessionPolicies RoleScope::for_service(std::string_view service) const {
  std::vector<Clause> inside;
  for (const auto& clause : clauses_) {
    if (auto part = within(clause, service)) inside.push_back(*std::move(part));
  }
  if (!any_allow(inside)) return nullptr;
  const auto allowed = bare(inside);
  const bool lost =
      widened_ || allowed.size() != inside.size() ||
      std::ranges::any_of(inside, [](const auto& c) { return !c.conditions.empty(); });
  const auto all = everywhere({std::string(service) + ":*"});
  return Ladder()
      .add(ScopeMark::kService, widened_, inside)
      .add(ScopeMark::kService, lost, allowed)
      .add(ScopeMark::kCoarse, true, on_everything(allowed))
      .add(ScopeMark::kCoarse, true, {&all, 1})
      .finish();
}

journey::SessionPolicies RoleScope::for_call(std::span<const journey::Need> needs) const {
  const auto exact = clauses_of(needs);
  auto with_services = exact;
  auto without_classes = exact;
  for (auto clause : clauses_) {
    if (!clause.deny) clause.conditions.push_back({"Bool", "aws:ViaAWSService", {"true"}});
    if (clause.deny || !clause.spelled_out) without_classes.push_back(clause);
    with_services.push_back(std::move(clause));
  }
  const auto services = whole_services(exact);
  return Ladder()
      .add(ScopeMark::kExact, false, with_services)
      .add(ScopeMark::kExact, false, without_classes)
      .add(ScopeMark::kExact, false, exact)
      .add(ScopeMark::kCoarse, true, by_common_pattern(exact))
      .add(ScopeMark::kCoarse, true, on_everything(exact))
      .add(ScopeMark::kCoarse, true, {&services, 1})
      .finish();
}

}  // namespace strait::analysis
