// SPDX-License-Identifier: Apache-2.0
#include "gateway/histories.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/ascii.h"

namespace strait::gateway {
namespace {

struct Action {
  std::string name;  // lower case
  std::string level;
  std::uint64_t total = 0;
};

// One action of one call.
struct Event {
  Timestamp at{};
  std::uint32_t action = 0;
  std::uint32_t times = 0;
  std::uint64_t call = 0;  // the place's serial
};

}  // namespace

// Guarded by its stripe's mutex.
struct Track {
  Timestamp expires{};
  std::vector<Action> actions;
  std::deque<Event> events;  // in the order of their places
  Timestamp events_since{};  // what is older is in the totals alone
  bool unknown = false;

  std::optional<std::uint32_t> action(std::string_view name, std::size_t max,
                                      const Histories::LevelOf& level_of) {
    auto lower = lowered(name);
    const auto found = std::ranges::find(actions, lower, &Action::name);
    if (found != actions.end()) return static_cast<std::uint32_t>(found - actions.begin());
    if (actions.size() >= max) return std::nullopt;
    actions.push_back({std::move(lower), level_of ? std::string(level_of(name)) : "", 0});
    return static_cast<std::uint32_t>(actions.size() - 1);
  }

  void add(const Event& event, std::size_t max) {
    actions[event.action].total += event.times;
    events.push_back(event);
    if (events.size() <= max) return;
    events_since = std::max(events_since, events.front().at);
    events.pop_front();
  }
};

struct Histories::Stripe {
  mutable std::mutex mutex;
  std::unordered_map<std::string, Track> tracks;  // guarded by it, as the serial
  std::uint64_t serial = 0;
};

Histories::Histories(Sizes sizes, LevelOf level_of)
    : sizes_(sizes),
      level_of_(std::move(level_of)),
      stripes_(std::make_unique<std::array<Stripe, kStripes>>()) {}

Histories::~Histories() = default;

Histories::Stripe& Histories::stripe_of(std::string_view key) const {
  return (*stripes_)[std::hash<std::string_view>{}(key) % kStripes];
}

// With the stripe's mutex held. nullptr: no room.
Track* Histories::track(Stripe& stripe, const Who& who, Timestamp now) {
  auto found = stripe.tracks.find(who.key);
  if (found == stripe.tracks.end()) {
    const auto max = std::max<std::size_t>(1, sizes_.counted_max / kStripes);
    if (stripe.tracks.size() >= max)
      std::erase_if(stripe.tracks, [&](const auto& item) { return item.second.expires < now; });
    if (stripe.tracks.size() >= max) return nullptr;
    found = stripe.tracks.try_emplace(who.key).first;
  }
  found->second.expires = std::max(found->second.expires, who.expires);
  return &found->second;
}

Histories::Place& Histories::Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  from_ = std::exchange(other.from_, nullptr);
  key_ = std::move(other.key_);
  serial_ = other.serial_;
  return *this;
}

void Histories::Place::give_back() {
  if (from_ == nullptr) return;
  auto& stripe = std::exchange(from_, nullptr)->stripe_of(key_);
  const std::lock_guard lock(stripe.mutex);
  const auto found = stripe.tracks.find(key_);
  if (found == stripe.tracks.end()) return;
  auto& track = found->second;
  std::erase_if(track.events, [&](const Event& event) {
    if (event.call != serial_) return false;
    track.actions[event.action].total -= event.times;
    return true;
  });
}

Histories::Hold::Hold(Histories& table, Who who, Timestamp now)
    : table_(table), who_(std::move(who)), now_(now) {
  const auto since = table.since(who_.role);
  auto& stripe = table.stripe_of(who_.key);
  lock_ = std::unique_lock(stripe.mutex);
  if (!since) return;
  known_since_ = *since;
  track_ = table.track(stripe, who_, now);
}

template <class Counts>
std::optional<std::uint64_t> Histories::Hold::count(Timestamp from, Counts counts) const {
  if (track_ == nullptr || track_->unknown) return std::nullopt;
  std::uint64_t found = 0;
  if (from == who_.began) {
    for (const auto& action : track_->actions) found += counts(action) ? action.total : 0;
    return found;
  }
  if (from < track_->events_since) return std::nullopt;
  std::vector<bool> wanted;
  for (const auto& action : track_->actions) wanted.push_back(counts(action));
  for (const auto& event : track_->events)
    if (event.at > from && wanted[event.action]) found += event.times;
  return found;
}

std::optional<std::uint64_t> Histories::Hold::done(const policy::HistoryAsk& ask) const {
  const auto from = ask.window ? std::max(who_.began, Timestamp(now_ - *ask.window)) : who_.began;
  if (from < known_since_) return std::nullopt;
  return count(from, [&](const Action& action) { return ask.action.matches(action.name); });
}

std::optional<std::uint64_t> Histories::Hold::done_of_level(std::string_view level,
                                                            Seconds window) const {
  return count(now_ - window, [&](const Action& action) { return action.level == level; });
}

Histories::Place Histories::Hold::take(std::span<const journey::Need> needs,
                                       std::span<const std::string_view> levels) {
  Place place;
  if (track_ == nullptr) {
    // What is not counted now may not be missing later.
    table_.lose(who_.role, now_);
    return place;
  }
  auto& stripe = table_.stripe_of(who_.key);
  place.from_ = &table_;
  place.key_ = who_.key;
  place.serial_ = ++stripe.serial;
  std::map<std::uint32_t, std::uint32_t> times;
  for (const auto& need : needs) {
    if (need.deny_only) continue;
    if (!levels.empty() && std::ranges::find(levels, table_.level_of_(need.action)) == levels.end())
      continue;
    const auto action = track_->action(need.action, table_.sizes_.actions_max, table_.level_of_);
    action ? ++times[*action] : track_->unknown = true;
  }
  for (const auto& [action, count] : times)
    track_->add({now_, action, count, place.serial_}, table_.sizes_.events_max);
  return place;
}

void Histories::watch(std::string_view role, Timestamp since) {
  const std::lock_guard lock(roles_mutex_);
  roles_.try_emplace(std::string(role), since);
}

void Histories::watch_only(std::span<const std::string> roles) {
  const std::lock_guard lock(roles_mutex_);
  std::erase_if(roles_, [&](const auto& item) {
    return std::ranges::find(roles, item.first) == roles.end();
  });
}

bool Histories::watches(std::string_view role) const { return since(role).has_value(); }

std::optional<Timestamp> Histories::since(std::string_view role) const {
  const std::lock_guard lock(roles_mutex_);
  const auto found = roles_.find(std::string(role));
  return found == roles_.end() ? std::nullopt : std::optional(found->second);
}

void Histories::lose(std::string_view role, Timestamp now) {
  const std::lock_guard lock(roles_mutex_);
  if (const auto found = roles_.find(std::string(role)); found != roles_.end())
    found->second = std::max(found->second, Timestamp(now + Seconds(1)));
}

void Histories::remember(const Who& who, Timestamp at, std::span<const std::string_view> actions,
                         bool whole) {
  auto& stripe = stripe_of(who.key);
  const std::lock_guard lock(stripe.mutex);
  auto* track = this->track(stripe, who, at);
  if (track == nullptr) return lose(who.role, at);
  track->unknown = track->unknown || !whole;
  std::map<std::uint32_t, std::uint32_t> times;
  for (const auto name : actions) {
    const auto action = track->action(name, sizes_.actions_max, level_of_);
    action ? ++times[*action] : track->unknown = true;
  }
  const auto serial = ++stripe.serial;
  for (const auto& [action, count] : times)
    track->add({at, action, count, serial}, sizes_.events_max);
}

std::size_t Histories::size() const {
  std::size_t all = 0;
  for (const auto& stripe : *stripes_) {
    const std::lock_guard lock(stripe.mutex);
    all += stripe.tracks.size();
  }
  return all;
}

}  // namespace strait::gateway
