// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "ledger/leaf_body.h"
#include "store/blob_store.h"
#include "store/checkpoint_keeper.h"
#include "store/log_writer.h"
#include "store/recorder.h"
#include "store/sessions.h"

namespace strait::store {

// A leaf without its place: what a recorder's method wants written.
struct Draft {
  ledger::Kind kind = ledger::Kind::kAdmin;
  std::string body;
  CallId call = {};          // of an INTENT
  std::uint64_t intent = 0;  // of a call's end: the INTENT's index
};

// The recorder's inside. Methods named *_locked are called with the log writer's lock held.
class Recorder::Impl final : public LogFollower {
 public:
  Impl(RecorderConfig config, crypto::SigningKey log_key, crypto::AeadKey blob_key,
       const async::Clock& clock, async::Loop& loop, std::unique_ptr<Disk> disk);
  ~Impl() override;
  Status open();

  // To be awaited at once: runs `prepare` under the lock, where it adds leaves, and gives a Status
  // when they are durable. Not a coroutine of its own, which would be two more frames a record.
  template <class Prepare>
  auto commit(const Prepare& prepare) {
    auto initiate = [this, &prepare](auto handler) {
      auto executor = boost::asio::get_associated_executor(handler);
      std::unique_lock lock(writer_->mutex());
      Status prepared =
          closed_ ? fail(ErrorCode::kRecorderUnavailable, "strait is shutting down") : prepare();
      if (prepared)
        writer_->wait(executor, [handler = std::move(handler)](Status status) mutable {
          std::move(handler)(status);
        });
      const bool must_kick = writer_->needs_kick();
      lock.unlock();
      if (must_kick) writer_->kick(executor);
      if (prepared) return;
      refused_.fetch_add(1, std::memory_order_relaxed);
      boost::asio::post(executor, [handler = std::move(handler), prepared]() mutable {
        std::move(handler)(prepared);
      });
    };
    return boost::asio::async_initiate<const boost::asio::deferred_t&, void(Status)>(
        std::move(initiate), boost::asio::deferred);
  }

  // Gives the leaf's index.
  Result<std::uint64_t> add_locked(Draft&& draft, Chain* chain);
  Result<std::uint64_t> place_locked(Draft&& draft, Chain* chain, Timestamp now);
  // The chain of a session that may go on, opened here when it was opened elsewhere. kExpiredToken,
  // kRevoked.
  enum class Purpose : std::uint8_t { kCall, kAnything };
  Result<Chain*> chain_locked(const journey::Session& session, Purpose purpose);
  Status open_session_locked(const journey::Session& session, std::string_view peer, bool joined);
  Status close_session_locked(std::string_view session, Draft&& draft);
  // Ends an open call with `draft`. When that cannot even be queued, an OUTCOME_UNKNOWN is owed.
  Status end_call_locked(const IntentRef& intent, Draft&& draft);
  void owe_locked(OpenCall& call, std::string why);
  void write_owed_locked();
  void abandon(const IntentRef& intent, std::string why);
  async::Task<Status> close();

  // What a leaf says of a body; and, once the leaf is durable, the body itself with the same salt.
  using Salt = std::array<std::uint8_t, ledger::kSaltBytes>;
  static Salt random_salt();
  static ledger::Body commitment(const Salt& salt, std::string_view body);
  void keep_body(const SessionId& session, const Salt& salt, std::string_view body);
  void note_unrecorded_refusal();
  RecorderStats stats();
  Timestamp time_locked();
  const RecorderConfig& config() const { return config_; }

  // LogFollower.
  void durable(std::span<Entry> entries, std::uint64_t first_index) override;
  void lost() override;
  std::string snapshot() override;
  void recovered() override;
  void tick() override;

 private:
  Status begin_log(bool is_new);
  Status sign(CheckpointKeeper::History history);
  void write_gap_locked();

  const RecorderConfig config_;
  const async::Clock& clock_;
  async::Loop& loop_;
  std::unique_ptr<Disk> disk_;
  ledger::Vkey vkey_;

  // Guarded by the log writer's lock.
  Sessions sessions_;
  ledger::TimeText time_text_;
  Timestamp last_time_{};    // of the last leaf
  Timestamp latest_time_{};  // of any leaf: nothing un-expires when the clock goes back
  bool owes_ = false;
  bool closed_ = false;

  std::mutex keeper_mutex_;
  CheckpointKeeper keeper_;
  std::string checkpoint_problem_;  // with keeper_mutex_
  int ticks_to_checkpoint_ = 0;     // of the maintenance thread
  int ticks_to_sweep_ = 0;

  std::atomic<bool> opened_ = false;
  std::atomic<std::uint64_t> records_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<std::uint64_t> gap_refusals_ = 0;
  std::unique_ptr<BlobStore> blobs_;
  std::shared_ptr<LogWriter> writer_;  // last: its thread calls the above
};

}  // namespace strait::store
