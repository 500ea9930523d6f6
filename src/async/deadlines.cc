// SPDX-License-Identifier: Apache-2.0
#include "async/deadlines.h"

#include <time.h>

namespace strait::async {

Deadlines::Entry::Entry(Loop& loop, void (*late)(void*), void* owner)
    : deadlines_(Deadlines::of(loop)), late_(late), owner_(owner), next_(deadlines_.first_) {
  if (next_ != nullptr) next_->previous_ = this;
  deadlines_.first_ = this;
}

Deadlines::Entry::~Entry() {
  if (deadlines_.scan_ == this) deadlines_.scan_ = next_;
  if (deadlines_.first_ == this) deadlines_.first_ = next_;
  if (previous_ != nullptr) previous_->next_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
}

void Deadlines::Entry::arm(std::chrono::milliseconds after) {
  // One tick more: the current tick may be almost over.
  due_ = ticks() +
         static_cast<std::uint64_t>((after + kTick - std::chrono::milliseconds(1)) / kTick) + 1;
  if (!deadlines_.running_) deadlines_.start();
}

Deadlines::Deadlines(boost::asio::execution_context& loop)
    : boost::asio::execution_context::service(loop),
      timer_(std::make_unique<boost::asio::steady_timer>(static_cast<Loop&>(loop))) {}

static_assert(Deadlines::kTick == std::chrono::milliseconds(250));
std::uint64_t Deadlines::ticks() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE,
                  &now);  // no system call, and no reading of a hardware counter
  return static_cast<std::uint64_t>(now.tv_sec) * 4 +
         static_cast<std::uint64_t>(now.tv_nsec) / 250'000'000;
}

void Deadlines::shutdown() { timer_.reset(); }

void Deadlines::start() {
  if (timer_ == nullptr) return;
  running_ = true;
  timer_->expires_after(kTick);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void Deadlines::tick() {
  const auto now = ticks();
  for (Entry* entry = first_; entry != nullptr; entry = scan_) {
    scan_ = entry->next_;
    if (entry->due_ == 0 || entry->due_ > now) continue;
    entry->due_ = 0;
    entry->late_(entry->owner_);
  }
  scan_ = nullptr;
  running_ = false;
  // Without entries the timer stops, so that a loop with nothing left to do can end.
  if (first_ != nullptr) start();
}

}  // namespace strait::async
