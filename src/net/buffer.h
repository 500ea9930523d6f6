// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.h"
#include "base/limits.h"

namespace strait::net {

// The large blocks of one loop, lent to the connections that stream just now. Kept for reuse, never
// zeroed.
class Blocks final : public boost::asio::execution_context::service {
 public:
  using key_type = Blocks;
  static inline boost::asio::execution_context::id id;
  static constexpr std::size_t kBytes = limits::kPipeBytes;

  explicit Blocks(boost::asio::execution_context& loop) : service(loop) {}
  static Blocks& of(async::Loop& loop) { return boost::asio::use_service<Blocks>(loop); }

  std::unique_ptr<char[]> take() {
    if (free_.empty()) return std::make_unique_for_overwrite<char[]>(kBytes);
    auto block = std::move(free_.back());
    free_.pop_back();
    return block;
  }
  void give(std::unique_ptr<char[]> block) {
    if (free_.size() < kKept) free_.push_back(std::move(block));
  }

 private:
  static constexpr std::size_t kKept = 16;
  void shutdown() override { free_.clear(); }
  std::vector<std::unique_ptr<char[]>> free_;
};

// Bytes that have arrived and are not used up yet. Small while a connection speaks in heads and
// short bodies, wide (one of the loop's Blocks) while it streams. Storage is reused and never
// zeroed.
class Buffer {
 public:
  static constexpr std::size_t kSmallBytes = 16 * limits::kKiB;

  explicit Buffer(async::Loop& loop) : blocks_(Blocks::of(loop)) {}
  ~Buffer() { narrow(); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::string_view bytes() const { return {data_ + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // Free space after the bytes, at least 1: moves what is there to the front, or widens, when it
  // must.
  std::pair<char*, std::size_t> room() {
    if (data_ == nullptr) allocate();
    if (end_ == capacity_ && begin_ > 0) {
      std::memmove(data_, data_ + begin_, size());
      end_ = size();
      begin_ = 0;
    }
    if (end_ == capacity_) widen();
    return {data_ + end_, capacity_ - end_};
  }
  void filled(std::size_t count) { end_ += count; }
  bool full() const { return end_ == capacity_; }

  // Once: the largest head is smaller than a block, and bodies are consumed as they come.
  void widen() {
    if (wide_ != nullptr) return;
    wide_ = blocks_.take();
    if (size() > 0) std::memcpy(wide_.get(), data_ + begin_, size());
    settle(wide_.get(), Blocks::kBytes);
  }
  // Back to small, when what is left fits.
  void narrow() {
    if (wide_ == nullptr || size() > kSmallBytes) return;
    if (small_ == nullptr && size() > 0)
      small_ = std::make_unique_for_overwrite<char[]>(kSmallBytes);
    if (size() > 0) std::memcpy(small_.get(), data_ + begin_, size());
    settle(small_.get(), small_ == nullptr ? 0 : kSmallBytes);
    blocks_.give(std::move(wide_));
  }
  bool wide() const { return wide_ != nullptr; }

 private:
  void allocate() {
    small_ = std::make_unique_for_overwrite<char[]>(kSmallBytes);
    settle(small_.get(), kSmallBytes);
  }
  void settle(char* data, std::size_t capacity) {
    end_ = size();
    begin_ = 0;
    data_ = data;
    capacity_ = capacity;
  }

  Blocks& blocks_;
  std::unique_ptr<char[]> small_;
  std::unique_ptr<char[]> wide_;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace strait::net
