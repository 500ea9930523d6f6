// SPDX-License-Identifier: Apache-2.0
#include "ledger/verify.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "ledger/approval_rules.h"

namespace strait::ledger {
namespace {

struct Chain {
  std::uint64_t next_seq = 0;
  crypto::Digest tail{};
  std::string issuer;
  std::string subject;
  std::string role;
  bool closed = false;
};

struct OpenCall {
  std::uint64_t index = 0;
  std::string session;
};

}  // namespace

struct Verifier::State {
  std::vector<Vkey> vkeys;
  LogState log_state = LogState::kAtRest;
  Report report;
  Frontier tree;
  std::multimap<std::uint64_t, Checkpoint> claims;  // by size
  std::unordered_map<std::string, Chain> sessions;
  std::unordered_map<std::string, OpenCall> open_calls;
  ApprovalRules approvals;
  std::string genesis_origin;

  void violation(Check check, std::string message) {
    ++report.violation_count;
    if (report.violations.size() < kViolationsMax)
      report.violations.push_back({report.leaves, check, std::move(message)});
  }
  void count(Check check) { ++report.checked[static_cast<std::size_t>(check)]; }

  void take_note(const std::string& note);
  void check_leaf(const Leaf& leaf, const crypto::Digest& hash);
  void check_genesis(const Leaf& leaf);
  void check_time(const Leaf& leaf);
  void check_link(const Leaf& leaf, const crypto::Digest& hash);
  void check_person(const Leaf& leaf, const Chain& chain);
  void check_intent(const Leaf& leaf);
  void check_end(const Leaf& leaf);
  void check_approval(const Leaf& leaf);
  void check_claims_at(std::uint64_t size);
};

Verifier::Verifier(std::vector<Vkey> vkeys, std::vector<std::string> notes, LogState log_state)
    : state_(std::make_unique<State>()) {
  state_->vkeys = std::move(vkeys);
  state_->log_state = log_state;
  for (const auto& note : notes) state_->take_note(note);
  state_->check_claims_at(0);
}

Verifier::~Verifier() = default;

void Verifier::State::take_note(const std::string& note) {
  count(Check::kCheckpoints);
  auto checkpoint = open_checkpoint(note, vkeys);
  if (!checkpoint) return violation(Check::kCheckpoints, checkpoint.error().message);
  if (report.origin.empty()) report.origin = checkpoint->origin;
  if (report.origin != checkpoint->origin) {
    return violation(Check::kCheckpoints, "the checkpoints are of different logs");
  }
  for (const auto& vkey : vkeys) {
    const auto text = vkey_text(vkey);
    if (vkey.name == checkpoint->origin &&
        std::ranges::find(report.signers, text) == report.signers.end()) {
      report.signers.push_back(text);
    }
  }
  ++report.checkpoints;
  claims.emplace(checkpoint->size, std::move(*checkpoint));
}

void Verifier::State::check_claims_at(std::uint64_t size) {
  const auto [first, last] = claims.equal_range(size);
  if (first == last) return;
  const auto root = tree.root();
  for (auto claim = first; claim != last; ++claim) {
    if (claim->second.root == root) {
      report.signed_leaves = std::max(report.signed_leaves, size);
    } else {
      violation(Check::kCheckpoints, "the signed root of the first " + std::to_string(size) +
                                         " records is not the root of what is here");
    }
  }
  claims.erase(first, last);
}

void Verifier::add(std::string_view bytes) {
  auto& state = *state_;
  const auto hash = leaf_hash(bytes);
  state.count(Check::kSchema);
  if (const auto leaf = parse_leaf(bytes)) {
    state.check_leaf(*leaf, hash);
  } else {
    state.violation(Check::kSchema, leaf.error().message);
  }
  state.tree.add(hash);
  ++state.report.leaves;
  state.check_claims_at(state.report.leaves);
}

void Verifier::State::check_leaf(const Leaf& leaf, const crypto::Digest& hash) {
  check_time(leaf);
  if (leaf.kind == Kind::kGenesis || report.leaves == 0) check_genesis(leaf);
  if (!leaf.session.empty()) check_link(leaf, hash);
  switch (leaf.kind) {
    case Kind::kIntent: check_intent(leaf); break;
    case Kind::kResult: check_end(leaf); break;
    case Kind::kOutcomeUnknown:
      ++report.outcome_unknown;
      check_end(leaf);
      break;
    case Kind::kRefused: ++report.refused; break;
    case Kind::kApprovalRequested:
    case Kind::kApprovalDecided:
    case Kind::kApprovalConsumed:
    case Kind::kApprovalExpired: check_approval(leaf); break;
    case Kind::kGenesis:
    case Kind::kSessionOpen:
    case Kind::kSessionClose:
    case Kind::kPolicyChange:
    case Kind::kAdmin: break;
  }
}

void Verifier::State::check_genesis(const Leaf& leaf) {
  count(Check::kGenesis);
  if (leaf.kind != Kind::kGenesis)
    return violation(Check::kGenesis, "the first record is not GENESIS");
  if (report.leaves != 0)
    return violation(Check::kGenesis, "GENESIS stands in the middle of the log");
  genesis_origin = leaf.text("origin");
  const auto trusted = std::ranges::any_of(
      vkeys, [&](const Vkey& vkey) { return vkey_text(vkey) == leaf.text("vkey"); });
  if (!trusted) violation(Check::kGenesis, "GENESIS names a key that is not trusted here");
}

void Verifier::State::check_time(const Leaf& leaf) {
  count(Check::kTime);
  if (report.leaves == 0) report.first = report.last = leaf.time;
  const bool said = leaf.kind == Kind::kAdmin && leaf.text("what") == "clock.back";
  if (leaf.time < report.last && !said) {
    violation(Check::kTime,
              "the time goes back from " + rfc3339(report.last) + " to " + rfc3339(leaf.time));
  }
  report.last = leaf.time;
}

void Verifier::State::check_link(const Leaf& leaf, const crypto::Digest& hash) {
  count(Check::kSessions);
  const auto [at, opened] = sessions.try_emplace(leaf.session);
  auto& chain = at->second;
  if (leaf.seq != chain.next_seq) {
    violation(Check::kSessions, leaf.session + " continues with number " +
                                    std::to_string(leaf.seq) + " instead of " +
                                    std::to_string(chain.next_seq));
  }
  if (leaf.prev != chain.tail)
    violation(Check::kSessions, leaf.session + " is not linked to its previous record");
  if (opened != (leaf.kind == Kind::kSessionOpen)) {
    violation(Check::kSessions,
              leaf.session + (opened ? " begins without SESSION_OPEN" : " is opened twice"));
  }
  if (leaf.kind == Kind::kSessionOpen) {
    chain.issuer = leaf.text("principal.iss");
    chain.subject = leaf.text("principal.sub");
    chain.role = leaf.text("role");
  }
  check_person(leaf, chain);
  if (leaf.kind == Kind::kSessionClose) chain.closed = true;
  chain.next_seq = leaf.seq + 1;
  chain.tail = hash;
}

void Verifier::State::check_person(const Leaf& leaf, const Chain& chain) {
  if (leaf.find("principal") == nullptr) return;
  if (leaf.text("principal.iss") != chain.issuer || leaf.text("principal.sub") != chain.subject ||
      leaf.text("role") != chain.role) {
    violation(Check::kSessions, leaf.session + " speaks for somebody else than who opened it");
  }
}

void Verifier::State::check_intent(const Leaf& leaf) {
  count(Check::kCalls);
  ++report.calls;
  const auto id = std::string(leaf.text("id"));
  if (!open_calls.try_emplace(id, OpenCall{report.leaves, leaf.session}).second) {
    violation(Check::kCalls, id + " is begun twice");
  }
  if (sessions[leaf.session].closed)
    violation(Check::kCalls, id + " is begun after its session was closed");
  if (leaf.text("verdict.effect") == "ask" || leaf.find("approval") != nullptr)
    count(Check::kApprovals);
  if (auto kept = approvals.intended(leaf); !kept)
    violation(Check::kApprovals, kept.error().message);
}

void Verifier::State::check_end(const Leaf& leaf) {
  const auto id = std::string(leaf.text("id"));
  const auto open = open_calls.find(id);
  if (open == open_calls.end())
    return violation(Check::kCalls, id + " ends without having begun, or twice");
  if (open->second.index != leaf.number("intent") || open->second.session != leaf.session) {
    violation(Check::kCalls, id + " ends another call than it began");
  }
  open_calls.erase(open);
}

void Verifier::State::check_approval(const Leaf& leaf) {
  count(Check::kApprovals);
  Status kept;
  switch (leaf.kind) {
    case Kind::kApprovalRequested: kept = approvals.requested(leaf); break;
    case Kind::kApprovalDecided: kept = approvals.decided(leaf); break;
    case Kind::kApprovalConsumed: kept = approvals.consumed(leaf); break;
    case Kind::kApprovalExpired: kept = approvals.expired(leaf); break;
    default: break;
  }
  if (!kept) violation(Check::kApprovals, kept.error().message);
}

Report Verifier::finish() && {
  auto& state = *state_;
  auto& report = state.report;
  for (const auto& [size, claim] : state.claims) {
    state.violation(Check::kCheckpoints, "a signed checkpoint counts " + std::to_string(size) +
                                             " records, here are " + std::to_string(report.leaves) +
                                             ": the end of the log is missing");
  }
  if (report.checkpoints == 0)
    state.violation(Check::kCheckpoints, "there is no checkpoint signed by a trusted key");
  if (report.leaves == 0) state.violation(Check::kGenesis, "the log is empty");
  if (report.checkpoints != 0 && report.leaves != 0 && state.genesis_origin != report.origin) {
    state.violation(Check::kGenesis, "GENESIS and the checkpoints name different logs");
  }
  if (state.log_state == LogState::kAtRest) {
    if (report.signed_leaves < report.leaves) {
      state.violation(Check::kCheckpoints,
                      std::to_string(report.leaves - report.signed_leaves) +
                          " records at the end are under no signed checkpoint");
    }
    for (const auto& [id, call] : state.open_calls) {
      state.violation(Check::kCalls,
                      id + ", begun in record " + std::to_string(call.index) + ", never ends");
    }
  }
  report.open_calls = state.open_calls.size();
  report.root = state.tree.root();
  if (report.origin.empty()) report.origin = state.genesis_origin;
  return std::move(report);
}

}  // namespace strait::ledger
