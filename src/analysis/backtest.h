// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/past.h"

// What a policy set would have said to calls of the past, against what was said to them then. Calls
// go in one by one; the differences come out in groups.
namespace strait::analysis {

struct Difference {
  std::string role;    // ARN
  std::string action;  // that decides now
  journey::Effect before = journey::Effect::kDeny;
  journey::Effect after = journey::Effect::kDeny;
  std::string by;  // the statement that decides now, "none" for the default deny
  std::uint64_t count = 0;
  std::uint64_t doubtful = 0;          // of these, where the record lacks something
  std::vector<std::string> call_ids;   // examples, the first ones
  std::vector<std::string> resources;  // examples, each once
};
inline constexpr std::size_t kExamples = 3;

class Backtest {
 public:
  // What was said: the verdict of the leaf, or of another set.
  void take(const Past& past, const std::string& call_id, journey::Effect before,
            const journey::Verdict& after);

  std::uint64_t judged() const { return judged_; }
  std::uint64_t same() const { return same_; }
  std::uint64_t doubtful() const { return doubtful_; }
  // The newly allowed first, then the newly asked, then the newly denied; the most frequent first.
  std::vector<Difference> differences() const;

 private:
  using Group = std::tuple<std::string, std::string, journey::Effect, journey::Effect, std::string>;
  std::map<Group, Difference> groups_;
  std::uint64_t judged_ = 0, same_ = 0, doubtful_ = 0;
};

}  // namespace strait::analysis
