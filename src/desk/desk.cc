// SPDX-License-Identifier: Apache-2.0
#include "desk/desk.h"

#include <algorithm>

#include "crypto/random.h"
#include "desk/card.h"
#include "desk/digest.h"
#include "desk/person.h"

namespace strait::desk {
namespace {

using journey::Effect;
using std::chrono::milliseconds;

constexpr std::size_t kReasonBytesMax = 2000;  // of an agent's or an approver's words

milliseconds between(Timestamp from, Timestamp to) {
  return std::chrono::ceil<milliseconds>(to - from);
}

std::string refusal_text(const Request& request) {
  std::string by = "nobody";
  std::string reason;
  for (const auto& decision : request.decisions) {
    if (decision.approve) continue;
    by = printable(decision.display, 100);
    reason = printable(decision.reason, 200);
  }
  return "approval " + std::string(request.id.str()) + " was refused by " + by +
         (reason.empty() ? "" : ": " + reason);
}

std::string waiting_text(const Request& request) {
  std::string who;
  for (const auto& rule : request.approvers)
    who += (who.empty() ? "" : ", ") + printable(rule, 100);
  return "it needs approval; request " + std::string(request.id.str()) + " waits for " +
         (who.empty() ? "nobody, as its role lists no approvers" : who) + " until " +
         rfc3339(request.expires).substr(0, 19) + "Z";
}

}  // namespace

struct Desk::Asking {
  std::shared_ptr<const policy::RoleConfig> role;
  std::string digest;
  const journey::Verdict& verdict;  // of the call, which outlives this

  std::unexpected<Refused> refuse(Error why,
                                  std::optional<RequestId> request = std::nullopt) const {
    return std::unexpected(Refused{std::move(why), std::move(request), verdict});
  }
};

std::optional<journey::PermittedCall> Desk::permit(journey::JudgedCall& call) {
  if (call.verdict().effect != Effect::kAllow) return std::nullopt;
  return journey::PermittedCall({}, std::move(call), std::nullopt);
}

async::Task<Desk::Settled> Desk::settle(journey::JudgedCall& call, Interim& interim) {
  switch (call.verdict().effect) {
    case Effect::kAllow: co_return journey::PermittedCall({}, std::move(call), std::nullopt);
    case Effect::kAsk: co_return co_await ask(call, interim);
    case Effect::kDeny: break;
  }
  co_return std::unexpected(
      Refused{error(ErrorCode::kDenied, call.verdict().why), std::nullopt, call.verdict()});
}

async::Task<Desk::Settled> Desk::ask(journey::JudgedCall& call, Interim& interim) {
  Asking asking{policies_.role(call.session().role), "", call.verdict()};
  if (asking.role == nullptr) {
    co_return asking.refuse(error(ErrorCode::kDenied, "the role of this session no longer exists"));
  }
  auto digest = call_digest(call.call(), call.session(), call.verdict().policy_hash);
  if (!digest) co_return asking.refuse(std::move(digest).error());
  asking.digest = *std::move(digest);

  if (auto used = co_await use_grant(asking, call)) co_return *std::move(used);
  auto opened = co_await open(asking, call);
  if (!opened) co_return asking.refuse(std::move(opened).error());
  const auto id = opened->id;
  auto held = co_await hold(*std::move(opened), asking, interim);
  if (!held) co_return asking.refuse(std::move(held).error(), id);
  if (held->state == RequestState::kApproved && interim.client_gone()) {
    co_return asking.refuse(error(ErrorCode::kApprovalRequired,
                                  "the client went away; the approval is kept for its next try"),
                            id);
  }
  co_return co_await after_hold(asking, *held, call);
}

// A crash after the grant is used up and before the call's INTENT is durable loses the grant: the
// call was not sent, and never will be by itself.
async::Task<std::optional<Desk::Settled>> Desk::use_grant(const Asking& asking,
                                                          journey::JudgedCall& call) {
  const auto verdict = policies_.judge(call.call(), call.session());
  if (verdict.effect == Effect::kDeny) {
    co_return Settled(
        std::unexpected(Refused{error(ErrorCode::kDenied, verdict.why), std::nullopt, verdict}));
  }
  if (verdict.effect != Effect::kAsk || verdict.policy_hash != asking.verdict.policy_hash) {
    co_return asking.refuse(
        error(ErrorCode::kUnavailable,
              "the policy changed while this call was being decided; send it again"));
  }
  const auto now = clock_.now();
  const auto& call_id = call.arrival().id;
  auto consumed =
      co_await pool_.run([&] { return store_.consume(asking.digest, call_id.str(), now); });
  if (!consumed) co_return asking.refuse(std::move(consumed).error());
  if (!*consumed) co_return std::nullopt;
  const auto& grant = **consumed;
  auto request = co_await pool_.run([&] { return store_.find(grant.request); });
  if (!request) co_return asking.refuse(std::move(request).error(), grant.request);
  if (auto recorded = co_await events_.consumed(*request, grant, call_id); !recorded) {
    co_return asking.refuse(std::move(recorded).error(), grant.request);
  }
  journey::Approval approval{grant.request, grant.grant, asking.digest, grant.approvers};
  co_return journey::PermittedCall({}, std::move(call), std::move(approval));
}

Request Desk::request_for(const Asking& asking, const journey::JudgedCall& judged) const {
  const auto& call = judged.call();
  const auto& session = judged.session();
  const auto& verdict = judged.verdict();
  Request request;
  request.created = clock_.now();
  request.id = RequestId::make(request.created, crypto::random_entropy());
  request.digest = asking.digest;
  request.call = judged.arrival().id.str();
  request.invocation_id = call.invocation_id;
  request.session = session.id.str();
  request.session_name = session.name;
  request.issuer = session.principal.issuer;
  request.subject = session.principal.subject;
  request.asker = display_name(session.principal);
  request.role = session.role;
  request.account = call.account;
  request.partition = call.partition;
  request.region = call.region;
  request.connection = asking.role->connection;
  std::string_view access_level;
  if (call.catalog != nullptr) {
    request.service = call.operation.service().name();
    request.operation = call.operation.name();
    access_level = call.catalog->access_level(verdict.action);
  }
  catalog::Classes classes = 0;
  for (const auto& need : call.needs)
    classes |= need.deny_only ? catalog::Classes{0} : need.classes;
  request.action = verdict.action;
  request.resource = verdict.resource;
  request.rule = verdict.decided_by.empty() ? "none" : verdict.decided_by.front().str();
  request.policy_hash = verdict.policy_hash;
  const auto operation = std::string_view(verdict.action).substr(verdict.action.find(':') + 1);
  request.risk = risk_word(access_level, operation, classes);
  request.parameters = shown_parameters(call);
  request.lineage = lineage_of(session.principal);
  request.approvers = asking.role->approvers;
  request.approvals_required = std::max(1, asking.role->approvals_required);
  request.expires = request.created + asking.role->approval_expiry;
  request.grant_for = asking.role->approval_expiry;
  return request;
}

async::Task<Result<Request>> Desk::open(const Asking& asking, const journey::JudgedCall& call) {
  const auto fresh = request_for(asking, call);
  CO_TRY(auto opened, co_await pool_.run([&] { return store_.open(fresh, fresh.created); }));
  if (opened.published) co_return std::move(opened.request);
  CO_CHECK_OK(co_await events_.requested(opened.request, call));
  CO_CHECK_OK(co_await pool_.run([&] { return store_.publish(opened.request.id); }));
  co_return std::move(opened.request);
}

// Waits until somebody decides, the role's hold is over or the client goes away. Decisions of this
// process wake it; those of others are found by looking once in a while.
async::Task<Result<Request>> Desk::hold(Request request, const Asking& asking, Interim& interim) {
  const auto held_for = std::min<milliseconds>(asking.role->hold, times_.hold_max);
  const auto until = std::min(clock_.now() + held_for, request.expires);
  auto next_interim = clock_.now() + times_.interim;
  while (request.state == RequestState::kPending) {
    const auto seen = decided_.version();
    CO_TRY(request, co_await pool_.run([&] { return store_.find(request.id); }));
    const auto now = clock_.now();
    if (request.state != RequestState::kPending || now >= until || interim.client_gone()) break;
    if (now >= next_interim) {
      CO_CHECK_OK(co_await interim.send_continue());
      next_interim = now + times_.interim;
    }
    const auto span = std::min(times_.poll, between(now, std::min(until, next_interim)));
    co_await decided_.wait(seen, span);
  }
  co_return request;
}

async::Task<Desk::Settled> Desk::after_hold(const Asking& asking, const Request& request,
                                            journey::JudgedCall& call) {
  switch (request.state) {
    case RequestState::kApproved: {
      if (auto used = co_await use_grant(asking, call)) co_return *std::move(used);
      co_return asking.refuse(
          error(ErrorCode::kApprovalRequired, "the approval " + std::string(request.id.str()) +
                                                  " was for one call and has been used"),
          request.id);
    }
    case RequestState::kDenied:
      co_return asking.refuse(error(ErrorCode::kApprovalRefused, refusal_text(request)),
                              request.id);
    case RequestState::kExpired:
      co_return asking.refuse(
          error(ErrorCode::kApprovalRequired,
                "approval " + std::string(request.id.str()) + " expired before anybody decided"),
          request.id);
    case RequestState::kPending: break;
  }
  co_return asking.refuse(error(ErrorCode::kApprovalRequired, waiting_text(request)), request.id);
}

async::Task<Result<Request>> Desk::decide(RequestId id, journey::Principal who, bool approve,
                                          std::string reason) {
  CO_TRY(const auto asked, co_await pool_.run([&] { return store_.find(id); }));
  const auto names = lineage_of(who);
  if (asked.lineage.meets(names)) {
    co_return fail(ErrorCode::kDenied,
                   "you are behind this request, so another person must decide it");
  }
  // Who may decide is what the role says now, and what it said when the request was shown.
  const auto role = policies_.role(asked.role);
  if (role == nullptr || !is_listed(who, role->approvers) || !is_listed(who, asked.approvers)) {
    co_return fail(ErrorCode::kDenied, "you are not among the approvers of this role");
  }
  reason.resize(std::min(reason.size(), kReasonBytesMax));
  const auto now = clock_.now();
  const Decision decision{approve,           who.issuer,        who.subject,
                          display_name(who), std::move(reason), now};
  CO_TRY(const auto proposal,
         co_await pool_.run([&] { return store_.propose(id, decision, names, now); }));
  const auto grant = proposal.completes ? GrantId::make(now, crypto::random_entropy()) : GrantId();
  CO_CHECK_OK(co_await events_.decided(proposal.request, decision, grant,
                                       now + proposal.request.grant_for));
  CO_TRY(auto decided,
         co_await pool_.run([&] { return store_.confirm(proposal.decision, grant, now); }));
  decided_.notify();
  co_return decided;
}

async::Task<Result<Request>> Desk::find(RequestId id) {
  co_return co_await pool_.run([&] { return store_.find(id); });
}

async::Task<Result<std::vector<Request>>> Desk::list(bool pending_only, int limit) {
  const auto now = clock_.now();
  co_return co_await pool_.run([&] { return store_.list(pending_only, now, limit); });
}

async::Task<Status> Desk::give_reason(RequestId id, journey::Principal asker, std::string reason) {
  CO_TRY(const auto request, co_await pool_.run([&] { return store_.find(id); }));
  if (request.issuer != asker.issuer || request.subject != asker.subject) {
    co_return fail(ErrorCode::kDenied, "only the one who asks can give the reason");
  }
  reason.resize(std::min(reason.size(), kReasonBytesMax));
  const auto now = clock_.now();
  co_return co_await pool_.run([&] { return store_.give_reason(id, reason, now); });
}

async::Task<Status> Desk::sweep() {
  const auto now = clock_.now();
  CO_TRY(const auto expired, co_await pool_.run([&] { return store_.expire(now); }));
  for (const auto& request : expired) {
    CO_CHECK_OK(co_await events_.expired(request));
    CO_CHECK_OK(co_await pool_.run([&] { return store_.told(request.id); }));
  }
  if (!expired.empty()) decided_.notify();
  co_return Status();
}

}  // namespace strait::desk
