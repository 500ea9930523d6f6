// SPDX-License-Identifier: Apache-2.0
#include "net/http_connection.h"

#include <algorithm>
#include <cstdint>

#include "base/limits.h"
#include "net/head_writer.h"
#include "net/header_lines.h"

namespace strait::net {
namespace {

constexpr std::size_t kPaceBytes =
    16 * limits::kKiB;  // least progress per limits::kBodyStallDeadline
constexpr std::size_t kOutKeptBytes = 64 * limits::kKiB;

Error gone() { return error(ErrorCode::kIo, "the client is gone"); }

}  // namespace

HttpConnection::Next HttpConnection::look() {
  if (out_.capacity() > kOutKeptBytes) std::string().swap(out_);
  in_.narrow();
  scanner_ = {};
  idle_pace_ = {patience_.idle, SIZE_MAX};
  head_pace_ = {patience_.head, SIZE_MAX};
  return find_head();
}

HttpConnection::Next HttpConnection::find_head() {
  switch (scanner_.scan(in_.bytes())) {
    case HeadScanner::State::kComplete: return begin_request(scanner_.length());
    case HeadScanner::State::kTooLong: return refuse(malformed("the head is too long", 431));
    case HeadScanner::State::kMalformed: return refuse(malformed("a line does not end with CRLF"));
    case HeadScanner::State::kMore: break;
  }
  idle_ = in_.empty();
  return idle_ && draining_ ? Next::kClosed : Next::kMore;
}

async::Task<IoResult> HttpConnection::more() {
  return channel_.read_into(in_, idle_ ? idle_pace_ : head_pace_);
}

HttpConnection::Next HttpConnection::arrived(const IoResult& read) {
  if (read.state == IoState::kLate && !in_.empty())
    return refuse(malformed("the head came too slowly", 408));
  if (read.state != IoState::kOk) return Next::kClosed;
  idle_ = false;
  return find_head();
}

HttpConnection::Next HttpConnection::begin_request(std::size_t head_bytes) {
  reply_ = Reply::kNone;
  notes_.clear();
  body_.end();
  broken_ = false;
  body_read_ = 0;
  expects_continue_ = false;
  closing_ = draining_;
  auto frame = parse_request_head(in_.bytes().substr(0, head_bytes));
  in_.consume(head_bytes);
  if (!frame) return refuse(std::move(frame).error());
  if (frame->form != TargetForm::kOrigin) {
    return refuse(malformed(
        "the target must be a path; a forward proxy has a door of its own, `listen_proxy`", 400));
  }
  frame_ = *std::move(frame);
  to_head_ = frame_.head.method == "HEAD";
  body_.begin(frame_.framing, frame_.length);
  body_pace_ = {patience_.stall, kPaceBytes};
  expects_continue_ = frame_.expect_continue;
  closing_ = closing_ || !frame_.keep_alive;
  widen_next_ = false;
  return Next::kRequest;
}

HttpConnection::Next HttpConnection::refuse(HeadFault fault) {
  fault_ = std::move(fault);
  reply_ = Reply::kNone;
  to_head_ = false;
  // Whatever follows belongs to a request that is not understood: it is never looked at.
  broken_ = true;
  closing_ = true;
  return Next::kRejected;
}

std::optional<std::uint64_t> HttpConnection::body_length() const {
  if (frame_.framing == Framing::kChunked) return std::nullopt;
  return frame_.length;
}

// What of the body is in the buffer already: a slice of it, or nothing when more must be read
// first.
Result<std::string_view> HttpConnection::take_buffered() {
  TRY(const auto data, body_.take(in_));
  body_read_ += data.size();
  if (body_read_ > limits::kBodyFramedBytesMax) {
    return fail(ErrorCode::kLimitExceeded, "the request body is too long");
  }
  return data;
}

// A view from take_buffered() stays valid while nothing is read: consuming moves no bytes.
async::Task<Result<std::string_view>> HttpConnection::read_some() {
  while (true) {
    auto data = take_buffered();
    if (!data) {
      broken_ = true;  // the rest cannot be delimited any more
      closing_ = true;
      co_return std::unexpected(std::move(data).error());
    }
    if (!data->empty() || body_done()) co_return *data;
    CO_CHECK_OK(co_await fill());
  }
}

async::Task<Status> HttpConnection::fill() {
  if (broken_) co_return fail(ErrorCode::kMalformedRequest, "the request body is broken");
  if (expects_continue_) CO_CHECK_OK(co_await send_continue());
  if (widen_next_) in_.widen();
  const auto read = co_await channel_.read_into(in_, body_pace_);
  widen_next_ = in_.full();
  if (read.state == IoState::kOk) co_return Status();
  closing_ = true;
  if (read.state == IoState::kLate) {
    co_return fail(ErrorCode::kLimitExceeded, "the request body comes too slowly");
  }
  broken_ = true;
  if (read.state == IoState::kEnd)
    co_return fail(ErrorCode::kMalformedRequest, "the request body ends too early");
  co_return std::unexpected(gone());
}

std::optional<std::string_view> HttpConnection::take_whole(std::size_t bytes_max) {
  static_assert(Blocks::kBytes <=
                limits::kBodyStreamedBytesMax);  // so what is here is not too long
  return broken_ ? std::nullopt : body_.take_whole(in_, bytes_max);
}

async::Task<Result<std::string>> HttpConnection::read_all(std::size_t bytes_max) {
  std::string whole;
  if (body_.framing() == Framing::kLength) {
    if (body_.left() > bytes_max)
      co_return fail(ErrorCode::kLimitExceeded, "the request body is too long");
    whole.reserve(std::min<std::uint64_t>(body_.left(), limits::kMiB));
  }
  while (!body_done()) {
    CO_TRY(const auto data, co_await read_some());
    if (data.size() > bytes_max - whole.size()) {
      co_return fail(ErrorCode::kLimitExceeded, "the request body is too long");
    }
    whole += data;
  }
  co_return whole;
}

// The rest of a body that nobody wanted but that is here already need not cost the connection.
void HttpConnection::skip_buffered_body() {
  while (!body_done() && !broken_ && !in_.empty()) {
    if (!take_buffered()) broken_ = true;
  }
}

Status HttpConnection::sent(IoState state) {
  if (state == IoState::kOk) return {};
  abort();
  return std::unexpected(gone());
}

async::Task<Status> HttpConnection::send_continue() {
  expects_continue_ = false;
  if (reply_ != Reply::kNone)
    co_return fail(ErrorCode::kInternal, "an interim reply after the reply");
  co_return sent(co_await channel_.write({"HTTP/1.1 100 Continue\r\n\r\n"}));
}

bool HttpConnection::replies_without_body(int status) const {
  return to_head_ || status == 204 || status == 304;
}

void HttpConnection::annotate(std::string_view name, std::string_view value) {
  append_field(notes_, name, value);
}

void HttpConnection::write_head(const journey::ReplyHead& head, std::optional<std::uint64_t> length,
                                bool chunked) {
  closing_ = closing_ || draining_ || !body_done();
  out_.clear();
  append_status_line(out_, head.status);
  const bool dated = append_fields(out_, head.headers);
  out_ += notes_;
  if (!dated && date_) append_field(out_, "date", date_());
  if (length) append_length(out_, *length);
  if (chunked) out_ += "transfer-encoding: chunked\r\n";
  if (closing_) out_ += "connection: close\r\n";
  out_ += "\r\n";
}

std::optional<Status> HttpConnection::reply_now(const journey::ReplyHead& head,
                                                std::string_view body) {
  if (reply_ != Reply::kNone) return fail(ErrorCode::kInternal, "a second reply to one request");
  skip_buffered_body();
  std::optional<std::uint64_t> length = body.size();
  if (replies_without_body(head.status)) {
    // What a GET would have had, when the head says so.
    const auto declared = head.headers.one("content-length");
    length = declared && head.status != 204 ? parse_length(*declared) : std::nullopt;
    body = {};
  }
  write_head(head, length, false);
  reply_ = Reply::kFlushing;  // complete when all of it is out: without that, it is an abort
  if (body.size() <= Buffer::kSmallBytes) {
    out_ += body;
    body = {};
  }
  left_ = {out_, body};
  if (!channel_.write_now(left_)) return std::nullopt;
  reply_ = Reply::kComplete;
  return Status();
}

async::Task<Status> HttpConnection::flush() {
  if (reply_ != Reply::kFlushing) co_return fail(ErrorCode::kInternal, "there is nothing to flush");
  const auto state = co_await channel_.write(left_);
  reply_ = Reply::kComplete;
  co_return sent(state);
}

async::Task<Status> HttpConnection::reply(const journey::ReplyHead& head, std::string_view body) {
  if (auto done = reply_now(head, body)) co_return *std::move(done);
  co_return co_await flush();
}

async::Task<Status> HttpConnection::start(const journey::ReplyHead& head) {
  if (reply_ != Reply::kNone) co_return fail(ErrorCode::kInternal, "a second reply to one request");
  const auto declared = head.headers.one("content-length");
  const auto length = declared ? parse_length(*declared) : std::nullopt;
  if (declared && !length)
    co_return fail(ErrorCode::kInternal, "the reply's content-length is not a number");
  if (replies_without_body(head.status)) {
    reply_body_ = ReplyBody::kNone;
    write_head(head, head.status == 204 ? std::nullopt : length, false);
  } else {
    reply_body_ = length ? ReplyBody::kLength : ReplyBody::kChunked;
    reply_left_ = length.value_or(0);
    write_head(head, length, !length);
  }
  reply_ = Reply::kStreaming;
  co_return sent(co_await channel_.write({out_}));
}

async::Task<Status> HttpConnection::send(std::string_view bytes) {
  if (reply_ != Reply::kStreaming)
    co_return fail(ErrorCode::kInternal, "bytes of a reply that was not started");
  if (bytes.empty() || reply_body_ == ReplyBody::kNone) co_return Status();
  if (reply_body_ == ReplyBody::kLength) {
    if (bytes.size() > reply_left_) {
      abort();
      co_return fail(ErrorCode::kInternal, "the reply is longer than it declared");
    }
    reply_left_ -= bytes.size();
    co_return sent(co_await channel_.write({bytes}));
  }
  out_.clear();
  append_chunk_size(out_, bytes.size());
  co_return sent(co_await channel_.write({out_, bytes, kChunkEnd}));
}

async::Task<Status> HttpConnection::finish(std::string_view bytes) {
  if (reply_ != Reply::kStreaming)
    co_return fail(ErrorCode::kInternal, "the end of a reply that was not started");
  if (reply_body_ == ReplyBody::kLength && bytes.size() != reply_left_) {
    abort();
    co_return fail(ErrorCode::kInternal, "the reply is not as long as it declared");
  }
  reply_ = Reply::kComplete;
  if (reply_body_ == ReplyBody::kNone) co_return Status();
  if (reply_body_ == ReplyBody::kLength) co_return sent(co_await channel_.write({bytes}));
  out_.clear();
  if (bytes.empty()) co_return sent(co_await channel_.write({kLastChunk}));
  append_chunk_size(out_, bytes.size());
  co_return sent(co_await channel_.write({out_, bytes, "\r\n0\r\n\r\n"}));
}

async::Task<Status> HttpConnection::reject(const HeadFault& fault) {
  journey::ReplyHead head;
  head.status = fault.status;
  head.headers.add("content-type", "text/plain; charset=utf-8");
  const auto body = "strait: " + fault.error.message + "\n";
  co_return co_await reply(head, body);
}

async::Task<void> HttpConnection::linger() {
  if (!channel_.open()) co_return;
  channel_.finish_writing();
  // Closing with unread bytes makes the kernel send RST, which can overtake the reply: read them
  // away for a while.
  Pace pace{patience_.linger, SIZE_MAX};
  while (!body_done() || !in_.empty()) {
    in_.consume(in_.size());
    const auto read = co_await channel_.read_into(in_, pace);
    if (read.state != IoState::kOk) break;
  }
  channel_.close();
}

void HttpConnection::abort() {
  closing_ = true;
  channel_.reset();
}

}  // namespace strait::net
