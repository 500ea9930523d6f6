// SPDX-License-Identifier: Apache-2.0
#include "net/client_connection.h"

#include "base/limits.h"
#include "net/names.h"

namespace strait::net {
namespace {

constexpr std::size_t kPaceBytes = 16 * limits::kKiB;
constexpr std::size_t kOutKeptBytes = 64 * limits::kKiB;

Error broken_off(IoState state, const char* when) {
  if (state == IoState::kLate)
    return error(ErrorCode::kUpstreamTimeout, std::string("the upstream is silent ") + when);
  return error(ErrorCode::kUpstreamInvalid,
               std::string("the upstream closed the connection ") + when);
}

}  // namespace

async::Task<Result<std::unique_ptr<ClientConnection>>> ClientConnection::open(
    async::Loop& loop, std::string host, std::uint16_t port, std::shared_ptr<ClientTls> tls,
    std::chrono::milliseconds connect_deadline) {
  CO_TRY(auto socket, co_await connect(loop, host, port, connect_deadline));
  auto connection = std::make_unique<ClientConnection>(loop, std::move(socket));
  if (tls == nullptr) co_return connection;
  CO_TRY(auto session, TlsSession::client(loop, std::move(tls), host));
  auto& channel = connection->channel_;
  const auto state =
      co_await channel.start_tls(std::move(session), {limits::kHandshakeDeadline, SIZE_MAX});
  if (state == IoState::kOk) co_return connection;
  if (state == IoState::kLate) {
    co_return fail(ErrorCode::kUpstreamTimeout,
                   "the TLS handshake with " + quoted(host) + " takes too long");
  }
  co_return fail(ErrorCode::kUpstreamUnreachable, "no trusted TLS connection to " + quoted(host),
                 channel.tls_failure());
}

void ClientConnection::begin(std::string_view method) {
  if (out_.capacity() > kOutKeptBytes) std::string().swap(out_);
  out_.clear();
  in_.narrow();
  to_head_ = method == "HEAD";
  request_whole_ = early_ = keep_alive_ = widen_next_ = false;
  interim_ = 0;
  frame_ = {};
  early_fault_.reset();
  scanner_ = {};
}

async::Task<bool> ClientConnection::may_continue() {
  Pace pace{limits::kContinueWait, SIZE_MAX};
  while (interim_ == 0) {
    const auto read = co_await more(pace);
    if (read.state != IoState::kOk) break;  // late; if it is gone, sending will find out
    const auto found = scan();
    if (found && *found == Found::kMore) continue;
    early_ = true;
    if (!found) early_fault_ = found.error();
    co_return false;
  }
  co_return true;
}

void ClientConnection::watch_for_early_reply() {
  channel_.watch(in_, &ClientConnection::on_arrival, this);
}

bool ClientConnection::on_arrival(void* self) {
  auto& connection = *static_cast<ClientConnection*>(self);
  const auto found = connection.scan();
  if (found && *found == Found::kMore) return true;
  // A final reply, or nonsense: either way there is nobody left to send the rest to.
  connection.early_ = true;
  if (!found) connection.early_fault_ = found.error();
  connection.channel_.interrupt_writing();
  return false;
}

// Takes heads off the buffer: interim ones are dropped, a final one is kept in frame_.
Result<ClientConnection::Found> ClientConnection::scan() {
  while (true) {
    switch (scanner_.scan(in_.bytes())) {
      case HeadScanner::State::kMore: return Found::kMore;
      case HeadScanner::State::kTooLong:
        return fail(ErrorCode::kUpstreamInvalid, "the upstream's head is too long");
      case HeadScanner::State::kMalformed:
        return fail(ErrorCode::kUpstreamInvalid,
                    "a line of the upstream's head does not end with CRLF");
      case HeadScanner::State::kComplete: break;
    }
    const auto bytes = scanner_.length();
    auto frame = parse_reply_head(in_.bytes().substr(0, bytes), to_head_ ? "HEAD" : "");
    in_.consume(bytes);
    scanner_ = {};
    if (!frame) return std::unexpected(std::move(frame).error());
    frame_ = *std::move(frame);
    if (frame_.head.status >= 200) {
      body_.begin(frame_.framing, frame_.length);
      // A reply of known length must keep coming; one without may be an event stream, which speaks
      // when it has to.
      pace_ = {stall_, frame_.framing == Framing::kLength ? kPaceBytes : 1};
      keep_alive_ = frame_.keep_alive;
      return Found::kFinal;
    }
    if (frame_.head.status == 101 || ++interim_ > limits::kInterimRepliesMax) {
      return fail(ErrorCode::kUpstreamInvalid, "the upstream sends interim replies without end");
    }
  }
}

async::Task<bool> ClientConnection::last_words(Pace pace) {
  auto frame = co_await read_head(pace);
  if (!frame) co_return false;
  frame_ = *std::move(frame);
  early_ = true;
  co_return true;
}

Result<bool> ClientConnection::find_head() {
  if (early_fault_) return std::unexpected(*early_fault_);
  // An early one is already taken off the buffer.
  if (early_ && frame_.head.status >= 200) return true;
  TRY(const auto found, scan());
  return found == Found::kFinal;
}

Result<bool> ClientConnection::arrived(const IoResult& read) {
  if (read.state != IoState::kOk)
    return std::unexpected(broken_off(read.state, "before its reply"));
  return find_head();
}

async::Task<Result<ReplyFrame>> ClientConnection::read_head(Pace pace) {
  auto here = find_head();
  while (here && !*here) here = arrived(co_await more(pace));
  if (!here) co_return std::unexpected(std::move(here).error());
  co_return take_head();
}

async::Task<Result<std::string_view>> ClientConnection::read_some() {
  while (true) {
    auto data = body_.take(in_);
    if (!data) {
      keep_alive_ = false;
      co_return fail(ErrorCode::kUpstreamInvalid, "the upstream's reply: " + data.error().message);
    }
    if (!data->empty() || body_.done()) co_return *data;
    if (widen_next_) in_.widen();
    const auto read = co_await channel_.read_into(in_, pace_);
    widen_next_ = in_.full();
    if (read.state == IoState::kOk) continue;
    keep_alive_ = false;
    const bool ends = body_.framing() == Framing::kUntilClose && read.state == IoState::kEnd;
    // Under TLS only a close_notify is an end: without it somebody may have cut the reply short.
    if (!ends || !channel_.end_is_genuine()) {
      co_return std::unexpected(broken_off(read.state, "in the middle of its reply"));
    }
    body_.end();
  }
}

bool ClientConnection::reusable() const {
  return keep_alive_ && request_whole_ && body_.done() && in_.empty() && channel_.open();
}

}  // namespace strait::net
