// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "async/deadlines.h"
#include "async/task.h"
#include "net/buffer.h"
#include "net/poller.h"
#include "net/tls_session.h"

namespace strait::net {

enum class IoState : std::uint8_t {
  kOk,
  kEnd,     // the peer has finished sending
  kLate,    // the Pace ran out
  kBroken,  // reset, TLS failure, or closed by us
};

struct IoResult {
  IoState state = IoState::kOk;
  std::size_t bytes = 0;
};

// How long a peer may keep us waiting: `bytes` must move within each `window` of waiting. Time that
// we spend ourselves between two reads does not count.
struct Pace {
  std::chrono::milliseconds window;
  std::size_t bytes = 1;
  std::uint64_t waited_ticks = 0;  // in the current window
  std::size_t moved = 0;           // in the current window

  bool over() const {
    return waited_ticks * async::Deadlines::kTick.count() >=
           static_cast<std::uint64_t>(window.count());
  }
};

// A connected stream socket (TCP or Unix), plain or under TLS. One reader and one writer at a time,
// and not both, except for watch(). Loop thread only. The deadline costs no timer: see
// async::Deadlines.
class Channel {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol,
                                                  async::Loop::executor_type>;

  Channel(async::Loop& loop, Socket socket);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Runs the handshake to its end; everything after it goes through `session`.
  async::Task<IoState> start_tls(std::unique_ptr<TlsSession> session, Pace pace);

  // Appends what arrives, at least one byte, to `into`. kEnd: nothing more will come.
  async::Task<IoResult> read_into(Buffer& into, Pace& pace) {
    return tls_ ? read_tls(into, pace) : read_plain(into, pace);
  }
  // Writes the pieces in order, whole. Plain: one gathered system call as long as the peer takes
  // it.
  using Pieces = std::array<std::string_view, 3>;
  async::Task<IoState> write(Pieces pieces) {
    return tls_ ? write_tls(pieces) : write_plain(pieces);
  }
  // Writes what the peer takes at once, which is nearly always all of it. False: write() has to
  // follow, with what is left of the pieces; it will also tell what went wrong.
  bool write_now(Pieces& pieces);

  // While writes go on: what arrives is appended to `into`, and `arrived(owner)` is called, which
  // may call interrupt_writing(). It returns whether to go on watching. Until unwatch() nobody else
  // may read.
  void watch(Buffer& into, bool (*arrived)(void*), void* owner);
  void unwatch() { watch_.reset(); }
  // The write in progress ends with kBroken; the peer has got a part of it.
  void interrupt_writing();

  // Without waiting: is the peer's side closed, at this moment? One poll(2).
  bool peer_closed() const;
  // For a connection that should be silent: nothing to read, and the peer is there, as far as the
  // loop has looked.
  bool silent() const {
    return open() && !socket_->readable() && (!tls_ || tls_->incoming().empty());
  }

  void set_write_stall(std::chrono::milliseconds stall) { write_stall_ = stall; }

  bool tls() const { return tls_ != nullptr; }
  const std::string& tls_failure() const { return tls_ ? tls_->failure() : none_; }
  // True when the peer's end was announced inside TLS: without that, an end may be an attacker's
  // cut.
  bool end_is_genuine() const { return !tls_ || goodbye_; }
  bool open() const { return socket_.has_value(); }
  int descriptor() const { return open() ? socket_->descriptor() : -1; }
  async::Loop& loop() { return loop_; }

  void finish_writing();  // close_notify, then FIN; what arrives can still be read
  void close();
  void reset();  // RST: the peer learns that what it got is not whole

 private:
  struct Waiting;
  struct Watch {
    Buffer* into;
    bool (*arrived)(void*);
    void* owner;
  };
  void wait_for_input();
  bool take_input();
  IoResult receive(Buffer& into);
  bool send_now(Pieces& pieces);
  async::Task<IoResult> read_plain(Buffer& into, Pace& pace);
  async::Task<IoResult> read_tls(Buffer& into, Pace& pace);
  async::Task<IoState> write_plain(Pieces pieces);
  async::Task<IoState> write_tls(Pieces pieces);
  async::Task<IoState> flush_tls();
  static void on_late(void* self);
  async::Loop& loop_;
  std::optional<Poller::Socket> socket_;  // none: closed
  std::unique_ptr<TlsSession> tls_;
  async::Deadlines::Entry deadline_;
  std::shared_ptr<Watch> watch_;
  std::string flushing_;  // ciphertext being written: outgoing() may grow meanwhile
  std::chrono::milliseconds write_stall_ = limits::kBodyStallDeadline;
  int unbroken_ = 0;  // reads since the loop had a turn
  bool late_ = false;
  bool goodbye_ = false;
  std::string none_;
};

}  // namespace strait::net
