// SPDX-License-Identifier: Apache-2.0
#include "gateway/desk_rooms.h"

namespace strait::gateway {

journey::Verdict CurrentPolicies::judge(const journey::Call& call,
                                        const journey::Session& session) const {
  const auto world = world_.get();
  if (!world->policies.asks_history(session.role))
    return policy::Judge::evaluate(world->policies, session.role, call, session);
  const auto who = Counted::session(session);
  const auto past = counted_.sessions.enter(who, clock_.now());
  return policy::Judge::evaluate(world->policies, session.role, call, session, &past);
}

std::shared_ptr<const policy::RoleConfig> CurrentPolicies::role(std::string_view arn) const {
  for (const auto& role : world_.get()->roles) {
    if (role->config.policies.arn == arn) return {role, &role->config};
  }
  return nullptr;
}

// Events are named before they are awaited: g++ 12 destroys a braced temporary inside a co_await
// expression twice.
async::Task<Status> RecordedDesk::requested(const desk::Request& request,
                                            const journey::JudgedCall& call) {
  store::ApprovalRequested event{.request = request.id,
                                 .digest = request.digest,
                                 .call = call.arrival().id,
                                 .session = &call.session(),
                                 .asked = &call.call(),
                                 .action = request.action,
                                 .resource = request.resource,
                                 .policy_hash = request.policy_hash,
                                 .reason = request.reason,
                                 .expires = request.expires};
  co_return co_await recorder_.approval_requested(std::move(event));
}

async::Task<Status> RecordedDesk::decided(const desk::Request& request,
                                          const desk::Decision& decision, const GrantId& grant,
                                          Timestamp grant_expires) {
  store::ApprovalDecided event{.request = request.id,
                               .digest = request.digest,
                               .approved = decision.approve,
                               .grant = grant,
                               .approver_issuer = decision.issuer,
                               .approver_subject = decision.subject,
                               .reason = decision.reason,
                               .expires = grant_expires};
  co_return co_await recorder_.approval_decided(std::move(event));
}

async::Task<Status> RecordedDesk::consumed(const desk::Request& request,
                                           const desk::Consumed& consumed, const CallId& call) {
  store::ApprovalConsumed event{
      .request = request.id, .grant = consumed.grant, .digest = request.digest, .call = call};
  co_return co_await recorder_.approval_consumed(std::move(event));
}

async::Task<Status> RecordedDesk::expired(const desk::Request& request) {
  co_return co_await recorder_.approval_expired(request.id, request.digest);
}

}  // namespace strait::gateway
