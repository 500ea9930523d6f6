// SPDX-License-Identifier: Apache-2.0
// A no is an answer too: in the caller's own protocol, recorded first.
#include <spdlog/spdlog.h>

#include "gateway/recorded_input.h"
#include "gateway/told.h"
#include "wire/refusal.h"

namespace strait::gateway {
namespace {

std::string_view decision_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kDenied: return "deny";
    case ErrorCode::kApprovalRequired: return "ask";
    case ErrorCode::kExpiredToken: return "expired";
    case ErrorCode::kThrottled: return "limited";
    default: return "refused";
  }
}

std::string_view retry_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kApprovalRequired: return "after-approval";
    case ErrorCode::kExpiredToken:
    case ErrorCode::kUnknownSession:
    case ErrorCode::kRevoked: return "after-login";
    default: return "no";
  }
}

bool is_judgement(ErrorCode code) {
  return code == ErrorCode::kDenied || code == ErrorCode::kApprovalRequired ||
         code == ErrorCode::kApprovalRefused;
}

}  // namespace

async::Task<void> Hallway::refuse(net::Exchange& exchange, Told& told, const Error& error) {
  meters_.refused(error.code);
  spdlog::info("{} {}: {} {}", told.arrival.id.str(), name(error.code), error.message,
               error.detail);
  const std::string id(told.request ? told.request->str() : told.arrival.id.str());
  const auto* verdict = told.judgement();
  const auto rule = verdict != nullptr && !verdict->decided_by.empty()
                        ? verdict->decided_by.front().str()
                        : "none";
  const auto help = rooms_.help_url.empty() ? std::string() : rooms_.help_url + id;
  auto shown = error;
  if (is_judgement(error.code) && verdict != nullptr && told.session() != nullptr) {
    const auto next =
        told.request
            ? "Approve: strait approvals approve " + id + ". Then repeat the call"
            : "A policy of role " + told.session()->role_name() + " would have to allow it";
    shown.message = wire::denial_sentence(told.session()->assumed_arn(), *verdict, id,
                                          retry_of(error.code), next);
  }
  exchange.drop_annotations();
  auto refusal = wire::make_refusal(shown, told.shape,
                                    {.id = std::string(told.arrival.id.str()),
                                     .decision = decision_of(error.code),
                                     .rule = rule,
                                     .help = help,
                                     .retry = retry_of(error.code),
                                     .head_method = told.head_method});
  store::RefusedNote note{.call = told.arrival.id,
                          .peer = told.arrival.peer,
                          .session = told.session(),
                          .claimed_access_key_id = told.claimed_key,
                          .request = told.call(),
                          .verdict = verdict,
                          .approval_request = told.request.value_or(RequestId()),
                          .rule = rule,
                          .upstream = told.upstream,
                          .upstream_status = told.upstream_status,
                          .aws_request_id = told.aws_request_id};
  if (told.intended) {
    note.intent = store::ref(*told.intended);
  } else if (told.session() != nullptr && told.call() != nullptr) {
    note.input_json = recorded_input(*told.call(), *rooms_.mask_key);
  }
  auto recorded = co_await rooms_.recorder->refused(std::move(refusal), note);
  if (!recorded && !told.intended) {
    // The recorder itself is down and nothing was sent to AWS: the one answer that it lets go
    // without a record.
    spdlog::error("{}: not recorded: {} {}", told.arrival.id.str(), recorded.error().message,
                  recorded.error().detail);
    auto down = wire::make_refusal(
        recorded.error(), told.shape,
        {.id = std::string(told.arrival.id.str()), .help = help, .head_method = told.head_method});
    recorded = co_await rooms_.recorder->refused(std::move(down), std::move(note));
  }
  if (!recorded || exchange.reply_started()) {
    exchange.abort();  // half an answer must not pass for a whole one
    co_return;
  }
  if (auto replied = co_await exchange.reply(*recorded); !replied) exchange.abort();
}

}  // namespace strait::gateway
