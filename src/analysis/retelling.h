// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <map>
#include <string>

#include "analysis/past.h"
#include "policy/history.h"

// Recorded calls judged by one policy set as the gateway would have judged them, one after another:
// what this set lets through is what its conditions on history count, not what was let through
// then.
namespace strait::analysis {

class Retelling {
 public:
  explicit Retelling(const policy::PolicySet& policies) : policies_(policies) {}

  // What the record says of one call, beside the call itself.
  struct Then {
    Timestamp at{};
    bool sent = false;   // so that somebody has approved it, should the set ask
    bool whole = false;  // every earlier call of the session has been told
  };
  // Session by session, in the order of their times. History is unknown where the telling is not
  // whole.
  journey::Verdict judge(const Past& past, const Then& then);

 private:
  class Done final : public policy::History {
   public:
    std::optional<std::uint64_t> done(const policy::HistoryAsk& ask) const override;

    Timestamp now{};
    bool whole = true;
    std::map<std::string, std::uint64_t, std::less<>> totals;   // by action
    std::deque<std::pair<Timestamp, std::string_view>> events;  // of the last kHistoryWindowMax
  };

  const policy::PolicySet& policies_;
  SessionId session_;
  Done done_;
};

}  // namespace strait::analysis
