// SPDX-License-Identifier: Apache-2.0
#include "net/poller.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

namespace strait::net {
namespace {

constexpr std::uint32_t kEnds = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t kInterest = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

int make_epoll() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  return descriptor;
}

}  // namespace

Poller::Socket::Socket(async::Loop& loop, int descriptor)
    : loop_(loop), poller_(Poller::of(loop)), descriptor_(descriptor), next_(poller_.first_) {
  epoll_event event{kInterest, {.ptr = this}};
  if (::epoll_ctl(poller_.descriptor_.native_handle(), EPOLL_CTL_ADD, descriptor_, &event) != 0) {
    // The system has no room for one more: nobody would ever say anything about this one.
    readable_ = ended_ = true;
    ::shutdown(descriptor_, SHUT_RDWR);
  }
  if (next_ != nullptr) next_->previous_ = this;
  poller_.first_ = this;
  poller_.listen();
}

Poller::Socket::~Socket() {
  if (previous_ != nullptr) previous_->next_ = next_;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (poller_.first_ == this) poller_.first_ = next_;
  for (auto& event : poller_.turn_) {
    if (event.data.ptr == this) event.data.ptr = nullptr;
  }
  // Said, not left to close(2): a child of this process may hold a copy of the descriptor.
  ::epoll_ctl(poller_.descriptor_.native_handle(), EPOLL_CTL_DEL, descriptor_, nullptr);
  ::close(descriptor_);
}

void Poller::Socket::when_readable(Waiter waiter) {
  reading_ = std::move(waiter);
  if (!readable_) return;
  epoll_event event{kInterest, {.ptr = this}};  // said once more
  ::epoll_ctl(poller_.descriptor_.native_handle(), EPOLL_CTL_MOD, descriptor_, &event);
}

void Poller::Socket::cancel() {
  for (auto* slot : {&reading_, &writing_}) {
    if (!*slot) continue;
    boost::asio::post(loop_, [waiter = std::exchange(*slot, nullptr)]() mutable { waiter(false); });
  }
}

void Poller::Socket::happened(std::uint32_t events) {
  if (events & kEnds) ended_ = true;
  if (events & (EPOLLIN | kEnds)) readable_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
  // Both are taken first: whoever goes on may destroy this socket.
  auto reading = readable_ ? std::exchange(reading_, nullptr) : nullptr;
  auto writing = writable_ ? std::exchange(writing_, nullptr) : nullptr;
  if (reading) reading(true);
  if (writing) writing(true);
}

Poller::Poller(boost::asio::execution_context& loop)
    : service(loop),
      descriptor_(static_cast<async::Loop&>(loop), make_epoll()),
      events_(std::make_unique_for_overwrite<epoll_event[]>(kEvents)) {}

Poller::~Poller() = default;

// A task that waits owns its socket, so each is taken off the list by what it waits for.
void Poller::shutdown() {
  for (Socket* socket = first_; socket != nullptr;) {
    if (socket->reading_ || socket->writing_) {
      const auto reading = std::exchange(socket->reading_, nullptr);
      const auto writing = std::exchange(socket->writing_, nullptr);
      socket = first_;
    } else {
      socket = socket->next_;
    }
  }
  descriptor_.close();
}

// Only while there are sockets, so that a loop with nothing left to do can end.
void Poller::listen() {
  if (listening_ || first_ == nullptr) return;
  listening_ = true;
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                         [this](const boost::system::error_code& error) {
                           listening_ = false;
                           if (!error) collect();
                         });
}

void Poller::collect() {
  const int count = ::epoll_wait(descriptor_.native_handle(), events_.get(), kEvents, 0);
  turn_ = {events_.get(), static_cast<std::size_t>(std::max(count, 0))};
  for (const auto& event : turn_) {
    if (auto* socket = static_cast<Socket*>(event.data.ptr)) socket->happened(event.events);
  }
  turn_ = {};
  listen();
}

}  // namespace strait::net
