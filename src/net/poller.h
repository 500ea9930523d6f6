// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <span>

#include "async/task.h"

struct epoll_event;

namespace strait::net {

// Says which of a loop's sockets can be read or written. Each is registered once, edge-triggered,
// and what was said is remembered: so neither waiting for a peer, nor knowing that an idle one is
// silent, costs a system call, where Asio would first try a read in vain each time. Its one
// descriptor is itself watched by the loop. One instance per loop, made on first use by of(); loop
// thread only. (epoll(7), "edge-triggered": a short read means that there is no more, unless an end
// was announced.)
class Poller final : public boost::asio::execution_context::service {
 public:
  using key_type = Poller;
  static inline boost::asio::execution_context::id id;

  // What resumes a waiting task; false: it was cancelled.
  using Waiter = std::move_only_function<void(bool)>;

  // A connected socket; owns the descriptor. At most one waits for each direction.
  class Socket {
    static auto wait(Waiter& slot) {
      return boost::asio::async_initiate<const boost::asio::deferred_t&, void(bool)>(
          [&slot](auto handler) { slot = std::move(handler); }, boost::asio::deferred);
    }

   public:
    Socket(async::Loop& loop, int descriptor);
    ~Socket();  // closes; nobody may be waiting
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int descriptor() const { return descriptor_; }

    // There may be something to read, or an end. Whoever has read all there was says so; an end
    // stays.
    bool readable() const { return readable_; }
    void drained() { readable_ = ended_; }
    // There may be room to write, until a write finds that there is none.
    bool writable() const { return writable_; }
    void filled() { writable_ = false; }

    // For when readable(), or writable(), is false.
    auto input() { return wait(reading_); }
    auto output() { return wait(writing_); }
    // Without a task. It is called soon, by the loop, when there is input already.
    void when_readable(Waiter waiter);

    // Whoever waits goes on, a little later.
    void cancel();

   private:
    friend class Poller;
    void happened(std::uint32_t events);

    async::Loop& loop_;
    Poller& poller_;
    int descriptor_;
    bool readable_ = false;
    bool writable_ = true;
    bool ended_ = false;
    Waiter reading_;
    Waiter writing_;
    Socket* previous_ = nullptr;
    Socket* next_ = nullptr;
  };

  explicit Poller(boost::asio::execution_context& loop);
  ~Poller() override;
  static Poller& of(async::Loop& loop) { return boost::asio::use_service<Poller>(loop); }

 private:
  static constexpr int kEvents = 128;  // a turn

  void shutdown() override;
  void listen();
  void collect();

  boost::asio::posix::basic_stream_descriptor<async::Loop::executor_type> descriptor_;
  Socket* first_ = nullptr;
  bool listening_ = false;
  std::unique_ptr<epoll_event[]> events_;
  std::span<epoll_event> turn_;  // what is being told just now
};

}  // namespace strait::net
