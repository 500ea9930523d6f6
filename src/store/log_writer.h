// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "async/task.h"
#include "base/result.h"
#include "ledger/merkle.h"
#include "store/batch.h"
#include "store/disk.h"
#include "store/segment.h"

// Appends leaves to the log with group commit: leaves from any thread join the pending batch under
// one short lock, one write is in flight at a time, and what arrives meanwhile makes the next. A
// leaf's index is final when it is added; a write that fails takes back every index that it and the
// batch behind it carried.
//
// After an error the segment is never written to again, because nobody knows what is on it: the
// writer refuses at once, keeps trying to make a fresh segment (whose header supersedes whatever
// the old one holds past its durable end), and goes on there. So success is never reported for
// bytes that a failed sync left in the page cache.
namespace strait::store {

// What the writer's user keeps in step with the log.
class LogFollower {
 public:
  virtual ~LogFollower() = default;
  // The next three are called with the writer's lock held and must not call back.
  virtual void durable(std::span<Entry> entries, std::uint64_t first_index) = 0;
  virtual void lost() = 0;             // everything that is not durable will never be
  virtual std::string snapshot() = 0;  // the durable state, for a new segment's header
  // After lost(): leaves are taken again. Without the lock, on the loop.
  virtual void recovered() = 0;
  // About every 50 ms, without the lock, on the maintenance thread: may block.
  virtual void tick() = 0;
};

struct LogWriterConfig {
  std::string directory;
  std::size_t segment_bytes = 0;
  bool use_io_uring = true;
  std::uint64_t next_segment = 0;  // ordinal of the next file
};

std::string segment_name(std::uint64_t ordinal);  // "segment-0000000007.log"

class LogWriter : public std::enable_shared_from_this<LogWriter> {
 public:
  // `tree` is what is durable. `follower`, `disk` and `loop` outlive the writer.
  LogWriter(LogWriterConfig config, ledger::Frontier tree, Disk& disk, LogFollower& follower,
            async::Loop& loop);
  ~LogWriter();

  // Makes the first segment and the thread that prepares the others. Blocks.
  Status start();

  // From now on a write that takes longer than limits::kRecordDeadline is given up.
  void watch_deadlines();

  // Adding a leaf, all under one lock:
  //   std::unique_lock lock(writer.mutex());
  //   CHECK_OK(writer.admit(bound));                 // kRecorderUnavailable: failed, closed, or
  //   the queue is full char* leaf = writer.reserve(bound);            // write it there; its index
  //   is next_index() writer.add(length, entry);                     // gives its hash
  //   writer.wait(executor, waiter);                 // optional, for the leaf just added
  //   const bool must_kick = writer.needs_kick();
  //   lock.unlock();
  //   if (must_kick) writer.kick(executor);
  std::mutex& mutex() { return mutex_; }
  Status admit(std::size_t leaf_bytes);
  std::uint64_t next_index() const { return next_index_; }
  char* reserve(std::size_t leaf_bytes);
  crypto::Digest add(std::size_t leaf_bytes, Entry entry);
  void wait(async::Loop::executor_type executor, Waiter waiter);

  // Whether nobody has undertaken yet to write what was added. Then the caller has: it must kick,
  // without the lock.
  bool needs_kick();
  // Writes once everything that is ready on `executor` now, or becomes so in the next rounds of its
  // loop, has run, so that requests that arrive together share a commit. An idle loop writes at
  // once.
  void kick(const async::Loop::executor_type& executor);

  // Writes what is pending before it returns. For opening and closing, when no loop turns. Call
  // without the lock.
  Status write_now();

  // Ends the maintenance thread and leaves the loop alone, for good.
  void stop();

  void close();  // refuses everything from now on; call after write_now() or when nothing waits

  struct Standing {
    ledger::Frontier tree;  // durable
    std::uint64_t commits = 0;
    bool accepting = false;
    std::string why_not;
  };
  Standing standing();  // takes the lock
  bool is_io_uring() const { return is_io_uring_; }

 private:
  enum class State : std::uint8_t { kOpen, kFailed, kClosed };
  struct Segment {
    int fd = -1;
    std::uint64_t ordinal = 0;
    std::uint64_t used = 0;  // bytes durable, or in flight
    std::uint64_t durable = 0;
  };
  using Lock = std::unique_lock<std::mutex>;

  std::string path_of(const Segment& segment) const;
  void gather(const async::Loop::executor_type& executor, int rounds);
  bool begin_write(Lock& lock);  // true when it did, and then the lock is released
  bool choose_segment(
      std::size_t bytes);  // current_ has room for a batch, or for its header and the batch
  std::vector<iovec> parts_in_flight();
  void written(Status status);
  void keep(Lock& lock);
  std::vector<Waiting> give_up(Error why);
  void reopen();
  void maintain();
  void prepare_spare(Lock& lock);
  void retire_segments(Lock& lock);
  bool stopping();
  void watch_deadline();
  void check_deadline();

  const LogWriterConfig config_;
  Disk& disk_;
  LogFollower& follower_;
  async::Loop& loop_;

  std::mutex mutex_;
  // All below are guarded by mutex_; the bytes of in_flight_ and header_ belong to the write while
  // there is one.
  State state_ = State::kOpen;
  Error why_;
  ledger::Frontier tree_;
  std::uint64_t next_index_ = 0;
  std::uint64_t commits_ = 0;
  std::unique_ptr<Batch> pending_ = std::make_unique<Batch>();
  std::unique_ptr<Batch> in_flight_ = std::make_unique<Batch>();
  Batch header_;  // of a segment whose first batch is in flight; holds no entries
  bool write_in_flight_ = false;
  bool disowned_ =
      false;  // the write in flight was given up for slowness; its outcome no longer counts
  bool kicked_ = false;
  bool starved_ = false;  // a batch waits for a segment
  Segment current_;
  Segment spare_;
  std::uint64_t next_ordinal_ = 0;
  std::vector<Segment> retired_;  // to be closed and cut by the maintenance thread
  int looks_ = 0;                 // of the deadline watch, without a write ending
  int ticks_to_next_try_ = 0;
  bool stopping_ = false;
  std::condition_variable wake_;
  std::unique_ptr<BlockWriter> writer_;
  const bool is_io_uring_;
  boost::asio::steady_timer deadline_;  // used on the loop alone
  std::thread maintenance_;
};

}  // namespace strait::store
