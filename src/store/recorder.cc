// SPDX-License-Identifier: Apache-2.0
#include "store/recorder.h"

#include "codec/json.h"
#include "store/recorder_impl.h"

namespace strait::store {
namespace {

// The index of what was added is not wanted.
Status only_status(Result<std::uint64_t> added) {
  if (!added) return std::unexpected(std::move(added).error());
  return {};
}

ledger::RefusedBody describe(const journey::Refusal& refusal, const RefusedNote& note,
                             const ledger::Target* target) {
  ledger::RefusedBody body{.error = {name(refusal.error.code), refusal.error.message}};
  body.id = note.call.str();
  body.session = note.session;
  body.asked_as = note.claimed_access_key_id;
  body.target = target;
  if (note.request != nullptr) body.needs = note.request->needs;
  body.verdict = note.verdict;
  body.client.peer = note.peer;
  if (note.request != nullptr) {
    body.client.agent = note.request->user_agent;
    body.client.invocation = note.request->invocation_id;
  }
  body.rule = note.rule;
  body.status = refusal.head.status;
  body.request = note.approval_request.str();
  return body;
}

// A call that had its INTENT and ends in a refusal.
Draft ending_of(const journey::Refusal& refusal, const RefusedNote& note) {
  const auto& intent = *note.intent;
  if (note.upstream == RefusedNote::Upstream::kUnknown) {
    const auto why = std::string(name(refusal.error.code)) + ": " + refusal.error.message;
    return {ledger::Kind::kOutcomeUnknown,
            ledger::outcome_unknown_body(intent.call.str(), intent.index, why),
            {},
            0};
  }
  ledger::ResultBody body{.id = intent.call.str(), .intent = intent.index};
  const bool answered = note.upstream == RefusedNote::Upstream::kAnswered;
  body.outcome = answered ? ledger::Outcome::kWithheld : ledger::Outcome::kNotSent;
  if (answered) body.status = note.upstream_status;
  body.aws_request_id = note.aws_request_id;
  body.error = ledger::Failure{name(refusal.error.code), refusal.error.message};
  return {ledger::Kind::kResult, ledger::result_body(body), {}, 0};
}

}  // namespace

IntentRef ref(const journey::IntendedCall& intended) {
  return {intended.permitted().arrival().id, intended.permitted().session().id,
          intended.intent_index()};
}

Recorder::Recorder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Recorder::~Recorder() = default;

Result<std::unique_ptr<Recorder>> Recorder::open(RecorderConfig config, crypto::SigningKey log_key,
                                                 crypto::AeadKey blob_key,
                                                 const async::Clock& clock, async::Loop& loop) {
  return open_on(make_disk(), std::move(config), std::move(log_key), std::move(blob_key), clock,
                 loop);
}

Result<std::unique_ptr<Recorder>> Recorder::open_on(std::unique_ptr<Disk> disk,
                                                    RecorderConfig config,
                                                    crypto::SigningKey log_key,
                                                    crypto::AeadKey blob_key,
                                                    const async::Clock& clock, async::Loop& loop) {
  auto impl = std::make_unique<Impl>(std::move(config), std::move(log_key), std::move(blob_key),
                                     clock, loop, std::move(disk));
  CHECK_OK(impl->open());
  return std::make_unique<Recorder>(std::move(impl));
}

async::Task<Result<journey::IntendedCall>> Recorder::intent(journey::PermittedCall call,
                                                            IntentNote note) {
  const auto& session = call.session();
  const auto salt = Impl::random_salt();
  ledger::IntentBody body{
      .id = call.arrival().id.str(),
      .arrived = call.arrival().at,
      .session = session,
      .target = ledger::target_of(call.call()),
      .needs = call.call().needs,
      .verdict = call.verdict(),
      .approval = call.approval() ? &*call.approval() : nullptr,
      .input = Impl::commitment(salt, note.input_json),
      .client = {call.arrival().peer, call.call().user_agent, call.call().invocation_id},
      .scope = note.scope.get()};
  Draft draft{ledger::Kind::kIntent, ledger::intent_body(body), call.arrival().id, 0};
  std::uint64_t index = 0;
  const auto prepare = [&]() -> Status {
    TRY(auto* chain, impl_->chain_locked(session, Impl::Purpose::kCall));
    TRY(index, impl_->add_locked(std::move(draft), chain));
    return {};
  };
  CO_CHECK_OK(co_await impl_->commit(prepare));
  impl_->keep_body(session.id, salt, note.input_json);
  co_return journey::IntendedCall(Badge<Recorder>{}, std::move(call), index);
}

async::Task<Result<journey::RecordedReply>> Recorder::result(journey::MaskedReply&& reply,
                                                             ResultNote&& note) {
  const bool has_body = !reply.body().empty();
  const auto salt = has_body ? Impl::random_salt() : Impl::Salt{};
  const auto said = has_body ? Impl::commitment(salt, reply.body()) : ledger::Body{};
  ledger::ResultBody body{.id = note.intent.call.str(), .intent = note.intent.index};
  body.status = reply.head().status;
  body.aws_request_id = note.aws_request_id;
  body.sent = note.request_bytes;
  body.received = note.response_bytes;
  body.micros = static_cast<std::uint64_t>(note.duration.count());
  if (has_body) body.body = &said;
  body.stream_sha256 = note.body_sha256_hex;
  auto& masked = note.masked_in_stream;
  masked.insert(masked.end(), reply.masked().begin(), reply.masked().end());
  body.masked = masked;
  if (!note.error_code.empty()) body.error = ledger::Failure{note.error_code, {}};
  Draft draft{ledger::Kind::kResult, ledger::result_body(body), {}, 0};
  const auto prepare = [&] { return impl_->end_call_locked(note.intent, std::move(draft)); };
  CO_CHECK_OK(co_await impl_->commit(prepare));
  if (has_body) impl_->keep_body(note.intent.session, salt, reply.body());
  auto head = std::move(reply).take_head(Badge<Recorder>{});
  auto bytes = std::move(reply).take_body(Badge<Recorder>{});
  if (!note.last_bytes.empty()) bytes = std::move(note.last_bytes);
  co_return journey::RecordedReply(Badge<Recorder>{}, std::move(head), std::move(bytes));
}

async::Task<Result<journey::RecordedReply>> Recorder::refused(journey::Refusal refusal,
                                                              RefusedNote note) {
  Status recorded;
  if (note.intent) {
    auto draft = ending_of(refusal, note);
    const auto prepare = [&] { return impl_->end_call_locked(*note.intent, std::move(draft)); };
    recorded = co_await impl_->commit(prepare);
  } else {
    const auto target =
        note.request == nullptr ? ledger::Target{} : ledger::target_of(*note.request);
    auto body = describe(refusal, note, note.request == nullptr ? nullptr : &target);
    const bool has_input = note.session != nullptr && !note.input_json.empty();
    const auto salt = has_input ? Impl::random_salt() : Impl::Salt{};
    const auto input = has_input ? Impl::commitment(salt, note.input_json) : ledger::Body{};
    if (has_input) body.input = &input;
    // A session that has expired has no chain to go on with; the refusal then stands by itself.
    const auto prepare = [&]() -> Status {
      Chain* chain = nullptr;
      if (note.session != nullptr) {
        if (auto found = impl_->chain_locked(*note.session, Impl::Purpose::kAnything))
          chain = *found;
        if (chain == nullptr && body.asked_as.empty()) body.asked_as = note.session->access_key_id;
      }
      return only_status(
          impl_->add_locked({ledger::Kind::kRefused, ledger::refused_body(body), {}, 0}, chain));
    };
    recorded = co_await impl_->commit(prepare);
    if (recorded && has_input) impl_->keep_body(note.session->id, salt, note.input_json);
    // The one answer that cannot be recorded is that nothing can be. It is counted, and the count
    // recorded later.
    if (!recorded && refusal.error.code == ErrorCode::kRecorderUnavailable) {
      impl_->note_unrecorded_refusal();
      recorded = {};
    }
  }
  if (!recorded) co_return std::unexpected(std::move(recorded).error());
  co_return journey::RecordedReply(Badge<Recorder>{}, std::move(refusal.head),
                                   std::move(refusal.body));
}

void Recorder::abandon(IntentRef intent, std::string why) {
  impl_->abandon(intent, std::move(why));
}

async::Task<Status> Recorder::session_open(const journey::Session& session, std::string peer) {
  const auto prepare = [&] { return impl_->open_session_locked(session, peer, false); };
  co_return co_await impl_->commit(prepare);
}

async::Task<Result<journey::RecordedReply>> Recorder::session_opened(
    const journey::Session& session, std::string peer, journey::OwnAnswer answer) {
  CO_CHECK_OK(co_await session_open(session, std::move(peer)));
  co_return journey::RecordedReply({}, std::move(answer.head), std::move(answer.body));
}

async::Task<Result<journey::RecordedReply>> Recorder::answered(
    const journey::AuthenticatedCall& call, journey::OwnAnswer answer) {
  std::string detail;
  codec::JsonWriter(detail)
      .begin_object()
      .member("id", call.arrival().id.str())
      .member("session", call.session().id.str())
      .member("service", call.call().operation.service().name())
      .member("op", call.call().operation.name())
      .end_object();
  const auto& who = call.session().principal;
  AdminEvent event{"call.answered", who.issuer + "|" + who.subject, std::move(detail)};
  CO_CHECK_OK(co_await admin(std::move(event)));
  co_return journey::RecordedReply({}, std::move(answer.head), std::move(answer.body));
}

async::Task<Status> Recorder::session_close(SessionId session, std::string reason) {
  Draft draft{ledger::Kind::kSessionClose, ledger::session_close_body(reason), {}, 0};
  const auto prepare = [&] { return impl_->close_session_locked(session.str(), std::move(draft)); };
  co_return co_await impl_->commit(prepare);
}

async::Task<Status> Recorder::approval_requested(ApprovalRequested event) {
  const auto prepare = [&]() -> Status {
    if (event.session == nullptr || event.asked == nullptr) {
      return fail(ErrorCode::kInternal, "an approval was asked for without a session or a call");
    }
    TRY(auto* chain, impl_->chain_locked(*event.session, Impl::Purpose::kCall));
    auto body = ledger::approval_requested_body({.request = event.request.str(),
                                                 .digest = event.digest,
                                                 .id = event.call.str(),
                                                 .session = *event.session,
                                                 .target = ledger::target_of(*event.asked),
                                                 .action = event.action,
                                                 .resource = event.resource,
                                                 .policy = event.policy_hash,
                                                 .reason = event.reason,
                                                 .expires = event.expires});
    return only_status(
        impl_->add_locked({ledger::Kind::kApprovalRequested, std::move(body), {}, 0}, chain));
  };
  co_return co_await impl_->commit(prepare);
}

async::Task<Status> Recorder::outside_sessions(ledger::Kind kind, std::string body) {
  const auto prepare = [&] {
    return only_status(impl_->add_locked({kind, std::move(body), {}, 0}, nullptr));
  };
  co_return co_await impl_->commit(prepare);
}

async::Task<Status> Recorder::approval_decided(ApprovalDecided event) {
  auto body = ledger::approval_decided_body({.request = event.request.str(),
                                             .digest = event.digest,
                                             .approved = event.approved,
                                             .grant = event.grant.str(),
                                             .issuer = event.approver_issuer,
                                             .subject = event.approver_subject,
                                             .reason = event.reason,
                                             .uses = event.uses,
                                             .expires = event.expires});
  co_return co_await outside_sessions(ledger::Kind::kApprovalDecided, std::move(body));
}

async::Task<Status> Recorder::approval_consumed(ApprovalConsumed event) {
  auto body = ledger::approval_consumed_body(event.request.str(), event.grant.str(), event.digest,
                                             event.call.str());
  co_return co_await outside_sessions(ledger::Kind::kApprovalConsumed, std::move(body));
}

async::Task<Status> Recorder::approval_expired(RequestId request, std::string digest) {
  auto body = ledger::approval_expired_body(request.str(), digest);
  co_return co_await outside_sessions(ledger::Kind::kApprovalExpired, std::move(body));
}

async::Task<Status> Recorder::policy_change(PolicyChange event) {
  auto body =
      ledger::policy_change_body(event.policy_hash, event.previous_hash, event.who, event.summary);
  co_return co_await outside_sessions(ledger::Kind::kPolicyChange, std::move(body));
}

async::Task<Status> Recorder::admin(AdminEvent event) {
  auto body = ledger::admin_body(event.what, event.who, event.detail_json);
  co_return co_await outside_sessions(ledger::Kind::kAdmin, std::move(body));
}

async::Task<Status> Recorder::close() { co_return co_await impl_->close(); }

RecorderStats Recorder::stats() const { return impl_->stats(); }

}  // namespace strait::store
