// SPDX-License-Identifier: Apache-2.0
#include "async/notifier.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace strait::async {

// The timer belongs to the waiter's loop: others only post to it.
struct Notifier::Waiter {
  explicit Waiter(Loop::executor_type executor) : timer(std::move(executor)) {}
  boost::asio::steady_timer timer;
};

void Notifier::notify() {
  std::vector<std::shared_ptr<Waiter>> woken;
  {
    const std::lock_guard lock(mutex_);
    version_.fetch_add(1, std::memory_order_release);
    woken.swap(waiters_);
  }
  for (auto& waiter : woken) {
    auto executor = waiter->timer.get_executor();
    boost::asio::post(executor, [waiter = std::move(waiter)] { waiter->timer.cancel(); });
  }
}

void Notifier::forget(const std::shared_ptr<Waiter>& waiter) {
  const std::lock_guard lock(mutex_);
  std::erase(waiters_, waiter);
}

Task<bool> Notifier::wait(std::uint64_t seen, std::chrono::milliseconds span) {
  const auto waiter = std::make_shared<Waiter>(co_await boost::asio::this_coro::executor);
  waiter->timer.expires_after(span);
  {
    const std::lock_guard lock(mutex_);
    if (version() != seen) co_return true;
    waiters_.push_back(waiter);
  }
  // The post of a notify() cannot overtake this wait: it runs on this loop, after this task has
  // suspended.
  co_await waiter->timer.async_wait(boost::asio::as_tuple(use_task));
  forget(waiter);
  co_return version() != seen;
}

}  // namespace strait::async
