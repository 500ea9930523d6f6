// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "store/disk.h"

// A disk that fails when it is told to. Each durable effect counts; the planned one is either lost
// (it does not happen, and says so) or kept (it happens, and says that it did not): the two things
// a crash or an error can leave behind.
namespace strait::store {

struct FaultPlan {
  enum class Mode { kNone, kLost, kKept };
  std::atomic<int> effects{0};
  std::atomic<int> fail_at{-1};     // which effect fails, counted from 0
  std::atomic<bool> sticky{false};  // and all after it
  std::atomic<Mode> mode{Mode::kNone};
  std::atomic<bool> no_segments{false};  // creating segments fails: the disk is full
  std::atomic<bool> stalled{false};      // block writes never finish

  bool fails() {
    const int now = effects++;
    if (mode == Mode::kNone || fail_at < 0) return false;
    return sticky ? now >= fail_at : now == fail_at;
  }
  bool lost() const { return mode == Mode::kLost; }
};

inline std::unexpected<Error> planned_fault() {
  return fail(ErrorCode::kIo, "the disk failed as planned", "fault");
}

class DiskFake final : public Disk {
 public:
  explicit DiskFake(std::shared_ptr<FaultPlan> plan) : plan_(std::move(plan)), real_(make_disk()) {}

  Result<int> create_segment(const std::string& path, std::uint64_t bytes) override {
    if (plan_->no_segments) return planned_fault();
    if (!plan_->fails()) return real_->create_segment(path, bytes);
    if (!plan_->lost()) {
      if (auto made = real_->create_segment(path, bytes)) close_quietly(*made);
    }
    return planned_fault();
  }
  Status write_now(int fd, std::uint64_t offset, std::span<const iovec> parts) override {
    return guarded([&] { return real_->write_now(fd, offset, parts); });
  }
  std::unique_ptr<BlockWriter> block_writer(async::Loop& loop, bool use_io_uring) override {
    return std::make_unique<WriterFake>(plan_, real_->block_writer(loop, use_io_uring));
  }
  Status replace(const std::string& path, std::string_view contents) override {
    return guarded([&] { return real_->replace(path, contents); });
  }
  Status append(const std::string& path, std::string_view contents) override {
    return guarded([&] { return real_->append(path, contents); });
  }
  Status truncate(const std::string& path, std::uint64_t bytes) override {
    return guarded([&] { return real_->truncate(path, bytes); });
  }
  Status remove(const std::string& path) override {
    return guarded([&] { return real_->remove(path); });
  }

 private:
  class WriterFake final : public BlockWriter {
   public:
    WriterFake(std::shared_ptr<FaultPlan> plan, std::unique_ptr<BlockWriter> real)
        : plan_(std::move(plan)), real_(std::move(real)) {}
    void write(int fd, std::uint64_t offset, std::vector<iovec> parts,
               std::function<void(Status)> done) override {
      if (plan_->stalled) {
        held_ = std::move(done);
        return;
      }
      if (!plan_->fails()) return real_->write(fd, offset, std::move(parts), std::move(done));
      // Lost: what is written is not what was asked for. The first block keeps its old zeros.
      if (plan_->lost()) parts = {zeros(parts)};
      real_->write(fd, offset, std::move(parts),
                   [done = std::move(done)](const Status&) { done(planned_fault()); });
    }
    bool is_io_uring() const override { return real_->is_io_uring(); }

   private:
    iovec zeros(const std::vector<iovec>&) {
      static void* const block = std::aligned_alloc(4096, 4096);
      return {std::memset(block, 0, 4096), 4096};
    }
    std::shared_ptr<FaultPlan> plan_;
    std::unique_ptr<BlockWriter> real_;
    std::function<void(Status)> held_;
  };

  template <class Effect>
  Status guarded(Effect effect) {
    if (!plan_->fails()) return effect();
    if (!plan_->lost()) (void)effect();
    return planned_fault();
  }
  static void close_quietly(int fd) { ::close(fd); }

  std::shared_ptr<FaultPlan> plan_;
  std::unique_ptr<Disk> real_;
};

}  // namespace strait::store
