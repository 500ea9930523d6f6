// SPDX-License-Identifier: Apache-2.0
#include "gateway/desk_rooms.h"

namespace strait::gateway {

journey::Verdict CurrentPolicies::judge(const journey::Call& call, const journey::Session& session) const {
  return policy::Judge::evaluate(world_.get()->policies, session.role, call, session);
}

std::shared_ptr<const policy::RoleConfig> CurrentPolicies::role(std::string_view arn) const {
  for (const auto& role : world_.get()->roles) {
    if (role->config.policies.arn == arn) return {role, &role->config};
  }
  return nullptr;
}

async::Task<Status> RecordedDesk::requested(const desk::Request& request) {
  // The store keeps text; the record wants the asker's session and the operation, which the text names.
  const auto service = catalog_->service(request.service);
  const auto operation = service ? service->operation(request.operation) : std::nullopt;
  const auto session_id = SessionId::parse(request.session);
  const auto call_id = CallId::parse(request.call);
  if (!operation || !session_id || !call_id) {
    co_return fail(ErrorCode::kInternal, "a request for access names no known session, call or operation");
  }
  const journey::Call asked{.catalog = catalog_,
                            .operation = *operation,
                            .also = {},
                            .protocol = service->protocols().front(),
                            .partition = request.partition,
                            .region = request.region,
                            .account = request.account};
  const journey::Session session{.id = *session_id,
                                 .principal = {.issuer = request.issuer, .subject = request.subject, .claims = {}},
                                 .role = request.role,
                                 .name = request.session_name,
                                 .access_key_id = {}};
  co_return co_await recorder_.approval_requested({.request = request.id,
                                                   .digest = request.digest,
                                                   .call = *call_id,
                                                   .session = &session,
                                                   .asked = &asked,
                                                   .action = request.action,
                                                   .resource = request.resource,
                                                   .policy_hash = request.policy_hash,
                                                   .reason = request.reason,
                                                   .expires = request.expires});
}

async::Task<Status> RecordedDesk::decided(const desk::Request& request, const desk::Decision& decision) {
  co_return co_await recorder_.approval_decided({.request = request.id,
                                                 .digest = request.digest,
                                                 .approved = decision.approve,
                                                 .grant = request.grant.value_or(GrantId()),
                                                 .approver_issuer = decision.issuer,
                                                 .approver_subject = decision.subject,
                                                 .reason = decision.reason,
                                                 .expires = request.grant_expires});
}

async::Task<Status> RecordedDesk::consumed(const desk::Request& request, const desk::Consumed& consumed,
                                           const CallId& call) {
  co_return co_await recorder_.approval_consumed(
      {.request = request.id, .grant = consumed.grant, .digest = request.digest, .call = call});
}

async::Task<Status> RecordedDesk::expired(const desk::Request& request) {
  co_return co_await recorder_.approval_expired(request.id, request.digest);
}

}  // namespace strait::gateway
