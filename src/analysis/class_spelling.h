// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "analysis/known_actions.h"
#include "base/result.h"
#include "policy/document.h"

// The words for classes, spelled out as actions for AWS, which does not know them. Private to this
// room's session_policy.cc.
//
// What is granted may come out wider, never narrower: an Allow gets every action that a call of the
// class can need, a Deny those that no other call needs, and what NotAction excepts the other way
// round.
namespace strait::analysis {

class ClassSpelling {
 public:
  // `catalog` outlives this; nullptr: every word is refused.
  explicit ClassSpelling(const catalog::Catalog* catalog) : catalog_(catalog) {}

  struct Part {
    policy::StatementText statement;
    bool of_classes = false;  // its actions are all those of classes
  };
  // The statement itself when it has no such word; else what is beside the words and what they
  // stand for, either of which may be missing. `widened` is set when the actions say more.
  Result<std::vector<Part>> spell_out(const policy::StatementText& statement, bool& widened);

 private:
  const catalog::Catalog* catalog_;
  std::vector<KnownAction> known_;  // once a word has been met
};

}  // namespace strait::analysis
