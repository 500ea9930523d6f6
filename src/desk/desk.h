// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/blocking_pool.h"
#include "async/clock.h"
#include "async/notifier.h"
#include "async/task.h"
#include "base/limits.h"
#include "desk/request_store.h"
#include "journey/journey.h"
#include "policy/role.h"

// Where a judged call becomes a permitted one, at once or after a human. Design section 7 is what
// it does; in short:
//
//   settle   allow: permitted. deny: refused. ask: uses up the grant for exactly this call when
//   there is one; else
//            opens or joins a request, waits up to the role's hold, then says kApprovalRequired
//            with the request's id.
//   decide   a listed human who is not behind the asker approves or denies. Enough distinct
//   approvals make one grant.
//
// Nothing counts that was not recorded: DeskEvents is asked at every step, and where it fails the
// step fails. A grant is used up before its use is recorded and the call is sent, so a crash in
// between loses the grant and never uses it twice. Policy is asked again after waiting: a new Deny
// wins, and a changed policy means asking again.
//
// Desk may be used from any loop. Everything it is given must outlive it, and it must outlive the
// calls that wait.
namespace strait::desk {

// How the connection of a waiting client is kept open.
class Interim {
 public:
  virtual async::Task<Status>
  send_continue() = 0;  // `HTTP/1.1 100 Continue`; an error ends the wait
  virtual bool client_gone() const = 0;

 protected:
  ~Interim() = default;
};

// Where every transition is made durable before it counts. An error makes the transition fail.
class DeskEvents {
 public:
  virtual async::Task<Status> requested(const Request& request,
                                        const journey::JudgedCall& call) = 0;
  // `grant` is empty unless this decision is the last approval that was needed.
  virtual async::Task<Status> decided(const Request& request, const Decision& decision,
                                      const GrantId& grant, Timestamp grant_expires) = 0;
  virtual async::Task<Status> consumed(const Request& request, const Consumed& consumed,
                                       const CallId& call) = 0;
  virtual async::Task<Status> expired(const Request& request) = 0;

 protected:
  ~DeskEvents() = default;
};

// The policies in force at the moment of asking.
class PolicyView {
 public:
  virtual journey::Verdict judge(const journey::Call& call,
                                 const journey::Session& session) const = 0;
  virtual std::shared_ptr<const policy::RoleConfig> role(
      std::string_view arn) const = 0;  // nullptr: gone

 protected:
  ~PolicyView() = default;
};

// Why not, for the refusal: what policy says now (it may have changed while waiting) and the
// request to wait for.
struct Refused {
  Error error;  // kDenied, kApprovalRequired, kApprovalRefused, kUnsupported, kUnavailable, ...
  std::optional<RequestId> request;
  journey::Verdict verdict;  // verdict.why is the sentence's "because ..."
};

struct DeskTimes {
  std::chrono::milliseconds hold_max = limits::kHoldMax;
  std::chrono::milliseconds interim = limits::kHoldInterim;
  std::chrono::milliseconds poll{1000};  // for decisions that another process made
};

class Desk {
 public:
  Desk(RequestStore& store, DeskEvents& events, const PolicyView& policies,
       const async::Clock& clock, async::BlockingPool& pool, DeskTimes times = {})
      : store_(store),
        events_(events),
        policies_(policies),
        clock_(clock),
        pool_(pool),
        times_(times) {}

  // For calls that need nobody: permitted when the verdict is allow, without a coroutine. Else
  // `call` is untouched.
  std::optional<journey::PermittedCall> permit(journey::JudgedCall& call);

  // `call` is moved from only when the answer is yes.
  async::Task<std::expected<journey::PermittedCall, Refused>> settle(journey::JudgedCall& call,
                                                                     Interim& interim);

  // `who` is authenticated by the caller. kDenied: not listed, or the human behind the asker;
  // kConflict: too late.
  async::Task<Result<Request>> decide(RequestId id, journey::Principal who, bool approve,
                                      std::string reason);

  async::Task<Result<Request>> find(RequestId id);
  async::Task<Result<std::vector<Request>>> list(bool pending_only, int limit = 100);
  // The agent's stated reason; only from the asker's own identity. kDenied otherwise.
  async::Task<Status> give_reason(RequestId id, journey::Principal asker, std::string reason);
  // Expires what is past its time. The owner calls it every few seconds.
  async::Task<Status> sweep();

 private:
  using Settled = std::expected<journey::PermittedCall, Refused>;
  struct Asking;  // what settle() carries from step to step

  async::Task<Settled> ask(journey::JudgedCall& call, Interim& interim);
  // Uses up a grant for this very call, if policy still says ask. nullopt: there is none.
  async::Task<std::optional<Settled>> use_grant(const Asking& asking, journey::JudgedCall& call);
  async::Task<Result<Request>> open(const Asking& asking, const journey::JudgedCall& call);
  async::Task<Result<Request>> hold(Request request, const Asking& asking, Interim& interim);
  async::Task<Settled> after_hold(const Asking& asking, const Request& request,
                                  journey::JudgedCall& call);
  Request request_for(const Asking& asking, const journey::JudgedCall& call) const;

  RequestStore& store_;
  DeskEvents& events_;
  const PolicyView& policies_;
  const async::Clock& clock_;
  async::BlockingPool& pool_;
  DeskTimes times_;
  async::Notifier decided_;  // something was decided here
};

}  // namespace strait::desk
