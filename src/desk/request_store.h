// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/request.h"

// Requests, decisions and grants, durably. Every function is one transaction: a crash inside it
// means that nothing happened, after it that all of it did. Functions may wait for the disk; the
// desk calls them on its blocking pool. Any thread, and any number of processes on one store.
//
// A decision is kept in two steps, so that nothing counts before it is recorded: propose() keeps it
// uncounted, the desk has it recorded, confirm() counts it. A crash between leaves a word that
// never counts; it may be given again.
namespace strait::desk {

struct Opened {
  Request request;
  bool joined = false;  // a pending request with that digest was there already
};

struct Proposal {
  std::int64_t decision = 0;  // for confirm()
  Request request;            // as it stands
};

class RequestStore {
 public:
  virtual ~RequestStore() = default;

  // Opens `request`, or finds the live pending one with the same digest.
  virtual Result<Opened> open_or_join(const Request& request, Timestamp now) = 0;
  // Takes back a request that could not be recorded.
  virtual Status withdraw(const RequestId& id) = 0;

  virtual Result<Request> find(const RequestId& id) = 0;  // kNotFound
  // Newest first; `pending_only` leaves out what is decided or past its time.
  virtual Result<std::vector<Request>> list(bool pending_only, Timestamp now, int limit) = 0;

  // kConflict: no longer pending, past its time, or this human has spoken already (`names` meets an
  // earlier approver).
  virtual Result<Proposal> propose(const RequestId& id, const Decision& decision,
                                   const Lineage& names, Timestamp now) = 0;
  // Counts it. A denial denies; with enough approvals the request is approved and its one grant
  // exists from `now`.
  virtual Result<Request> confirm(std::int64_t decision, const GrantId& grant, Timestamp now) = 0;

  // Uses up the one live grant for `digest`, by one conditional update: of any number of callers,
  // at once or later, one gets it. nullopt: there is none.
  virtual Result<std::optional<Consumed>> consume(std::string_view digest, std::string_view call,
                                                  Timestamp now) = 0;

  // Marks pending requests past their time as expired and returns them.
  virtual Result<std::vector<Request>> expire(Timestamp now) = 0;

  // The asker's own words, kept for the approver. Only while pending.
  virtual Status give_reason(const RequestId& id, std::string_view reason, Timestamp now) = 0;
};

}  // namespace strait::desk
