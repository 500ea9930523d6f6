// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "async/task.h"

namespace strait::async {

// One loop a core, each run by one thread of its own. What lives on a loop is touched by its thread
// alone. Build everything on the loops first, then start(); stop() and join() before what lives on
// them is destroyed.
class Loops {
 public:
  explicit Loops(std::size_t count);
  ~Loops();  // stop() and join()
  Loops(const Loops&) = delete;
  Loops& operator=(const Loops&) = delete;

  std::size_t size() const { return loops_.size(); }
  Loop& at(std::size_t index) { return *loops_[index]; }
  void start();
  void stop();  // any thread; ends every run() soon
  void join();

 private:
  using Guard = boost::asio::executor_work_guard<Loop::executor_type>;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<Guard> guards_;
  std::vector<std::jthread> threads_;
};

}  // namespace strait::async
