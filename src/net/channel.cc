// SPDX-License-Identifier: Apache-2.0
#include "net/channel.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "base/limits.h"

namespace strait::net {
namespace {

// What one write may hold back in ciphertext.
constexpr std::size_t kTlsPieceBytes = Blocks::kBytes;
constexpr std::size_t kTlsKeptBytes = 64 * limits::kKiB;
constexpr std::size_t kPaceBytes = 16 * limits::kKiB;
// A peer that always has more could otherwise keep the loop from everybody else.
constexpr int kUnbrokenReads = 8;

// Takes `count` bytes off the front.
void drop(Channel::Pieces& pieces, std::size_t count) {
  for (auto& piece : pieces) {
    const auto of_piece = std::min(count, piece.size());
    piece.remove_prefix(of_piece);
    count -= of_piece;
  }
}

}  // namespace

// Arms the deadline for one operation with what is left of the pace's window, and accounts for it
// afterwards.
struct Channel::Waiting {
  Waiting(Channel& channel, Pace& pace)
      : channel_(channel), pace_(pace), began_(async::Deadlines::ticks()) {
    channel_.late_ = false;
    channel_.deadline_.arm(pace.window -
                           static_cast<std::int64_t>(pace.waited_ticks) * async::Deadlines::kTick);
  }
  void done(std::size_t bytes) {
    channel_.deadline_.disarm();
    pace_.waited_ticks += async::Deadlines::ticks() - began_;
    pace_.moved += bytes;
    if (pace_.moved >= pace_.bytes) pace_.moved = pace_.waited_ticks = 0;
  }

 private:
  Channel& channel_;
  Pace& pace_;
  std::uint64_t began_;
};

Channel::Channel(async::Loop& loop, Socket socket)
    : loop_(loop), deadline_(loop, &Channel::on_late, this) {
  boost::system::error_code closed;
  if (const int descriptor = socket.release(closed); !closed) socket_.emplace(loop, descriptor);
}

void Channel::on_late(void* self) {
  auto& channel = *static_cast<Channel*>(self);
  channel.late_ = true;
  if (channel.socket_) channel.socket_->cancel();
}

// What is here, without waiting: kOk with no bytes when that is nothing.
IoResult Channel::receive(Buffer& into) {
  const auto [to, size] = into.room();
  const auto count = ::recv(socket_->descriptor(), to, size, MSG_DONTWAIT);
  if (count == 0) return {IoState::kEnd, 0};
  if (count > 0) {
    if (static_cast<std::size_t>(count) < size) socket_->drained();
    into.filled(static_cast<std::size_t>(count));
    return {IoState::kOk, static_cast<std::size_t>(count)};
  }
  if (errno == EINTR) return {IoState::kOk, 0};
  if (errno != EAGAIN && errno != EWOULDBLOCK) return {IoState::kBroken, 0};
  socket_->drained();
  // Still readable: an end was announced, and is not there.
  return {socket_->readable() ? IoState::kBroken : IoState::kOk, 0};
}

async::Task<IoResult> Channel::read_plain(Buffer& into, Pace& pace) {
  if (pace.over()) co_return IoResult{IoState::kLate, 0};
  Waiting waiting(*this, pace);
  IoResult read;
  while (read.state == IoState::kOk && read.bytes == 0) {
    if (socket_ && !socket_->readable()) {
      unbroken_ = 0;
      co_await socket_->input();
    } else if (++unbroken_ > kUnbrokenReads) {
      unbroken_ = 0;
      co_await boost::asio::post(loop_, boost::asio::deferred);
    }
    if (!socket_ || late_) read.state = late_ ? IoState::kLate : IoState::kBroken;
    if (read.state == IoState::kOk) read = receive(into);
  }
  waiting.done(read.bytes);
  co_return read;
}

async::Task<IoState> Channel::flush_tls() {
  if (tls_->outgoing().empty()) co_return IoState::kOk;
  flushing_.clear();
  flushing_.swap(tls_->outgoing());
  const auto state = co_await write_plain({flushing_});
  if (flushing_.capacity() > kTlsKeptBytes) std::string().swap(flushing_);
  co_return state;
}

async::Task<IoState> Channel::start_tls(std::unique_ptr<TlsSession> session, Pace pace) {
  tls_ = std::move(session);
  while (true) {
    const auto step = tls_->handshake();
    if (const auto sent = co_await flush_tls(); sent != IoState::kOk) co_return sent;
    if (step == TlsSession::State::kOk) co_return IoState::kOk;
    if (step != TlsSession::State::kNeedsBytes) co_return IoState::kBroken;
    const auto read = co_await read_plain(tls_->incoming(), pace);
    if (read.state != IoState::kOk) co_return read.state;
  }
}

async::Task<IoResult> Channel::read_tls(Buffer& into, Pace& pace) {
  while (true) {
    const auto [to, size] = into.room();
    const auto read = tls_->read(to, size);
    if (read.state == TlsSession::State::kOk) {
      into.filled(read.bytes);
      co_return IoResult{IoState::kOk, read.bytes};
    }
    if (!tls_->outgoing().empty()) {  // a key update or an alert to answer
      if (const auto sent = co_await flush_tls(); sent != IoState::kOk) co_return IoResult{sent, 0};
    }
    if (read.state == TlsSession::State::kClosed) {
      goodbye_ = true;
      co_return IoResult{IoState::kEnd, 0};
    }
    if (read.state == TlsSession::State::kFailed) co_return IoResult{IoState::kBroken, 0};
    if (into.wide()) {
      tls_->incoming().widen();
    } else {
      tls_->incoming().narrow();
    }
    const auto more = co_await read_plain(tls_->incoming(), pace);
    if (more.state != IoState::kOk) co_return more;
  }
}

async::Task<IoState> Channel::write_plain(Pieces pieces) {
  Pace pace{write_stall_, kPaceBytes};
  const auto size = [&] { return pieces[0].size() + pieces[1].size() + pieces[2].size(); };
  for (auto left = size(); !send_now(pieces);) {
    if (!socket_ || socket_->writable()) co_return IoState::kBroken;
    if (pace.over()) co_return IoState::kLate;
    Waiting waiting(*this, pace);
    const bool room = co_await socket_->output();
    waiting.done(left - size());
    left = size();
    if (!room) co_return late_ ? IoState::kLate : IoState::kBroken;
  }
  co_return IoState::kOk;
}

// Writes what the peer takes. False: the pieces are what is left, and either the peer takes no more
// now, or (with room to write) the connection is broken.
bool Channel::send_now(Pieces& pieces) {
  std::array<iovec, std::tuple_size_v<Pieces>> parts;
  std::size_t used = 0, left = 0;
  for (const auto piece : pieces) {
    if (piece.empty()) continue;
    parts[used++] = {const_cast<char*>(piece.data()), piece.size()};
    left += piece.size();
  }
  if (left == 0) return true;
  if (!socket_) return false;
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = used;
  constexpr int kFlags = MSG_DONTWAIT | MSG_NOSIGNAL;
  const auto count =
      used == 1 ? ::send(socket_->descriptor(), parts[0].iov_base, parts[0].iov_len, kFlags)
                : ::sendmsg(socket_->descriptor(), &message, kFlags);
  if (count == static_cast<ssize_t>(left)) [[likely]]
    return true;
  if (count > 0) drop(pieces, static_cast<std::size_t>(count));
  // Less than all, or none for now: the poller says when there is room again.
  if (count >= 0 || errno == EAGAIN || errno == EWOULDBLOCK) socket_->filled();
  return false;
}

bool Channel::write_now(Pieces& pieces) {
  if (!tls_) return send_now(pieces);
  if (pieces[0].size() + pieces[1].size() + pieces[2].size() > kTlsPieceBytes) return false;
  for (auto& piece : pieces) {
    if (tls_->write(piece) != TlsSession::State::kOk) return false;
    piece = {};
  }
  auto& out = tls_->outgoing();
  Pieces records{out};
  const bool whole = send_now(records);
  out.erase(0, whole ? out.size() : out.size() - records[0].size());
  return whole;
}

async::Task<IoState> Channel::write_tls(Pieces pieces) {
  for (auto& piece : pieces) {
    while (!piece.empty()) {
      const auto size = std::min(piece.size(), kTlsPieceBytes);
      if (tls_->write(piece.substr(0, size)) != TlsSession::State::kOk) co_return IoState::kBroken;
      piece.remove_prefix(size);
      if (tls_->outgoing().size() < kTlsPieceBytes) continue;
      if (const auto sent = co_await flush_tls(); sent != IoState::kOk) co_return sent;
    }
  }
  co_return co_await flush_tls();
}

void Channel::watch(Buffer& into, bool (*arrived)(void*), void* owner) {
  watch_ = std::make_shared<Watch>(Watch{&into, arrived, owner});
  wait_for_input();
}

void Channel::wait_for_input() {
  if (!socket_) return;
  // The wait may outlive the watch: it does not hold on to it.
  socket_->when_readable([this, weak = std::weak_ptr<Watch>(watch_)](bool input) {
    const auto watching = weak.lock();
    if (!input || watching == nullptr) return;
    const bool more = take_input();
    if (watching->arrived(watching->owner) && more && watch_ == watching) wait_for_input();
  });
}

// False when nothing will come any more.
bool Channel::take_input() {
  if (receive(tls_ ? tls_->incoming() : *watch_->into).state != IoState::kOk) return false;
  while (tls_) {
    auto [plain, plain_size] = watch_->into->room();
    const auto read = tls_->read(plain, plain_size);
    if (read.state == TlsSession::State::kNeedsBytes) return true;
    if (read.state != TlsSession::State::kOk || read.bytes == 0) return false;
    watch_->into->filled(read.bytes);
  }
  return true;
}

void Channel::interrupt_writing() {
  if (socket_) socket_->cancel();
}

bool Channel::peer_closed() const {
  pollfd poller{descriptor(), POLLRDHUP, 0};
  return !open() || ::poll(&poller, 1, 0) != 0;
}

void Channel::finish_writing() {
  if (!socket_) return;
  if (tls_) {
    tls_->say_goodbye();
    // A few dozen bytes; a peer whose window has no room for them is not reading anyway.
    const auto& out = tls_->outgoing();
    static_cast<void>(::send(descriptor(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    tls_->outgoing().clear();
  }
  ::shutdown(descriptor(), SHUT_WR);
}

void Channel::close() {
  if (socket_) socket_->cancel();
  socket_.reset();
}

void Channel::reset() {
  const linger at_once{1, 0};
  if (socket_) ::setsockopt(descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

}  // namespace strait::net
