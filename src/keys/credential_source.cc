// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_source.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace strait::keys {

// Shared between the source, its callers that wait and the fetch in flight. Counters are atomics
// because every loop reads them; what the fetch publishes goes under the mutex.
struct CredentialSource::State : std::enable_shared_from_this<State> {
  State(async::Loop& on, const async::Clock& tells, std::unique_ptr<CredentialFetcher> asks)
      : home(on), clock(tells), fetcher(std::move(asks)) {}

  async::Loop& home;
  const async::Clock& clock;
  std::unique_ptr<CredentialFetcher> fetcher;
  async::Notifier ended;                     // a fetch has
  std::atomic<std::uint64_t> generation{0};  // publications
  std::atomic<std::uint64_t> fetches{0};
  std::mutex mutex;
  AwsCredentialsPtr held;  // the rest is guarded by mutex
  bool fetching = false;
  std::optional<Timestamp> asked;  // when the last fetch ended
  std::string failure;

  bool usable(Timestamp now) const {
    return held && (!held->expires || now + kRefuseBefore < *held->expires);
  }
  bool due(Timestamp now) const {
    return !held || (held->expires && now + kRefreshBefore >= *held->expires);
  }
  // A source that fails, or that gives credentials which are due again at once (IMDS renews late),
  // is not asked for ever.
  bool resting(Timestamp now) const {
    if (!asked) return false;
    const std::chrono::microseconds rest =
        failure.empty() && usable(now) ? kAskAgainAfter : kRetryAfter;
    return now >= *asked && now < *asked + rest;
  }

  // With the mutex held: starts the one fetch when one is due.
  void start_if_due(Timestamp now) {
    if (fetching || !due(now) || resting(now)) return;
    fetching = true;
    // Posted: on the home loop itself co_spawn would begin the fetch here and now, under the mutex.
    boost::asio::post(home, [self = shared_from_this()] {
      boost::asio::co_spawn(self->home, run(self), boost::asio::detached);
    });
  }

  static async::Task<Result<AwsCredentialsPtr>> wait(std::shared_ptr<State> state);

  static async::Task<void> run(std::shared_ptr<State> self) {
    self->fetches.fetch_add(1, std::memory_order_relaxed);
    auto got = co_await self->fetcher->fetch();
    self->publish(std::move(got));
    self->ended.notify();
  }

  void publish(Result<AwsCredentialsPtr> got) {
    const std::lock_guard lock(mutex);
    fetching = false;
    const auto now = clock.now();
    if (got && (*got)->expires && *(*got)->expires <= now + kRefuseBefore) {
      got = fail(ErrorCode::kUnavailable,
                 "the credentials of " + fetcher->describe() + " have expired");
    }
    asked = now;
    if (!got) {
      failure = got.error().message.empty() ? "unknown failure" : got.error().message;
      return;
    }
    failure.clear();
    held = *std::move(got);
    generation.fetch_add(1, std::memory_order_release);
  }
};

CredentialSource::CredentialSource(async::Loop& home, const async::Clock& clock,
                                   std::unique_ptr<CredentialFetcher> fetcher)
    : state_(std::make_shared<State>(home, clock, std::move(fetcher))) {}

CredentialSource::~CredentialSource() = default;

// Not a coroutine itself: the task it gives may begin after this source is gone, and must not look
// at it then.
async::Task<Result<AwsCredentialsPtr>> CredentialSource::get() { return State::wait(state_); }

async::Task<Result<AwsCredentialsPtr>> CredentialSource::State::wait(std::shared_ptr<State> state) {
  for (int rounds = 0; rounds < 3; ++rounds) {
    const auto seen = state->ended.version();
    {
      const std::lock_guard lock(state->mutex);
      const auto now = state->clock.now();
      state->start_if_due(now);
      if (state->usable(now)) co_return state->held;
      if (!state->fetching) break;
    }
    const bool ended = co_await state->ended.wait(seen, kFetchDeadline);
    if (!ended) break;
  }
  const std::lock_guard lock(state->mutex);
  if (state->usable(state->clock.now())) co_return state->held;
  co_return fail(
      ErrorCode::kUnavailable,
      "strait has no AWS credentials for this connection; its operator can see why with strait "
      "doctor",
      state->failure.empty() ? state->fetcher->describe() + " does not answer" : state->failure);
}

std::uint64_t CredentialSource::generation() const {
  return state_->generation.load(std::memory_order_acquire);
}
std::uint64_t CredentialSource::fetches() const {
  return state_->fetches.load(std::memory_order_relaxed);
}
std::string CredentialSource::describe() const { return state_->fetcher->describe(); }

std::string CredentialSource::last_failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

const AwsCredentialsPtr* CredentialLease::usable(Timestamp now) {
  const auto& state = source_.state_;
  if (const auto generation = source_.generation(); generation != generation_) {
    const std::lock_guard lock(state->mutex);
    held_ = state->held;
    generation_ = state->generation.load(std::memory_order_acquire);
  }
  if (!held_) return nullptr;
  if (!held_->expires || now + kRefreshBefore < *held_->expires) return &held_;
  {
    const std::lock_guard lock(state->mutex);
    state->start_if_due(now);
  }
  return now + kRefuseBefore < *held_->expires ? &held_ : nullptr;
}

}  // namespace strait::keys
