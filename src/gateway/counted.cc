// SPDX-License-Identifier: Apache-2.0
#include "gateway/counted.h"

#include <algorithm>

#include "base/limits.h"
#include "ledger/leaf.h"
#include "store/log_reader.h"

namespace strait::gateway {
namespace {

constexpr auto kRemembered = std::chrono::hours(24);
static_assert(kRemembered >= kSpendWindowMax && kRemembered >= limits::kSessionMax);

Histories::LevelOf level_in(std::shared_ptr<const catalog::Catalog> catalog) {
  return [catalog = std::move(catalog)](std::string_view action) -> std::string_view {
    const auto level = catalog->access_level(action);
    return level.empty() ? "Write" : level;  // what is not known is no less than that
  };
}

std::string principal_key(std::string_view role, std::string_view issuer,
                          std::string_view subject) {
  std::string key(role);
  return key.append("\n").append(issuer).append("\n").append(subject);
}

Result<std::optional<ledger::Leaf>> leaf_at(store::LogReader& reader, std::uint64_t index) {
  store::LeafAt leaf;
  if (const auto there = reader.seek(index); !there) {
    if (there.error().code == ErrorCode::kNotFound) return std::nullopt;
    return std::unexpected(there.error());
  }
  TRY(const bool found, reader.next(leaf));
  if (!found) return std::nullopt;
  TRY(auto parsed, ledger::parse_leaf(leaf.bytes));
  return parsed;
}

// The first leaf that is not older than `from`: times in a log do not go back, but for a clock that
// did, and then more is read than need be.
Result<std::uint64_t> first_since(store::LogReader& reader, Timestamp from) {
  std::uint64_t low = 0, beyond = 1;
  for (;;) {
    TRY(const auto leaf, leaf_at(reader, beyond));
    if (!leaf || leaf->time >= from) break;
    low = beyond;
    beyond *= 2;
  }
  while (beyond - low > 1) {
    const auto middle = low + (beyond - low) / 2;
    TRY(const auto leaf, leaf_at(reader, middle));
    (leaf && leaf->time < from ? low : beyond) = middle;
  }
  return low;
}

// What an INTENT says was done; gives how much more was done than its list says.
std::uint64_t actions_of(const ledger::Leaf& leaf, std::vector<std::string_view>& actions) {
  actions.clear();
  const auto* needs = leaf.find("needs");
  if (needs == nullptr || needs->list() == nullptr) return limits::kNeedsMax;
  for (const auto& need : *needs->list()) {
    const auto* action = need.find("action");
    if (need.find("may") == nullptr && action != nullptr && action->string() != nullptr)
      actions.push_back(*action->string());
  }
  const auto count = std::min<std::uint64_t>(leaf.number("needs_cut.count"), limits::kNeedsMax);
  return count == 0 ? 0 : count - std::min<std::uint64_t>(count, needs->list()->size());
}

}  // namespace

Counted::Counted(std::shared_ptr<const catalog::Catalog> catalog)
    : principals({.counted_max = 4'096, .events_max = 16'384, .actions_max = 4'096},
                 level_in(catalog)),
      level_of(level_in(std::move(catalog))) {}

Histories::Who Counted::session(const journey::Session& session) {
  return {std::string(session.id.str()), session.role, session.issued, session.expires};
}

Histories::Who Counted::principal(const journey::Session& session, Timestamp now) {
  const auto& who = session.principal;
  return {
      principal_key(session.role, who.issuer, who.subject), session.role, {}, now + kRemembered};
}

void Counted::follow(const World& world, Timestamp since) {
  std::vector<std::string> asking, limited;
  for (const auto& role : world.roles) {
    if (role->asks_history) asking.push_back(role->config.policies.arn);
    if (!role->limits.spends.empty()) limited.push_back(role->config.policies.arn);
  }
  sessions.watch_only(asking);
  principals.watch_only(limited);
  for (const auto& role : asking) sessions.watch(role, since);
  for (const auto& role : limited) principals.watch(role, since);
}

Status Counted::remember(const World& world, const std::string& log_dir, Timestamp now) {
  const auto asked = [](const auto& role) { return wanted(*role); };
  if (std::ranges::none_of(world.roles, asked)) return {};
  TRY(auto reader, store::LogReader::open(log_dir));
  TRY(const auto first, first_since(reader, now - kRemembered));
  CHECK_OK(reader.seek(first));
  store::LeafAt at;
  std::vector<std::string_view> actions;
  bool begun = false;
  for (;;) {
    TRY(const bool found, reader.next(at));
    if (!found) return {};
    TRY(const auto leaf, ledger::parse_leaf(at.bytes));
    if (!std::exchange(begun, true)) follow(world, leaf.time);
    if (leaf.kind != ledger::Kind::kIntent) continue;
    const auto role = leaf.text("role");
    const bool asks = sessions.watches(role), limited = principals.watches(role);
    if (!asks && !limited) continue;
    const auto missing = actions_of(leaf, actions);
    if (asks)
      sessions.remember({leaf.session, std::string(role), {}, leaf.time + limits::kSessionMax},
                        leaf.time, actions, missing == 0);
    const auto* known = limited ? world.role(role) : nullptr;
    if (known != nullptr) {
      keep_limited(actions, missing, known->limits, level_of);
      auto key = principal_key(role, leaf.text("principal.iss"), leaf.text("principal.sub"));
      principals.remember({std::move(key), std::string(role), {}, leaf.time + kRemembered},
                          leaf.time, actions, true);
    }
  }
}

}  // namespace strait::gateway
