// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "journey/call.h"
#include "policy/history.h"

// What was done before, by one who is counted: a session, or a principal in a role. Shared by all
// loops; only roles that ask for it are counted. A call is judged and takes its place in one step,
// so that two at once cannot both have the last one; a place is given back when the call is not
// sent.
//
// What is not surely known is unknown, never less: what happened before counting began, beyond what
// is kept, or in a table that was full.
namespace strait::gateway {

struct Track;

class Histories {
 public:
  struct Sizes {
    std::size_t counted_max = 16'384;  // sessions, or principals
    std::size_t events_max = 4'096;    // of each; beyond, only totals are kept
    std::size_t actions_max = 1'024;   // of each
  };
  // AWS's access level of an action: "Write", "" when that is not known.
  using LevelOf = std::function<std::string_view(std::string_view action)>;

  Histories() : Histories(Sizes()) {}
  explicit Histories(Sizes sizes, LevelOf level_of = {});
  ~Histories();

  // One who is counted.
  struct Who {
    std::string key;      // of a session its id
    std::string role;     // ARN
    Timestamp began{};    // nothing was done before
    Timestamp expires{};  // nothing is asked after
  };

  // A place that a call has taken; given back unless kept.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept;
    ~Place() { give_back(); }
    void keep() { from_ = nullptr; }  // the call is sent

   private:
    friend class Histories;
    void give_back();
    Histories* from_ = nullptr;
    std::string key_;
    std::uint64_t serial_ = 0;
  };

  // While this lives nobody else is judged, or takes a place, on behalf of the same one. Not to be
  // held over a wait.
  class Hold final : public policy::History {
   public:
    std::optional<std::uint64_t> done(const policy::HistoryAsk& ask) const override;
    // Of one access level, within `window`, as far as it was counted at all.
    std::optional<std::uint64_t> done_of_level(std::string_view level, Seconds window) const;
    // With `levels`, only what is of one of them is counted; the rest would push it out.
    Place take(std::span<const journey::Need> needs, std::span<const std::string_view> levels = {});

   private:
    friend class Histories;
    Hold(Histories& table, Who who, Timestamp now);
    template <class Counts>
    std::optional<std::uint64_t> count(Timestamp from, Counts counts) const;

    Histories& table_;
    Who who_;
    Timestamp now_;
    std::unique_lock<std::mutex> lock_;
    Track* track_ = nullptr;  // null: there was no room
    Timestamp known_since_{};
  };
  Hold enter(Who who, Timestamp now) { return Hold(*this, std::move(who), now); }

  // From `since` on every call of the role is counted here.
  void watch(std::string_view role, Timestamp since);
  // Of all others no longer.
  void watch_only(std::span<const std::string> roles);
  bool watches(std::string_view role) const;

  // Of the record, before anything is served: done at `at`, once for each action. `whole` is false
  // when the record does not say all.
  void remember(const Who& who, Timestamp at, std::span<const std::string_view> actions,
                bool whole);
  std::size_t size() const;

 private:
  struct Stripe;
  static constexpr std::size_t kStripes = 64;
  Stripe& stripe_of(std::string_view key) const;
  Track* track(Stripe& stripe, const Who& who, Timestamp now);
  void lose(std::string_view role, Timestamp now);
  std::optional<Timestamp> since(std::string_view role) const;

  const Sizes sizes_;
  const LevelOf level_of_;
  std::unique_ptr<std::array<Stripe, kStripes>> stripes_;
  mutable std::mutex roles_mutex_;
  std::unordered_map<std::string, Timestamp> roles_;  // guarded by roles_mutex_
};

}  // namespace strait::gateway
