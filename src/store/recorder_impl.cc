// SPDX-License-Identifier: Apache-2.0
#include "store/recorder_impl.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstring>

#include "base/limits.h"
#include "codec/json.h"
#include "crypto/random.h"
#include "store/recovery.h"

namespace strait::store {
namespace {

constexpr auto kClockPatience =
    std::chrono::seconds(10);  // a clock that goes back less is waited for
constexpr int kSweepTicks = 20 * 60;
constexpr std::size_t kOwedAtOnce = 512;
constexpr std::size_t kSessionsMax = 1'000'000;

std::string_view view(const std::array<std::uint8_t, ledger::kSaltBytes>& salt) {
  return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

std::string claims_json(const journey::Principal& principal) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  for (const auto& [name, values] : principal.claims) {
    json.key(name).begin_array();
    for (const auto& value : values) json.value(value);
    json.end_array();
  }
  json.end_object();
  return out;
}

}  // namespace

Recorder::Impl::Impl(RecorderConfig config, crypto::SigningKey log_key, crypto::AeadKey blob_key,
                     const async::Clock& clock, async::Loop& loop, std::unique_ptr<Disk> disk)
    : config_(std::move(config)),
      clock_(clock),
      loop_(loop),
      disk_(std::move(disk)),
      vkey_(ledger::make_vkey(config_.origin, log_key.public_key())),
      keeper_(config_.log_dir, config_.anchor_dir, config_.origin, std::move(log_key), *disk_),
      blobs_(std::make_unique<BlobStore>(config_.blob_dir, std::move(blob_key))) {}

Recorder::Impl::~Impl() {
  if (writer_) writer_->stop();
}

Status Recorder::Impl::open() {
  if (!ledger::is_key_name(config_.origin)) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the log's origin " + quoted(config_.origin) + " is no proper name");
  }
  TRY(const auto kept, keeper_.read_kept());
  TRY(auto found, recover(config_.log_dir, kept, *disk_));
  const bool is_new = found.tree.size() == 0;
  // The first thing that opening does is to sign. Only a crash within that moment leaves a short
  // log unsigned.
  if (kept.empty() && found.tree.size() > 2) {
    return fail(ErrorCode::kConflict,
                "the log has records and no checkpoint: the checkpoint was removed. Bring it back "
                "from the anchor "
                "directory or a backup, or start with a new state directory",
                config_.log_dir);
  }
  sessions_ = std::move(found.sessions);
  last_time_ = found.last_time;
  latest_time_ = found.latest_time;
  writer_ = std::make_shared<LogWriter>(LogWriterConfig{config_.log_dir, config_.segment_bytes,
                                                        config_.use_io_uring, found.next_segment},
                                        std::move(found.tree), *disk_, *this, loop_);
  CHECK_OK(writer_->start());
  CHECK_OK(begin_log(is_new));
  CHECK_OK(sign(CheckpointKeeper::History::kAlways));
  writer_->watch_deadlines();
  opened_.store(true, std::memory_order_release);
  return {};
}

// Says who writes from here on, and ends what the last run left open: nobody can say any more how
// those calls went.
Status Recorder::Impl::begin_log(bool is_new) {
  std::unique_lock lock(writer_->mutex());
  if (is_new) {
    auto body = ledger::genesis_body({config_.origin, ledger::vkey_text(vkey_), config_.version});
    CHECK_OK(add_locked({ledger::Kind::kGenesis, std::move(body), {}, 0}, nullptr));
  }
  std::string detail;
  codec::JsonWriter(detail)
      .begin_object()
      .member("version", config_.version)
      .member("open_calls", sessions_.open_calls().size())
      .end_object();
  CHECK_OK(add_locked(
      {ledger::Kind::kAdmin, ledger::admin_body("log.open", "strait", detail), {}, 0}, nullptr));
  for (auto& [index, call] : sessions_.open_calls())
    owe_locked(call, "strait stopped before the outcome was known");
  do {
    write_owed_locked();
    lock.unlock();
    CHECK_OK(writer_->write_now());
    lock.lock();
  } while (owes_);
  return {};
}

Timestamp Recorder::Impl::time_locked() {
  const auto now = clock_.now();
  if (now < last_time_ && last_time_ - now < kClockPatience) return last_time_;
  return now;
}

Result<std::uint64_t> Recorder::Impl::add_locked(Draft&& draft, Chain* chain) {
  const auto now = time_locked();
  if (now < last_time_) {
    std::string detail;
    codec::JsonWriter(detail).begin_object().member("from", rfc3339(last_time_)).end_object();
    auto body = ledger::admin_body("clock.back", "strait", detail);
    CHECK_OK(place_locked({ledger::Kind::kAdmin, std::move(body), {}, 0}, nullptr, now));
  }
  return place_locked(std::move(draft), chain, now);
}

Result<std::uint64_t> Recorder::Impl::place_locked(Draft&& draft, Chain* chain, Timestamp now) {
  ledger::Link link;
  if (chain != nullptr) link = {chain->session, chain->next_seq, chain->tail};
  const ledger::LeafHead head{draft.kind, time_text_.render(now),
                              chain == nullptr ? nullptr : &link};
  const auto bound = ledger::leaf_bytes_bound(head, draft.body);
  if (bound > limits::kLeafBytesMax) {
    return fail(ErrorCode::kLimitExceeded, "the call is too large to be recorded",
                fmt::format("the leaf has about {} bytes", bound));
  }
  CHECK_OK(writer_->admit(bound));
  const auto bytes = ledger::write_leaf(writer_->reserve(bound), head, draft.body);
  const auto index = writer_->next_index();
  const auto hash =
      writer_->add(bytes, {draft.kind, chain, link.seq, draft.call, draft.intent, {}});
  if (chain != nullptr) Sessions::advance(*chain, hash);
  last_time_ = now;
  latest_time_ = std::max(latest_time_, now);
  return index;
}

Status Recorder::Impl::open_session_locked(const journey::Session& session, std::string_view peer,
                                           bool joined) {
  if (sessions_.size() >= kSessionsMax)
    return fail(ErrorCode::kLimitExceeded, "there are too many open sessions");
  auto* chain = sessions_.find(session.id.str());
  if (chain == nullptr) chain = &sessions_.add(session.id.str(), session.expires);
  if (chain->next_seq != 0) return {};
  const auto said = claims_json(session.principal);
  const auto salt = random_salt();
  const auto claims = commitment(salt, said);
  auto body = ledger::session_open_body({session, peer, joined, &claims});
  auto added = add_locked({ledger::Kind::kSessionOpen, std::move(body), {}, 0}, chain);
  if (!added) return std::unexpected(std::move(added).error());
  keep_body(session.id, salt, said);
  return {};
}

Result<Chain*> Recorder::Impl::chain_locked(const journey::Session& session, Purpose purpose) {
  auto* chain = sessions_.find(session.id.str());
  if (chain == nullptr || chain->next_seq == 0) {
    // A chain that was forgotten has expired, and must not begin a second time.
    if (session.expires <= std::max(latest_time_, clock_.now())) {
      return fail(ErrorCode::kExpiredToken, "the session has expired");
    }
    CHECK_OK(open_session_locked(session, {}, true));
    chain = sessions_.find(session.id.str());
  }
  if (chain->closed && purpose == Purpose::kCall)
    return fail(ErrorCode::kRevoked, "the session was closed");
  return chain;
}

Status Recorder::Impl::close_session_locked(std::string_view session, Draft&& draft) {
  auto* chain = sessions_.find(session);
  if (chain == nullptr || chain->next_seq == 0 || chain->closed) {
    return fail(ErrorCode::kNotFound, "there is no open session " + quoted(session));
  }
  auto added = add_locked(std::move(draft), chain);
  if (!added) return std::unexpected(std::move(added).error());
  chain->closed = true;
  return {};
}

Status Recorder::Impl::end_call_locked(const IntentRef& intent, Draft&& draft) {
  auto* call = sessions_.open_call(intent.index);
  if (call == nullptr || call->ending || call->owed || call->call != intent.call) {
    return fail(ErrorCode::kInternal, "the call has ended already", std::string(intent.call.str()));
  }
  draft.intent = intent.index;
  auto added = add_locked(std::move(draft), call->chain);
  if (!added) {
    owe_locked(*call, "the result could not be recorded, and was not given to the agent");
    return std::unexpected(std::move(added).error());
  }
  call->ending = true;
  return {};
}

void Recorder::Impl::owe_locked(OpenCall& call, std::string why) {
  call.owed = true;
  call.why = std::move(why);
  owes_ = true;
}

void Recorder::Impl::write_owed_locked() {
  std::size_t written = 0;
  bool left = false;
  for (auto& [index, call] : sessions_.open_calls()) {
    if (!call.owed || call.ending) continue;
    left = ++written > kOwedAtOnce;
    if (left) break;
    auto body = ledger::outcome_unknown_body(call.call.str(), index, call.why);
    left = !add_locked({ledger::Kind::kOutcomeUnknown, std::move(body), {}, index}, call.chain)
                .has_value();
    if (left) break;
    call.ending = true;
  }
  owes_ = left;
}

void Recorder::Impl::abandon(const IntentRef& intent, std::string why) {
  std::unique_lock lock(writer_->mutex());
  auto* call = sessions_.open_call(intent.index);
  if (call == nullptr || call->ending || call->owed) return;
  owe_locked(*call, std::move(why));
  write_owed_locked();
  const bool must_kick = writer_->needs_kick();
  lock.unlock();
  if (must_kick) writer_->kick(loop_.get_executor());
}

Recorder::Impl::Salt Recorder::Impl::random_salt() {
  Salt salt;
  crypto::random_bytes(salt);
  return salt;
}

ledger::Body Recorder::Impl::commitment(const Salt& salt, std::string_view body) {
  const auto kept = body.substr(0, ledger::kBodyBytesMax);
  return {ledger::commit(view(salt), kept), body.size(), kept.size() < body.size()};
}

void Recorder::Impl::keep_body(const SessionId& session, const Salt& salt, std::string_view body) {
  if (!config_.keep_bodies) return;
  blobs_->keep(session.str(), view(salt), body.substr(0, ledger::kBodyBytesMax));
}

void Recorder::Impl::note_unrecorded_refusal() {
  gap_refusals_.fetch_add(1, std::memory_order_relaxed);
}

void Recorder::Impl::write_gap_locked() {
  const auto count = gap_refusals_.exchange(0, std::memory_order_relaxed);
  if (count == 0) return;
  std::string detail;
  codec::JsonWriter(detail).begin_object().member("refused", count).end_object();
  auto body = ledger::admin_body("recorder.gap", "strait", detail);
  if (!add_locked({ledger::Kind::kAdmin, std::move(body), {}, 0}, nullptr)) {
    gap_refusals_.fetch_add(count, std::memory_order_relaxed);
  }
}

async::Task<Status> Recorder::Impl::close() {
  const auto last_words = [this]() -> Status {
    for (auto& [index, call] : sessions_.open_calls()) {
      if (!call.ending) owe_locked(call, "strait was shut down before the outcome was known");
    }
    while (owes_) {
      write_owed_locked();
      if (owes_) CHECK_OK(writer_->admit(limits::kLeafBytesMax));
    }
    write_gap_locked();
    auto added = add_locked(
        {ledger::Kind::kAdmin, ledger::admin_body("log.close", "strait", {}), {}, 0}, nullptr);
    if (!added) return std::unexpected(std::move(added).error());
    closed_ = true;
    return {};
  };
  const auto written = co_await commit(last_words);
  writer_->close();
  blobs_->flush();
  const auto kept = sign(CheckpointKeeper::History::kAlways);
  // Not here: this may run inside the very completion that the writer is delivering.
  boost::asio::post(loop_, [weak = std::weak_ptr(writer_)] {
    if (const auto writer = weak.lock()) writer->stop();
  });
  co_return written ? kept : written;
}

Status Recorder::Impl::sign(CheckpointKeeper::History history) {
  const auto standing = writer_->standing();
  const std::lock_guard lock(keeper_mutex_);
  auto kept = keeper_.keep(standing.tree, clock_.now(), history);
  const std::string problem = kept ? "" : kept.error().message + ": " + kept.error().detail;
  if (problem != checkpoint_problem_ && !kept)
    spdlog::error("recorder: no checkpoint can be kept: {}", problem);
  checkpoint_problem_ = problem;
  return kept;
}

void Recorder::Impl::durable(std::span<Entry> entries, std::uint64_t first_index) {
  records_.fetch_add(entries.size(), std::memory_order_relaxed);
  sessions_.durable(entries, first_index);
}

void Recorder::Impl::lost() {
  sessions_.lost();
  owes_ = true;
}

std::string Recorder::Impl::snapshot() { return sessions_.snapshot(last_time_); }

void Recorder::Impl::recovered() {
  std::unique_lock lock(writer_->mutex());
  if (closed_) return;
  write_gap_locked();
  write_owed_locked();
  const bool must_kick = writer_->needs_kick();
  lock.unlock();
  if (must_kick) writer_->kick(loop_.get_executor());
}

void Recorder::Impl::tick() {
  if (!opened_.load(std::memory_order_acquire)) return;
  if (--ticks_to_checkpoint_ <= 0) {
    ticks_to_checkpoint_ =
        static_cast<int>(config_.checkpoint_interval / std::chrono::milliseconds(50));
    (void)sign(CheckpointKeeper::History::kWhenDue);  // the problem is kept, and logged
  }
  std::unique_lock lock(writer_->mutex());
  if (--ticks_to_sweep_ <= 0) {
    ticks_to_sweep_ = kSweepTicks;
    sessions_.sweep(latest_time_);
  }
  if (!owes_ || closed_) return;
  write_owed_locked();
  const bool must_kick = writer_->needs_kick();
  lock.unlock();
  if (must_kick) writer_->kick(loop_.get_executor());
}

RecorderStats Recorder::Impl::stats() {
  const auto standing = writer_->standing();
  RecorderStats stats;
  stats.records = records_.load(std::memory_order_relaxed);
  stats.commits = standing.commits;
  stats.refused = refused_.load(std::memory_order_relaxed);
  stats.bodies_dropped = blobs_->dropped();
  stats.size = standing.tree.size();
  stats.accepting = standing.accepting;
  stats.why_not = standing.why_not;
  stats.io_uring = writer_->is_io_uring();
  const std::lock_guard lock(keeper_mutex_);
  stats.checkpoint_size = keeper_.signed_size();
  stats.checkpoint_problem = checkpoint_problem_;
  return stats;
}

}  // namespace strait::store
