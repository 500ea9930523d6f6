// SPDX-License-Identifier: Apache-2.0
#include "async/loops.h"

#include <boost/asio/executor_work_guard.hpp>

namespace strait::async {

Loops::Loops(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    // One thread runs each loop, and it alone touches the loop's sockets: Asio need not wake other
    // threads, nor lock a socket for every operation. Posting and timers stay open to all threads.
    loops_.push_back(std::make_unique<Loop>(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO));
    guards_.emplace_back(loops_.back()->get_executor());
  }
}

Loops::~Loops() {
  stop();
  join();
}

void Loops::start() {
  for (auto& loop : loops_) threads_.emplace_back([&loop = *loop] { loop.run(); });
}

void Loops::stop() {
  for (auto& loop : loops_) loop->stop();
}

void Loops::join() { threads_.clear(); }

}  // namespace strait::async
