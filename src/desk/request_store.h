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
// What must be recorded before it counts is kept in two steps: open() then publish(), propose()
// then confirm(). Between them the desk has it recorded. A crash between leaves a request that
// nobody is shown until the same call comes again, or a word that never counts and may be given
// again.
namespace strait::desk {

struct Opened {
  Request request;         // as it stands; pending, or denied not long ago
  bool published = false;  // false: have it recorded, then publish()
};

struct Proposal {
  std::int64_t decision = 0;  // for confirm()
  bool completes = false;     // an approval, and the last one needed: confirm() wants a grant id
  Request request;            // as it stands
};

class RequestStore {
 public:
  virtual ~RequestStore() = default;

  // Finds the live request with the same digest, pending or denied, or opens `request`.
  virtual Result<Opened> open(const Request& request, Timestamp now) = 0;
  virtual Status publish(const RequestId& id) = 0;

  virtual Result<Request> find(const RequestId& id) = 0;  // kNotFound; also when unpublished
  // Newest first; `pending_only` leaves out what is decided or past its time.
  virtual Result<std::vector<Request>> list(bool pending_only, Timestamp now, int limit) = 0;

  // kConflict: no longer pending, past its time, or this human (`names` meets an earlier
  // approver's) has spoken already.
  virtual Result<Proposal> propose(const RequestId& id, const Decision& decision,
                                   const Lineage& names, Timestamp now) = 0;
  // Counts it. A denial denies; with enough approvals the request is approved and `grant` exists
  // from `now`. kConflict: the request changed since propose(); nothing is counted.
  virtual Result<Request> confirm(std::int64_t decision, const GrantId& grant, Timestamp now) = 0;

  // Uses up the one live grant for `digest`, by one conditional update: of any number of callers,
  // at once or later, one gets it. nullopt: there is none.
  virtual Result<std::optional<Consumed>> consume(std::string_view digest, std::string_view call,
                                                  Timestamp now) = 0;

  // Marks pending requests past their time as expired, and returns every expired one of which
  // told() was not called yet.
  virtual Result<std::vector<Request>> expire(Timestamp now) = 0;
  virtual Status told(const RequestId& id) = 0;

  // The asker's own words, kept for the approver. kConflict when no longer pending.
  virtual Status give_reason(const RequestId& id, std::string_view reason, Timestamp now) = 0;
};

}  // namespace strait::desk
