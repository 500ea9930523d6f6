// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/past.h"

// The least policy for calls that were really made: their actions by name, the resources they were
// on, and what was the same every time as a condition. Calls go in one by one; a policy comes out.
namespace strait::analysis {

struct SuggestionRules {
  // So many different resources that differ only behind their last '/' stand for all that begin
  // alike. 0: never.
  std::size_t evidence = 5;
  // Ids that AWS made up (i-0123456789abcdef0, UUIDs) stand for any such id where the calls made
  // things of that service: the next run will be given others.
  bool new_ids = true;
  // What was the same in at least so many calls becomes a condition.
  std::size_t constant_after = 3;
};

// Where a suggestion says more than was seen.
struct Generalised {
  std::string action, pattern;
  std::size_t seen = 0;  // resources; 0: an id that AWS made up
};

struct Suggestion {
  std::string policy_json;  // an IAM policy, indented
  std::size_t statements = 0;
  std::vector<Generalised> generalised;
};

class Suggester {
 public:
  explicit Suggester(SuggestionRules rules) : rules_(rules) {}

  void take(const Past& past);
  std::size_t calls() const { return calls_; }
  Suggestion suggest() const;

 private:
  // What was seen of one action.
  struct Seen {
    std::uint64_t times = 0;
    std::set<std::string> resources;  // as patterns of the policy language
    // Values by condition key; a key that was missing or had several values once is no constant.
    std::map<std::string, std::set<std::string>> values;
    std::map<std::string, std::uint64_t> counts;  // how often the key had one value
  };
  void note_conditions(const journey::Call& call, const journey::Need& need, Seen& seen);

  SuggestionRules rules_;
  std::map<std::string, Seen> actions_;
  std::size_t calls_ = 0;
};

}  // namespace strait::analysis
