// SPDX-License-Identifier: Apache-2.0
#include "store/batch.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <cstring>
#include <new>

#include "store/segment.h"

namespace strait::store {
namespace {

constexpr std::size_t kFirstCapacity = 64 * 1024;
constexpr std::size_t kKeptCapacity = 4 * 1024 * 1024;

}  // namespace

Batch::~Batch() { std::free(bytes_); }

char* Batch::reserve(std::size_t leaf_bytes) {
  const auto needed = padded(used_ + kFrameHeadBytes + leaf_bytes);
  if (needed > capacity_) {
    const auto capacity = std::max({kFirstCapacity, 2 * capacity_, needed});
    void* grown = nullptr;
    if (::posix_memalign(&grown, kBlockBytes, capacity) != 0) throw std::bad_alloc();
    if (used_ > 0) std::memcpy(grown, bytes_, used_);
    std::free(bytes_);
    bytes_ = static_cast<char*>(grown);
    capacity_ = capacity;
  }
  return bytes_ + used_;
}

void Batch::add(std::size_t leaf_bytes, Entry entry) {
  used_ += kFrameHeadBytes + leaf_bytes;
  entries_.push_back(std::move(entry));
}

void Batch::put(std::string_view bytes) {
  std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
  used_ += bytes.size();
}

std::pair<char*, std::size_t> Batch::blocks() {
  const auto whole = padded(used_);
  std::memset(bytes_ + used_, 0, whole - used_);
  return {bytes_, whole};
}

void Batch::clear() {
  used_ = 0;
  entries_.clear();
  waiting_.clear();
  if (capacity_ <= kKeptCapacity) return;
  std::free(bytes_);
  bytes_ = nullptr;
  capacity_ = 0;
}

void resume(std::vector<Waiting> waiting, const Status& status) {
  while (!waiting.empty()) {
    auto executor = waiting.front().executor;
    // One loop's waiters, which are all of them unless several loops record at once.
    const auto others = std::ranges::stable_partition(
        waiting, [&](const auto& each) { return each.executor == executor; });
    std::vector<Waiting> later(std::make_move_iterator(others.begin()),
                               std::make_move_iterator(others.end()));
    waiting.erase(others.begin(), others.end());
    boost::asio::dispatch(executor, [group = std::move(waiting), status]() mutable {
      for (auto& each : group) each.waiter(status);
    });
    waiting = std::move(later);
  }
}

}  // namespace strait::store
