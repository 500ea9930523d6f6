// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "journey/verdict.h"
#include "policy/condition.h"
#include "policy/pattern.h"
#include "policy/statement_list.h"

// The compiled form of one role's policies, for this room and for `analysis`. Statements stand in
// the order of the judgement (Deny, ask, Allow), and an index by action leads to the few that can
// matter.
namespace strait::policy {

struct CompiledStatement {
  journey::Effect effect = journey::Effect::kDeny;
  journey::StatementRef ref;
  bool not_action = false;
  bool not_resource = false;
  catalog::Classes classes = 0;  // an or of those that stand in Action as words (class_word.h)
  std::vector<Pattern> actions;  // lower case; without those words
  std::vector<Pattern> resources;
  std::vector<Condition> conditions;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

struct Candidates {
  const StatementList* named = nullptr;    // statements that name the action letter for letter
  const StatementList* classed = nullptr;  // that name a class of the need
  const StatementList* service =
      nullptr;  // with wildcards after this service's prefix; the action is still to be tested
  const StatementList* others = nullptr;  // "*", wildcards in the prefix, NotAction; likewise
};

class ActionIndex {
 public:
  void add(const CompiledStatement& statement, std::uint32_t number);
  Candidates find(std::string_view lower_action, catalog::Classes classes) const;

 private:
  void add_to_classes(catalog::Classes classes, std::uint32_t number,
                      std::span<const Pattern> resources);

  TextMap<StatementList> named_;
  std::vector<StatementList> classed_;  // by the classes of a need; empty: no word in any Action
  TextMap<StatementList> service_;
  StatementList others_;
};

struct CompiledRole {
  std::string arn;
  std::string hash;
  std::vector<CompiledStatement> statements;
  std::uint32_t first_ask = 0;
  std::uint32_t first_allow = 0;
  ActionIndex index;
  bool asks_history = false;  // a condition or variable is about strait:calls or strait:seen
};

// One permission asked for, as the evaluator sees it.
struct Asked {
  std::string_view action;  // as written in the need
  std::string_view lower;   // the same in lower case
  Target resource;
  catalog::Classes classes = 0;
  bool must_be_named = false;
  bool deny_only = false;
  bool supposed = false;  // a kind of thing that the call may not be about at all
};

struct Finding {
  journey::Effect effect = journey::Effect::kDeny;
  const CompiledStatement* by = nullptr;  // nullptr: no statement, so the default deny
};

Finding judge_need(const CompiledRole& role, const Asked& asked, const Environment& environment);

// The statements of one effect that match: definitely where they grant, possibly where they refuse.
std::vector<journey::StatementRef> matching(const CompiledRole& role, const Asked& asked,
                                            const Environment& environment, journey::Effect effect);

// The statements that nearly granted it, for a default deny.
void collect_near_misses(const CompiledRole& role, const Asked& asked,
                         const Environment& environment, std::vector<journey::NearMiss>& out);
inline constexpr std::size_t kNearMissesMax = 5;

bool action_matches(const CompiledStatement& statement, std::string_view lower_action,
                    catalog::Classes classes);
// Whether it names the action letter for letter or by a class, as what must be named wants it.
bool names(const CompiledStatement& statement, std::string_view lower_action,
           catalog::Classes classes);
Tri resource_matches(const CompiledStatement& statement, Target resource,
                     const Environment& environment);

// Needs to a verdict; both Judge and can_i end here. A need that is not `derived` is taken for a
// pattern whatever it says.
journey::Verdict verdict_for(const CompiledRole* role, std::span<const journey::Need> needs,
                             Environment& environment);

}  // namespace strait::policy
