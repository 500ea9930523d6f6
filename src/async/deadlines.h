// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "async/task.h"

namespace strait::async {

// Coarse deadlines for many things on one loop: a connection's reads and writes, a hold. Setting
// one is a store of an integer, where a timer of its own would cost a microsecond; one tick every
// kTick looks at all of them. A deadline fires up to one tick late and never early. One instance
// per loop, made on first use by of(); loop thread only.
class Deadlines final : public boost::asio::execution_context::service {
 public:
  using key_type = Deadlines;
  static inline boost::asio::execution_context::id id;
  static constexpr std::chrono::milliseconds kTick{250};

  // What may be late. Owned by the thing it guards; unlinks itself when destroyed.
  class Entry {
   public:
    // `late(owner)` runs on the loop when the deadline passes; the entry is disarmed by then.
    Entry(Loop& loop, void (*late)(void*), void* owner);
    ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    void arm(std::chrono::milliseconds after);
    void disarm() { due_ = 0; }
    bool armed() const { return due_ != 0; }

   private:
    friend class Deadlines;
    Deadlines& deadlines_;
    void (*late_)(void*);
    void* owner_;
    std::uint64_t due_ = 0;  // the tick at which it is late; 0: never
    Entry* previous_ = nullptr;
    Entry* next_ = nullptr;
  };

  explicit Deadlines(boost::asio::execution_context& loop);
  static Deadlines& of(Loop& loop) { return boost::asio::use_service<Deadlines>(loop); }

  // The time in units of kTick, from some start: a monotonic clock that costs a few nanoseconds to
  // read.
  static std::uint64_t ticks();

 private:
  void shutdown() override;
  void start();
  void tick();

  std::unique_ptr<boost::asio::steady_timer> timer_;
  Entry* first_ = nullptr;
  Entry* scan_ = nullptr;  // the next entry tick() will look at; moved on when that entry dies
  bool running_ = false;
};

}  // namespace strait::async
