// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "async/task.h"

namespace strait::async {

// Something changed, come and look. Tasks on any loop wait; any thread notifies. It carries no
// data: the waiter looks at the state itself, which makes a lost or doubled wake-up harmless.
//
//   for (;;) {
//     const auto seen = notifier.version();      // before looking, so that no change falls in
//     between if (const auto decision = look()) co_return decision; if (!co_await
//     notifier.wait(seen, left)) co_return timed_out;
//   }
//
// A Notifier must outlive its waiters.
class Notifier {
 public:
  Notifier() = default;
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  void notify();
  // True as soon as version() is not `seen` any more, false when `span` passes first.
  Task<bool> wait(std::uint64_t seen, std::chrono::milliseconds span);

 private:
  struct Waiter;
  void forget(const std::shared_ptr<Waiter>& waiter);

  std::atomic<std::uint64_t> version_{0};
  std::mutex mutex_;
  std::vector<std::shared_ptr<Waiter>> waiters_;  // guarded by mutex_
};

}  // namespace strait::async
