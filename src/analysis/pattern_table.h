// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/find_text.h"

// Every pattern of the policies in question once, and what can be said of texts that match some of
// them and not others. Pure but for its memory of answers.
namespace strait::analysis {

// The values that some condition keys are taken to have, by key in lower case: none means absent.
using FixedKeys = std::map<std::string, std::vector<std::string>>;

using PatternId = std::uint32_t;

struct VariableUse {
  std::string key;  // lower case
  std::optional<std::string> fallback;
  bool operator==(const VariableUse&) const = default;
};

// Whether a text is to match a pattern.
struct Membership {
  PatternId pattern = 0;
  bool in = false;
};

enum class Domain : std::uint8_t {
  kText,      // any
  kAction,    // service:Name in lower case
  kResource,  // "*", or an ARN of six parts whose partition, service and last part are not empty
};

struct Realised {
  enum Outcome { kFound, kImpossible, kGaveUp } outcome = kImpossible;
  std::string text;              // kFound
  std::vector<Membership> core;  // kImpossible: of those asked for, some that no text fits
};

class PatternTable {
 public:
  // The number of `pattern`, its variables with fixed keys replaced by their values. nullopt when
  // one of those is absent and has no default: such a pattern matches nothing. A variable whose key
  // has several values stays.
  std::optional<PatternId> intern(const policy::Pattern& pattern, bool fold_case,
                                  const FixedKeys& fixed);
  PatternId intern(TextPattern pattern);

  // Variables that are left; empty for a plain pattern. For a pattern with variables `wide` is the
  // plain one with `*` in their place.
  const std::vector<std::uint16_t>& variables_in(PatternId id) const {
    return entries_[id].variables;
  }
  PatternId wide(PatternId id) const { return entries_[id].wide; }
  const VariableUse& variable(std::uint16_t number) const { return variables_[number]; }
  std::size_t variable_count() const { return variables_.size(); }

  bool matches(PatternId plain, std::string_view text) const;
  // True only if so: no text matches both; every text that matches `inner` matches `outer`,
  // whatever the variables are.
  bool disjoint(PatternId a, PatternId b);
  bool covers(PatternId outer, PatternId inner);

  // A text that is in and out of plain patterns as asked, or why there is none. Of several texts
  // one that matches the first possible of `preferred`.
  Realised realise(const std::vector<Membership>& asked, Domain domain,
                   const std::vector<TextPattern>& preferred = {});

 private:
  struct Entry {
    TextPattern pattern;  // Token::variable is a number of variables_
    std::vector<std::uint16_t> variables;
    PatternId wide = 0;
  };
  std::uint16_t number_of(VariableUse use);
  bool covers_formally(const TextPattern& outer, const TextPattern& inner) const;
  TextSearch search(const std::vector<Membership>& asked, Domain domain, std::size_t states_max,
                    const TextPattern* also = nullptr) const;
  std::vector<Membership> smallest_core(std::vector<Membership> asked, Domain domain) const;
  std::optional<std::vector<Membership>> core_of_two(const std::vector<Membership>& asked);
  std::vector<Membership> without_needless(const std::vector<Membership>& asked);

  std::vector<Entry> entries_;
  std::unordered_map<std::string, PatternId> ids_;  // by tokens as bytes
  std::vector<VariableUse> variables_;
  std::unordered_map<std::uint64_t, bool> disjoint_, covers_;
};

}  // namespace strait::analysis
