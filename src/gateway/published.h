// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace strait::gateway {

// One value that everybody reads and somebody now and then replaces: the current World. A reader
// costs one atomic load while nothing changes (an atomic<shared_ptr> costs 256 ns under two
// threads; docs/decisions/0002-publishing.md).
template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  void publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(mutex_);
    current_ = std::move(next);
    generation_.fetch_add(1, std::memory_order_release);
  }

  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }

  // One loop's view. The reference from current() is that loop's own; copy the shared_ptr to keep a
  // version.
  class Reader {
   public:
    explicit Reader(const Published& source) : source_(source) {}
    const std::shared_ptr<const T>& current() {
      const auto generation = source_.generation_.load(std::memory_order_acquire);
      if (generation != seen_ || !held_) {
        held_ = source_.get();
        seen_ = generation;
      }
      return held_;
    }

   private:
    const Published& source_;
    std::shared_ptr<const T> held_;
    std::uint64_t seen_ = 0;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> current_;  // guarded by mutex_
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace strait::gateway
