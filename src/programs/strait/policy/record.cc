// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy/record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "programs/strait/config.h"
#include "programs/strait/state_option.h"
#include "store/blob_store.h"
#include "store/log_reader.h"

namespace strait::programs {
namespace {

using Calls = std::vector<ledger::PastCall>;

Result<Timestamp> since_when(const std::string& text) {
  if (text.empty()) return Timestamp::min();
  if (const auto ago = parse_duration(text)) {
    const auto now = std::chrono::system_clock::now();
    return std::chrono::time_point_cast<Timestamp::duration>(now - *ago);
  }
  if (const auto at = parse_rfc3339(text)) return *at;
  return fail(ErrorCode::kInvalidInput,
              "--since takes a time such as 8h, 2d or 2026-11-23T01:02:03Z, not " + quoted(text));
}

// Says how far a long reading is, on a terminal, a few times a second.
class Progress {
 public:
  explicit Progress(bool wanted) : on_(wanted && isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) fmt::print(stderr, "\r{:60}\r", "");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void say(std::string_view what, std::uint64_t done, std::uint64_t of) {
    if (!on_ || done % 512 != 0) return;
    shown_ = true;
    constexpr std::uint64_t kWidth = 24;
    const auto bar = of == 0 ? 0 : std::min(kWidth, done * kWidth / of);
    fmt::print(stderr, "\r{} [{:#>{}}{:>{}}] {}", what, "", bar, "", kWidth - bar, done);
  }

 private:
  bool on_;
  bool shown_ = false;
};

Result<Calls> calls_of(const RecordChoice& choice, const store::StateDir& state,
                       Progress& progress) {
  TRY(const auto since, since_when(choice.since));
  auto wanted = choice.session;
  if (wanted == "last") {
    TRY(const auto sessions, store::session_index(state.log_dir()));
    if (sessions.empty()) return fail(ErrorCode::kNotFound, "the record holds no session yet");
    wanted = sessions.back().id;
  }
  const auto chosen = [&](const ledger::PastCall& call) {
    return call.session != nullptr && call.time >= since && call.session->id.starts_with(wanted) &&
           (choice.call.empty() || call.id == choice.call) &&
           (choice.role.empty() || is_role(call.session->role, choice.role));
  };
  TRY(auto reader, store::LogReader::open(state.log_dir()));
  ledger::PastCalls past;
  Calls out;
  store::LeafAt at;
  for (std::uint64_t done = 0;; ++done) {
    TRY(const bool more, reader.next(at));
    if (!more) break;
    progress.say("reading", done, 0);
    TRY(const auto leaf, ledger::parse_leaf(at.bytes));
    if (auto call = past.take(leaf, at.index); call && chosen(*call))
      out.push_back(*std::move(call));
  }
  for (auto& call : past.rest()) {
    if (chosen(call)) out.push_back(std::move(call));
  }
  return out;
}

// By session, in the order of their times.
std::map<std::string, std::vector<const ledger::PastCall*>> by_session(const Calls& calls) {
  std::map<std::string, std::vector<const ledger::PastCall*>> sessions;
  for (const auto& call : calls) sessions[call.session->id].push_back(&call);
  for (auto& [id, of_session] : sessions) {
    std::ranges::stable_sort(of_session, {},
                             [](const auto* call) { return std::pair(call->time, call->index); });
  }
  return sessions;
}

std::optional<std::string_view> body(const store::SessionBodies& bodies,
                                     const std::string& commitment) {
  const auto found = commitment.empty() ? bodies.end() : bodies.find(commitment);
  if (found == bodies.end()) return std::nullopt;
  return found->second;
}

}  // namespace

bool is_role(std::string_view arn, std::string_view asked) {
  return arn == asked || (arn.ends_with(asked) && arn.size() > asked.size() &&
                          arn[arn.size() - asked.size() - 1] == '/');
}

void add_record_options(CLI::App& verb, RecordChoice& choice) {
  add_state_option(verb, choice.state);
  verb.add_option("--session", choice.session, "one session: ses_..., its beginning, or `last`");
  verb.add_option("--role", choice.role, "the sessions of one role, by name or ARN");
  verb.add_option("--since", choice.since, "8h, 2d, or a time: 2026-11-23T01:02:03Z");
}

Result<RecordTold> read_past(const RecordChoice& choice,
                             const std::shared_ptr<const catalog::Catalog>& catalog, bool show,
                             const std::function<void(const RecordedPast&)>& take) {
  TRY(const auto state, store::StateDir::open_read_only(choice.state));
  Progress progress(show);
  TRY(const auto calls, calls_of(choice, state, progress));
  TRY(const auto since, since_when(choice.since));
  const auto key = state.blob_key();
  RecordTold told;
  std::uint64_t done = 0;
  for (const auto& [id, of_session] : by_session(calls)) {
    store::SessionBodies bodies;
    bool whole = choice.call.empty() && of_session.front()->session->issued >= since;
    if (key)
      bodies = store::read_bodies(state.blob_dir(), *key, id).value_or(store::SessionBodies());
    for (const auto* call : of_session) {
      progress.say("judging", ++done, calls.size());
      if (call->effect.empty()) {
        ++told.not_judged;
        continue;
      }
      const auto past = analysis::remember(
          *call, {body(bodies, call->input_commit), body(bodies, call->session->claims_commit)},
          catalog);
      if (!past) {
        if (told.lost++ == 0) told.why_lost = call->id + ": " + past.error().message;
        whole = false;
        continue;
      }
      ++told.calls;
      take({*call, *past, whole});
    }
  }
  return told;
}

}  // namespace strait::programs
