// SPDX-License-Identifier: Apache-2.0
#include <unordered_map>

#include "ledger/leaf.h"
#include "store/log_reader.h"

namespace strait::store {
namespace {

constexpr std::size_t kPrefixBytesMin = 10;  // "ses_" and six characters

// Calls `take` with every leaf; a leaf that cannot be parsed is the verifier's matter, and an error
// here.
template <class Take>
Status each_leaf(const std::string& log_dir, Take take) {
  TRY(auto reader, LogReader::open(log_dir));
  LeafAt leaf;
  for (;;) {
    TRY(const bool found, reader.next(leaf));
    if (!found) return {};
    TRY(const auto parsed, ledger::parse_leaf(leaf.bytes));
    take(leaf, parsed);
  }
}

void count(SessionSummary& session, const ledger::Leaf& leaf) {
  if (session.first == Timestamp{}) session.first = leaf.time;
  session.last = leaf.time;
  switch (leaf.kind) {
    case ledger::Kind::kSessionOpen:
      session.issuer = leaf.text("principal.iss");
      session.subject = leaf.text("principal.sub");
      session.role = leaf.text("role");
      session.name = leaf.text("name");
      session.expires = parse_rfc3339(leaf.text("expires")).value_or(Timestamp{});
      break;
    case ledger::Kind::kSessionClose: session.closed = true; break;
    case ledger::Kind::kIntent: ++session.calls; break;
    case ledger::Kind::kRefused:
      if (leaf.text("request").empty()) ++session.denied;
      break;
    case ledger::Kind::kApprovalRequested: ++session.asked; break;
    case ledger::Kind::kOutcomeUnknown: ++session.unknown; break;
    case ledger::Kind::kResult: {
      if (leaf.number("status") >= 400) ++session.failed;
      const auto* masked = leaf.find("masked");
      const auto cut = leaf.number("masked_cut");
      session.masked += cut != 0 ? cut : masked != nullptr ? masked->list()->size() : 0;
      break;
    }
    default: break;
  }
}

}  // namespace

Result<std::vector<SessionSummary>> session_index(const std::string& log_dir) {
  std::vector<SessionSummary> sessions;
  std::unordered_map<std::string, std::size_t> places;
  CHECK_OK(each_leaf(log_dir, [&](const LeafAt&, const ledger::Leaf& leaf) {
    if (leaf.session.empty()) return;
    const auto [at, added] = places.try_emplace(leaf.session, sessions.size());
    if (added) sessions.push_back({.id = leaf.session});
    count(sessions[at->second], leaf);
  }));
  return sessions;
}

Result<std::vector<LeafAt>> session_leaves(const std::string& log_dir,
                                           std::string_view session_id) {
  if (!session_id.starts_with("ses_") || session_id.size() < kPrefixBytesMin) {
    return fail(ErrorCode::kNotFound, quoted(session_id) + " is no session id");
  }
  std::vector<LeafAt> leaves;
  std::string session;
  bool several = false;
  CHECK_OK(each_leaf(log_dir, [&](const LeafAt& at, const ledger::Leaf& leaf) {
    if (!leaf.session.starts_with(session_id)) return;
    if (session.empty()) session = leaf.session;
    several = several || leaf.session != session;
    leaves.push_back(at);
  }));
  if (several)
    return fail(ErrorCode::kConflict, quoted(session_id) + " begins more than one session's id");
  if (leaves.empty())
    return fail(ErrorCode::kNotFound,
                "there is no session " + quoted(session_id) + " in the record");
  return leaves;
}

}  // namespace strait::store
