// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "async/clock.h"
#include "async/notifier.h"
#include "async/task.h"
#include "base/result.h"
#include "base/time.h"
#include "sigv4/credentials.h"

// Where the real AWS credentials come from, and how they are kept fresh. The agent's side never
// includes this.
//
// A CredentialFetcher asks a source once. A CredentialSource keeps what it said: fresh credentials
// are published as an immutable snapshot, renewed in the background before they expire, fetched by
// one task at a time however many wait (single-flight), and served while the source is down until
// kRefuseBefore ahead of their expiry, then refused.
namespace strait::keys {

using AwsCredentialsPtr = std::shared_ptr<const sigv4::AwsCredentials>;

class CredentialFetcher {
 public:
  virtual ~CredentialFetcher() = default;
  // Runs on the home loop of its CredentialSource. Errors are kUnavailable; they say which source
  // and why, and quote no answer of it.
  virtual async::Task<Result<AwsCredentialsPtr>> fetch() = 0;
  virtual std::string describe() const = 0;  // "profile `dev`", for doctor and errors
};

inline constexpr auto kRefreshBefore =
    std::chrono::minutes(10);  // background refresh from here to expiry
inline constexpr auto kRefuseBefore = std::chrono::seconds(60);  // not signed with after this
inline constexpr auto kRetryAfter = std::chrono::seconds(5);  // between two fetches after a failure
inline constexpr auto kAskAgainAfter =
    std::chrono::seconds(60);  // after a success that is due again already
inline constexpr auto kFetchDeadline =
    std::chrono::seconds(15);  // a caller waits no longer than this

class CredentialSource {
 public:
  // Fetching happens on `home`; get() may be called from any loop. `clock` and `home` must outlive
  // it.
  CredentialSource(async::Loop& home, const async::Clock& clock,
                   std::unique_ptr<CredentialFetcher> fetcher);
  CredentialSource(const CredentialSource&) = delete;
  ~CredentialSource();

  // Valid credentials, at once in the ordinary case; else waits for the one fetch in flight, which
  // it starts if need be. kUnavailable when there are none.
  async::Task<Result<AwsCredentialsPtr>> get();

  // Counts publications; 0 before the first. See CredentialLease.
  std::uint64_t generation() const;
  std::string describe() const;
  // Why the last fetch failed, "" when it did not. For doctor and /readyz.
  std::string last_failure() const;
  std::uint64_t fetches() const;

 private:
  friend class CredentialLease;
  struct State;
  std::shared_ptr<State> state_;  // shared with the fetch in flight, which may outlive us
};

// One loop's hold on a source: usable() costs an atomic load and two comparisons, no lock and no
// reference count.
class CredentialLease {
 public:
  explicit CredentialLease(CredentialSource& source) : source_(source) {}
  // The credentials if they may be used at `now`, else nullptr: then co_await source.get(). The
  // pointer is valid until the next call. Starts the background refresh when it is due.
  const AwsCredentialsPtr* usable(Timestamp now);

 private:
  CredentialSource& source_;
  std::uint64_t generation_ = 0;
  AwsCredentialsPtr held_;
};

}  // namespace strait::keys
