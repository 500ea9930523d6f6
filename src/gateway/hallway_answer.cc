// SPDX-License-Identifier: Apache-2.0
// The way back: AWS's reply, masked, recorded, and only then the agent's.
#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "gateway/told.h"
#include "wire/reply_error.h"

namespace strait::gateway {
namespace {

std::string aws_request_id(const journey::ReplyHead& head) {
  for (const auto* name : {"x-amzn-requestid", "x-amz-request-id", "x-amz-requestid"}) {
    if (const auto id = head.headers.one(name)) return std::string(*id);
  }
  return {};
}

}  // namespace

// No coroutine of its own: it only chooses one.
async::Task<Status> Hallway::answer(net::Exchange& exchange, Told& told, Sent& sent) {
  const auto& head = sent.reply.head();
  told.upstream_status = head.status;
  told.aws_request_id = sent.note.aws_request_id = aws_request_id(head);
  // Redirects are errors too: following one could lead off the path, so the agent's SDK is told and
  // decides.
  if (head.status >= 300 && head.status != 304) return answer_error(exchange, told, sent);
  const auto& plan = plan_for(told, *told.call());
  const auto length = sent.reply.body_length();
  const bool small = told.head_method || (length && *length <= limits::kPipeBytes);
  return small ? answer_whole(exchange, told, sent, plan)
               : answer_streamed(exchange, told, sent, plan);
}

async::Task<Status> Hallway::answer_whole(net::Exchange& exchange, Told& told, Sent& sent,
                                          const mask::MaskPlan& plan) {
  auto reply = sent.reply.buffered_now(limits::kPipeBytes);
  if (!reply) {
    CO_TRY(reply, co_await sent.reply.buffered(limits::kPipeBytes));
  }
  sent.note.response_bytes = reply->body().size();
  CO_TRY(auto masked,
         masker_.apply(*std::move(reply), told.intended->permitted(), plan, *rooms_.mask_key));
  const auto members = mask::covered_count(masked.masked());
  if (members > 0) {
    exchange.annotate("x-strait-masked", std::to_string(members));
    meters_.masked(members);
  }
  const auto took = rooms_.clock->now() - sent.started;
  meters_.took(took);
  meters_.bytes(sent.note.request_bytes, masked.body().size());
  sent.note.duration = took;
  CO_TRY(const auto recorded,
         co_await rooms_.recorder->result(std::move(masked), std::move(sent.note)));
  auto replied = exchange.reply_now(recorded);
  if (!replied) replied = co_await exchange.flush();
  if (!*replied) {
    spdlog::debug("{}: the agent left before the answer: {}", told.arrival.id.str(),
                  replied->error().message);
  }
  co_return Status{};
}

async::Task<Status> Hallway::answer_streamed(net::Exchange& exchange, Told& told, Sent& sent,
                                             const mask::MaskPlan& plan) {
  CO_TRY(auto opened,
         masker_.open(sent.reply.streamed(), told.intended->permitted(), plan, *rooms_.mask_key));
  CO_CHECK_OK(co_await exchange.start_reply(opened.reply));
  // The newest piece is held back until the RESULT is durable: no complete answer exists without
  // its record.
  std::string held, piece;
  for (;;) {
    CO_TRY(const auto bytes, co_await sent.reply.read_some());
    if (bytes.empty()) break;
    sent.note.response_bytes += bytes.size();
    piece.clear();
    if (opened.filter.untouched()) {
      piece.assign(bytes);
    } else {
      CO_CHECK_OK(opened.filter.feed(bytes, piece));
    }
    if (piece.empty()) continue;
    if (!held.empty()) CO_CHECK_OK(co_await exchange.send(held));
    std::swap(held, piece);
  }
  if (!opened.filter.untouched()) CO_CHECK_OK(opened.filter.finish(held));
  meters_.masked(mask::covered_count(opened.filter.masked()));
  meters_.bytes(sent.note.request_bytes, sent.note.response_bytes);
  const auto took = rooms_.clock->now() - sent.started;
  meters_.took(took);
  sent.note.duration = took;
  sent.note.masked_in_stream = opened.filter.masked();
  sent.note.last_bytes = std::move(held);
  CO_TRY(const auto recorded,
         co_await rooms_.recorder->result(std::move(opened.reply), std::move(sent.note)));
  co_return co_await exchange.finish(recorded);
}

async::Task<Status> Hallway::answer_error(net::Exchange& exchange, Told& told, Sent& sent) {
  CO_TRY(auto reply, co_await sent.reply.buffered(limits::kMiB));
  sent.note.response_bytes = reply.body().size();
  const auto& call = *told.call();
  CO_TRY(auto said, wire::parse_upstream_error(call, reply.head(), reply.body()));
  if (wire::is_upstream_auth_failure(said.code)) {
    spdlog::error("{}: AWS refused Strait's own credential for connection {}: {}",
                  told.arrival.id.str(), told.role->connection->name, said.code);
    co_return fail(
        ErrorCode::kUnavailable,
        "AWS does not accept Strait's own credential for this connection; tell its operator");
  }
  sent.note.error_code = said.code;
  if (said.request_id.empty()) said.request_id = sent.note.aws_request_id;
  auto rebuilt = wire::rebuild_error(call, said, told.head_method);
  CO_TRY(auto masked,
         masker_.apply_rebuilt(std::move(reply), std::move(rebuilt.head), std::move(rebuilt.body),
                               plan_for(told, call), *rooms_.mask_key));
  sent.note.duration = rooms_.clock->now() - sent.started;
  CO_TRY(const auto recorded,
         co_await rooms_.recorder->result(std::move(masked), std::move(sent.note)));
  if (auto replied = co_await exchange.reply(recorded); !replied) {
    spdlog::debug("{}: the agent left before the answer: {}", told.arrival.id.str(),
                  replied.error().message);
  }
  co_return Status{};
}

}  // namespace strait::gateway
