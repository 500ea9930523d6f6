// SPDX-License-Identifier: Apache-2.0
#include "store/log_writer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "base/limits.h"

namespace strait::store {
namespace {

constexpr std::chrono::milliseconds kTick{50};
constexpr std::chrono::milliseconds kLook{250};
constexpr int kLooksMax = static_cast<int>(limits::kRecordDeadline / kLook);
constexpr int kRetryTicks = 5;
constexpr std::size_t kQueueBytesMax = 16 * limits::kMiB;
// How often the loop goes round, looking for more that is ready each time, before a write begins.
// At 32 connections two rounds halve the commits and take a tenth off a call's cost; more bring
// nothing, and at one connection there is nothing to wait for.
constexpr int kGatherRounds = 2;

}  // namespace

std::string segment_name(std::uint64_t ordinal) {
  return fmt::format("segment-{:010}.log", ordinal);
}

LogWriter::LogWriter(LogWriterConfig config, ledger::Frontier tree, Disk& disk,
                     LogFollower& follower, async::Loop& loop)
    : config_(std::move(config)),
      disk_(disk),
      follower_(follower),
      loop_(loop),
      tree_(std::move(tree)),
      next_index_(tree_.size()),
      next_ordinal_(config_.next_segment),
      writer_(disk.block_writer(loop, config_.use_io_uring)),
      is_io_uring_(writer_->is_io_uring()),
      deadline_(loop) {}

LogWriter::~LogWriter() {
  stop();
  for (const auto* segment : {&current_, &spare_}) {
    if (segment->fd >= 0) ::close(segment->fd);
  }
  for (const auto& segment : retired_) ::close(segment.fd);
}

void LogWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    state_ = State::kClosed;
  }
  wake_.notify_all();
  if (maintenance_.joinable()) maintenance_.join();
  deadline_.cancel();
  writer_.reset();
}

std::string LogWriter::path_of(const Segment& segment) const {
  return config_.directory + "/" + segment_name(segment.ordinal);
}

Status LogWriter::start() {
  current_.ordinal = next_ordinal_++;
  TRY(current_.fd, disk_.create_segment(path_of(current_), config_.segment_bytes));
  maintenance_ = std::thread([this] { maintain(); });
  return {};
}

Status LogWriter::admit(std::size_t leaf_bytes) {
  if (state_ != State::kOpen) {
    return fail(ErrorCode::kRecorderUnavailable, "the call cannot be recorded, so it is not made",
                why_.message + ": " + why_.detail);
  }
  if (pending_->entries().size() >= limits::kRecordQueueMax ||
      pending_->bytes() + leaf_bytes > kQueueBytesMax) {
    return fail(ErrorCode::kRecorderUnavailable, "too many calls wait to be recorded");
  }
  return {};
}

char* LogWriter::reserve(std::size_t leaf_bytes) {
  return pending_->reserve(leaf_bytes) + kFrameHeadBytes;
}

crypto::Digest LogWriter::add(std::size_t leaf_bytes, Entry entry) {
  char* frame = pending_->reserve(leaf_bytes);
  entry.hash = seal_frame(frame, leaf_bytes, next_index_++, pending_->empty());
  const auto hash = entry.hash;
  pending_->add(leaf_bytes, std::move(entry));
  return hash;
}

void LogWriter::wait(async::Loop::executor_type executor, Waiter waiter) {
  pending_->waiting().push_back({std::move(waiter), std::move(executor)});
}

bool LogWriter::needs_kick() {
  if (kicked_ || write_in_flight_) return false;
  kicked_ = true;
  return true;
}

void LogWriter::kick(const async::Loop::executor_type& executor) {
  gather(executor, kGatherRounds);
}

void LogWriter::gather(const async::Loop::executor_type& executor, int rounds) {
  boost::asio::post(executor, [weak = weak_from_this(), executor, rounds] {
    const auto self = weak.lock();
    if (!self) return;
    if (rounds > 0) return self->gather(executor, rounds - 1);
    Lock lock(self->mutex_);
    self->begin_write(lock);
  });
}

// The header goes with the first batch, in one write: it holds the state at exactly that point, and
// a segment without a batch needs none.
bool LogWriter::choose_segment(std::size_t bytes) {
  header_.clear();
  if (current_.fd >= 0 && current_.used > 0 && current_.used + bytes <= config_.segment_bytes)
    return true;
  if (current_.fd < 0 || current_.used > 0) {
    if (spare_.fd < 0) return false;
    if (current_.fd >= 0) retired_.push_back(current_);
    current_ = std::exchange(spare_, Segment{});
    wake_.notify_all();
  }
  header_.put(encode_header({tree_, follower_.snapshot()}));
  return true;
}

std::vector<iovec> LogWriter::parts_in_flight() {
  std::vector<iovec> parts;
  for (auto* batch : {&header_, in_flight_.get()}) {
    if (batch->bytes() == 0) continue;
    const auto [bytes, size] = batch->blocks();
    parts.push_back({bytes, size});
  }
  return parts;
}

bool LogWriter::begin_write(Lock& lock) {
  kicked_ = false;
  if (state_ != State::kOpen || write_in_flight_ || pending_->empty()) return false;
  // Without a segment it waits: the maintenance thread calls again when it has made one.
  starved_ = !choose_segment(padded(pending_->bytes()));
  if (starved_) return false;
  std::swap(pending_, in_flight_);
  write_in_flight_ = true;
  looks_ = 0;
  auto parts = parts_in_flight();
  const auto offset = current_.used;
  for (const auto& part : parts) current_.used += part.iov_len;
  const int fd = current_.fd;
  lock.unlock();
  writer_->write(fd, offset, std::move(parts), [weak = weak_from_this()](Status status) {
    if (const auto self = weak.lock()) self->written(std::move(status));
  });
  return true;
}

void LogWriter::written(Status status) {
  Lock lock(mutex_);
  write_in_flight_ = false;
  if (status && !disowned_) return keep(lock);
  std::vector<Waiting> waiting;
  if (!disowned_) waiting = give_up(status.error());
  disowned_ = false;
  in_flight_->clear();
  lock.unlock();
  if (!waiting.empty()) {
    resume(std::move(waiting),
           fail(ErrorCode::kRecorderUnavailable, "the call could not be recorded"));
  }
}

// The write is durable. Whoever waited is told first: what they do next is often to record again,
// and the next write then carries that too.
void LogWriter::keep(Lock& lock) {
  const auto first_index = tree_.size();
  for (const auto& entry : in_flight_->entries()) tree_.add(entry.hash);
  follower_.durable(in_flight_->entries(), first_index);
  current_.durable = current_.used;
  ++commits_;
  auto waiting = std::move(in_flight_->waiting());
  in_flight_->clear();
  in_flight_->waiting().reserve(waiting.size());
  const bool must_kick = !pending_->empty() && needs_kick();
  lock.unlock();
  resume(std::move(waiting), {});
  if (must_kick) kick(loop_.get_executor());
}

// Everything that is not durable is lost: its indices are free again, and whoever waits is told so.
std::vector<Waiting> LogWriter::give_up(Error why) {
  spdlog::error("recorder: {} ({}); new calls are refused until the log can be written again",
                why.message, why.detail);
  state_ = State::kFailed;
  why_ = std::move(why);
  auto waiting = std::move(in_flight_->waiting());
  for (auto& each : pending_->waiting()) waiting.push_back(std::move(each));
  in_flight_->waiting().clear();
  pending_->clear();
  starved_ = false;
  next_index_ = tree_.size();
  follower_.lost();
  ticks_to_next_try_ = 0;
  wake_.notify_all();
  return waiting;
}

void LogWriter::reopen() {
  if (current_.fd >= 0) {
    current_.used = current_.durable;
    retired_.push_back(current_);
  }
  current_ = std::exchange(spare_, Segment{});
  state_ = State::kOpen;
  spdlog::info("recorder: the log is written again, in {}", segment_name(current_.ordinal));
  boost::asio::post(loop_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->follower_.recovered();
  });
}

Status LogWriter::write_now() {
  Lock lock(mutex_);
  if (state_ != State::kOpen)
    return fail(ErrorCode::kRecorderUnavailable, "the log is closed", why_.message);
  if (write_in_flight_) return fail(ErrorCode::kInternal, "the log is being written by its loop");
  if (pending_->empty()) return {};
  while (state_ == State::kOpen && !choose_segment(padded(pending_->bytes()))) wake_.wait(lock);
  if (state_ != State::kOpen) return fail(ErrorCode::kIo, why_.message, why_.detail);
  std::swap(pending_, in_flight_);
  const auto parts = parts_in_flight();
  const auto offset = current_.used;
  for (const auto& part : parts) current_.used += part.iov_len;
  if (auto status = disk_.write_now(current_.fd, offset, parts); !status) {
    give_up(status.error());
    in_flight_->clear();
    return status;
  }
  keep(lock);
  return {};
}

void LogWriter::close() {
  const Lock lock(mutex_);
  state_ = State::kClosed;
  why_ = error(ErrorCode::kRecorderUnavailable, "strait is shutting down");
}

bool LogWriter::stopping() {
  const Lock lock(mutex_);
  return stopping_;
}

LogWriter::Standing LogWriter::standing() {
  const Lock lock(mutex_);
  Standing standing{tree_, commits_, state_ == State::kOpen, {}};
  if (state_ != State::kOpen) standing.why_not = why_.message + ": " + why_.detail;
  return standing;
}

void LogWriter::maintain() {
  Lock lock(mutex_);
  while (!stopping_) {
    retire_segments(lock);
    if (spare_.fd < 0 && state_ != State::kClosed && --ticks_to_next_try_ <= 0) prepare_spare(lock);
    if (state_ == State::kFailed && !write_in_flight_ && spare_.fd >= 0) reopen();
    if (starved_ && begin_write(lock)) lock.lock();
    lock.unlock();
    follower_.tick();
    lock.lock();
    if (!stopping_) wake_.wait_for(lock, kTick);
  }
}

void LogWriter::prepare_spare(Lock& lock) {
  Segment made{-1, next_ordinal_++, 0, 0};
  lock.unlock();
  auto fd = disk_.create_segment(path_of(made), config_.segment_bytes);
  lock.lock();
  if (fd) {
    made.fd = *fd;
    spare_ = made;
    wake_.notify_all();
    return;
  }
  ticks_to_next_try_ = kRetryTicks;
  // While the current segment has room nothing is lost yet. When a batch waits for this one, its
  // callers are told now.
  if (state_ != State::kOpen || write_in_flight_ || pending_->empty()) return;
  if (current_.fd >= 0 && current_.used + padded(pending_->bytes()) <= config_.segment_bytes)
    return;
  auto waiting = give_up(fd.error());
  lock.unlock();
  resume(std::move(waiting),
         fail(ErrorCode::kRecorderUnavailable, "the call could not be recorded"));
  lock.lock();
}

// What is past the durable end of a segment is superseded by the next one's header. Cutting it off
// only gives space back; a crash before, or an error, changes nothing.
void LogWriter::retire_segments(Lock& lock) {
  auto retired = std::exchange(retired_, {});
  lock.unlock();
  for (const auto& segment : retired) {
    ::close(segment.fd);
    const auto path = path_of(segment);
    if (auto cut =
            segment.durable == 0 ? disk_.remove(path) : disk_.truncate(path, segment.durable);
        !cut) {
      spdlog::warn("recorder: {} keeps its unused space ({})", segment_name(segment.ordinal),
                   cut.error().detail);
    }
  }
  lock.lock();
}

void LogWriter::watch_deadlines() {
  boost::asio::post(loop_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->watch_deadline();
  });
}

void LogWriter::watch_deadline() {
  deadline_.expires_after(kLook);
  deadline_.async_wait([weak = weak_from_this()](boost::system::error_code code) {
    const auto self = weak.lock();
    if (code || !self || self->stopping()) return;
    self->check_deadline();
    self->watch_deadline();
  });
}

// A disk that does not answer: neither a write, nor the making of the segment that a batch waits
// for.
void LogWriter::check_deadline() {
  Lock lock(mutex_);
  const bool waits = state_ == State::kOpen && (write_in_flight_ || !pending_->empty());
  looks_ = waits ? looks_ + 1 : 0;
  if (looks_ <= kLooksMax) return;
  looks_ = 0;
  disowned_ = write_in_flight_;
  auto waiting = give_up(
      error(ErrorCode::kIo, "the disk does not answer", "a write takes longer than the deadline"));
  lock.unlock();
  resume(std::move(waiting),
         fail(ErrorCode::kRecorderUnavailable, "the call could not be recorded in time"));
}

}  // namespace strait::store
