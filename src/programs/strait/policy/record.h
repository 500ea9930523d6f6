// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "analysis/past.h"
#include "store/state_dir.h"

// The record as the policy verbs read it: the calls of one session, of one role, or of all, each
// made whole again.
namespace strait::programs {

struct RecordChoice {
  std::string state;
  std::string session;  // an id or its beginning, or "last"; "" for every session
  std::string call;     // an id; "" for every call
  std::string role;     // ARN or name; "" for every role
  std::string since;    // "8h", "2d", or an RFC 3339 time; "" for everything
};

// --state, --session, --role, --since.
void add_record_options(CLI::App& verb, RecordChoice& choice);

struct RecordedPast {
  const ledger::PastCall& recorded;
  const analysis::Past& past;
  bool whole;  // every earlier call of its session was given too
};

struct RecordTold {
  std::uint64_t calls = 0;       // given to `take`
  std::uint64_t not_judged = 0;  // refused before policy was asked
  std::uint64_t lost = 0;  // that cannot be made whole: the catalog does not know them any more
  std::string why_lost;    // of the first
};

// Gives every chosen call to `take`, session by session, in the order of their times within one.
// kNotFound when the record, or what was chosen, does not exist. With `progress` a line on stderr
// says how far it is, when that is a terminal.
Result<RecordTold> read_past(const RecordChoice& choice,
                             const std::shared_ptr<const catalog::Catalog>& catalog, bool progress,
                             const std::function<void(const RecordedPast&)>& take);

// "developer" or its ARN, as the record has it.
bool is_role(std::string_view arn, std::string_view asked);

}  // namespace strait::programs
