// SPDX-License-Identifier: Apache-2.0
#include "store/block_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <liburing.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace strait::store {
namespace {

std::unexpected<Error> write_error(int code) {
  return fail(ErrorCode::kIo, "the log cannot be written", std::strerror(code));
}

std::uint64_t total_bytes(std::span<const iovec> parts) {
  std::uint64_t bytes = 0;
  for (const auto& part : parts) bytes += part.iov_len;
  return bytes;
}

// Takes `done` bytes off the front of `parts`.
void advance(std::vector<iovec>& parts, std::size_t done) {
  while (done > 0 && done >= parts.front().iov_len) {
    done -= parts.front().iov_len;
    parts.erase(parts.begin());
  }
  if (done == 0) return;
  parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + done;
  parts.front().iov_len -= done;
}

bool syncs_by_itself(int fd) { return (::fcntl(fd, F_GETFL) & O_DSYNC) == O_DSYNC; }

class UringWriter final : public BlockWriter {
 public:
  UringWriter(async::Loop& loop, io_uring ring, int event_fd)
      : ring_(ring), event_(loop, event_fd) {
    watch();
  }

  ~UringWriter() override {
    boost::system::error_code ignored;
    event_.close(ignored);
    if (done_) {  // the blocks must stay put until the kernel has taken them
      __kernel_timespec patience{5, 0};
      io_uring_cqe* completion = nullptr;
      ::io_uring_wait_cqe_timeout(&ring_, &completion, &patience);
    }
    ::io_uring_queue_exit(&ring_);
  }

  bool is_io_uring() const override { return true; }

  void write(int fd, std::uint64_t offset, std::vector<iovec> parts,
             std::function<void(Status)> done) override {
    fd_ = fd;
    offset_ = offset;
    parts_ = std::move(parts);
    done_ = std::move(done);
    syncing_ = false;
    needs_sync_ = !syncs_by_itself(fd);
    submit();
  }

 private:
  // INVARIANT: one operation is in flight at most, so there is always a free entry.
  void submit() {
    auto* entry = ::io_uring_get_sqe(&ring_);
    if (syncing_) {
      ::io_uring_prep_fsync(entry, fd_, IORING_FSYNC_DATASYNC);
    } else {
      ::io_uring_prep_writev(entry, fd_, parts_.data(), static_cast<unsigned>(parts_.size()),
                             offset_);
    }
    handed_over_.store(true, std::memory_order_release);
    if (const int submitted = ::io_uring_submit(&ring_); submitted < 0) {
      boost::asio::post(event_.get_executor(),
                        [this, submitted] { finish(write_error(-submitted)); });
    }
  }

  void watch() {
    event_.async_wait(
        boost::asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code code) {
          if (code) return;
          std::uint64_t count = 0;
          if (::read(event_.native_handle(), &count, sizeof(count)) != sizeof(count)) count = 0;
          io_uring_cqe* completion = nullptr;
          while (::io_uring_peek_cqe(&ring_, &completion) == 0 && completion != nullptr) {
            const int outcome = completion->res;
            ::io_uring_cqe_seen(&ring_, completion);
            completed(outcome);
          }
          watch();
        });
  }

  void completed(int outcome) {
    (void)handed_over_.load(std::memory_order_acquire);
    if (outcome == -EINTR || outcome == -EAGAIN) return submit();
    if (outcome < 0) return finish(write_error(-outcome));
    if (syncing_) return finish({});
    if (outcome == 0) return finish(write_error(EIO));
    advance(parts_, static_cast<std::size_t>(outcome));
    offset_ += static_cast<std::uint64_t>(outcome);
    if (!parts_.empty()) return submit();  // a short write
    if (!needs_sync_) return finish({});
    syncing_ = true;
    submit();
  }

  void finish(Status status) {
    auto done = std::exchange(done_, nullptr);
    if (done) done(std::move(status));
  }

  io_uring ring_;
  boost::asio::posix::stream_descriptor event_;
  int fd_ = -1;
  std::uint64_t offset_ = 0;
  std::vector<iovec> parts_;
  std::function<void(Status)> done_;
  bool syncing_ = false;
  bool needs_sync_ = false;
  // What one thread submits another one completes. The kernel orders the two; this says so in C++'s
  // terms.
  std::atomic<bool> handed_over_ = false;
};

class ThreadWriter final : public BlockWriter {
 public:
  explicit ThreadWriter(async::Loop& loop) : loop_(loop), thread_([this] { run(); }) {}

  ~ThreadWriter() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  bool is_io_uring() const override { return false; }

  void write(int fd, std::uint64_t offset, std::vector<iovec> parts,
             std::function<void(Status)> done) override {
    {
      const std::lock_guard lock(mutex_);
      job_ = {fd, offset, std::move(parts), std::move(done)};
    }
    wake_.notify_one();
  }

 private:
  struct Job {
    int fd = -1;
    std::uint64_t offset = 0;
    std::vector<iovec> parts;
    std::function<void(Status)> done;
  };

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || job_.done != nullptr; });
      if (job_.done == nullptr) return;
      const auto job = std::exchange(job_, {});
      lock.unlock();
      auto status = write_blocks(job.fd, job.offset, job.parts);
      boost::asio::post(loop_, [done = job.done, status = std::move(status)] { done(status); });
      lock.lock();
    }
  }

  async::Loop& loop_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Job job_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<BlockWriter> make_uring_writer(async::Loop& loop) {
  io_uring ring{};
  if (::io_uring_queue_init(8, &ring, 0) != 0) return nullptr;
  const int event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event_fd < 0 || ::io_uring_register_eventfd(&ring, event_fd) != 0) {
    if (event_fd >= 0) ::close(event_fd);
    ::io_uring_queue_exit(&ring);
    return nullptr;
  }
  return std::make_unique<UringWriter>(loop, ring, event_fd);
}

std::unique_ptr<BlockWriter> make_thread_writer(async::Loop& loop) {
  return std::make_unique<ThreadWriter>(loop);
}

Status write_blocks(int fd, std::uint64_t offset, std::span<const iovec> parts) {
  std::vector<iovec> left(parts.begin(), parts.end());
  for (auto remaining = total_bytes(parts); remaining > 0;) {
    const auto written =
        ::pwritev(fd, left.data(), static_cast<int>(left.size()), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return write_error(written == 0 ? EIO : errno);
    advance(left, static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
    remaining -= static_cast<std::uint64_t>(written);
  }
  if (!syncs_by_itself(fd) && ::fdatasync(fd) != 0) return write_error(errno);
  return {};
}

}  // namespace strait::store
