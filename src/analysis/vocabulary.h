// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "policy/pattern.h"

// What AWS's names mean to somebody who writes policy: which actions a pattern reaches, what kinds
// of thing an action is on, whether the gateway can know a condition key when it is asked. Made
// once from a catalog, which must outlive it; immutable.
namespace strait::analysis {

class Vocabulary {
 public:
  explicit Vocabulary(const catalog::Catalog& catalog);

  const catalog::Catalog& catalog() const { return *catalog_; }

  // Actions by number, in order of their lower-case names.
  std::uint32_t action_count() const { return static_cast<std::uint32_t>(lower_.size()); }
  std::string_view action(std::uint32_t at) const { return catalog_->action(at); }
  const std::string& lower_action(std::uint32_t at) const { return lower_[at]; }
  // By an entry of Action, in lower case; a word for a class matches what is of it.
  std::vector<std::uint32_t> matched_by(const policy::Pattern& lower_pattern) const;
  catalog::Classes classes_of(std::uint32_t at) const {
    return catalog_->classes_of_action(lower_[at]);
  }
  // Whether it must be named: `*` does not reach it.
  bool must_be_named(std::uint32_t at) const;
  // The same, or true of some calls that need it: those that do not say what they are on.
  bool naming_helps(std::string_view lower_action) const;

  // The ARN patterns of what operations need the action on, "*" for one without resource types.
  // Empty: no operation needs it, or nothing is known.
  std::span<const std::string_view> things_of(std::uint32_t at) const { return things_[at]; }

  // Whether a call that needs the action can ever say what the key is worth: false means that it is
  // unknown every time.
  bool can_know(std::uint32_t action, std::string_view key) const;

  // "; did you mean ..." for an action or a key that is not known, "" when nothing is near.
  std::string did_you_mean_action(std::string_view action) const;
  std::string did_you_mean_key(std::string_view key) const;

 private:
  const catalog::Catalog* catalog_;
  std::vector<std::string> lower_;
  std::vector<std::vector<std::string_view>> things_;  // by action
  std::vector<bool> vague_;  // by action: on something that some operation's input does not tell
  std::vector<std::vector<catalog::Operation>> operations_;  // that need the action
};

// Whether a Resource entry can be met by a thing of that ARN pattern
// ("arn:${Partition}:s3:::${BucketName}").
bool may_be_on(const policy::Pattern& resource, std::string_view thing);

// "returns-credentials, run-code"
std::string text_of(catalog::Classes classes);

}  // namespace strait::analysis
