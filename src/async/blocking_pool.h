// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/task.h"

namespace strait::async {

// Threads for work that blocks: SQLite, file reads, getaddrinfo. The task waits on its own loop
// while the function runs on a pool thread; the result travels back with it. Functions must not
// throw. Destroying the pool waits for what runs and drops what has not begun.
class BlockingPool {
 public:
  explicit BlockingPool(std::size_t threads) : pool_(threads) {}
  ~BlockingPool() {
    pool_.stop();
    pool_.join();
  }

  // co_await pool.run([&] { return store.load(id); })
  template <class Function>
  Task<std::invoke_result_t<Function&>> run(Function function) {
    using Value = std::invoke_result_t<Function&>;
    std::optional<std::conditional_t<std::is_void_v<Value>, bool, Value>> value;
    co_await boost::asio::async_initiate<const UseTask&, void()>(
        [this, &function, &value](auto handler) {
          auto work = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
          boost::asio::post(pool_,
                            [&, handler = std::move(handler), work = std::move(work)]() mutable {
                              if constexpr (std::is_void_v<Value>) {
                                function();
                              } else {
                                value.emplace(function());
                              }
                              boost::asio::post(work.get_executor(), std::move(handler));
                            });
        },
        use_task);
    if constexpr (!std::is_void_v<Value>) co_return std::move(*value);
  }

 private:
  boost::asio::thread_pool pool_;
};

}  // namespace strait::async
