// SPDX-License-Identifier: Apache-2.0
#include "ledger/past_calls.h"

#include <algorithm>

#include "codec/hex.h"

namespace strait::ledger {
namespace {

std::string raw(std::string_view hex) { return codec::hex_decode(hex).value_or(""); }

Timestamp time_at(const Leaf& leaf, std::string_view path) {
  return parse_rfc3339(leaf.text(path)).value_or(Timestamp());
}

}  // namespace

std::shared_ptr<const PastSession> PastCalls::session_of(const Leaf& leaf) {
  const auto found = sessions_.find(leaf.session);
  return found == sessions_.end() ? nullptr : found->second;
}

PastCall PastCalls::begin(const Leaf& leaf, std::uint64_t index) {
  PastCall call;
  call.index = index;
  call.id = leaf.text("id");
  call.session = session_of(leaf);
  call.time = leaf.time;
  call.service = leaf.text("target.service");
  call.operation = leaf.text("target.op");
  call.protocol = leaf.text("target.protocol");
  call.partition = leaf.text("target.partition");
  call.account = leaf.text("target.account");
  call.region = leaf.text("target.region");
  call.host = leaf.text("target.host");
  call.peer = leaf.text("client.peer");
  call.agent = leaf.text("client.agent");
  if (const auto* needs = leaf.find("needs")) {
    for (const auto& need : *needs->list())
      call.needs.push_back({*need.find("action")->string(), *need.find("resource")->string(),
                            need.find("may") != nullptr});
  }
  call.needs_cut = leaf.find("needs_cut") != nullptr;
  call.effect = leaf.text("verdict.effect");
  if (const auto* by = leaf.find("verdict.by")) {
    for (const auto& statement : *by->list()) call.by.push_back(*statement.string());
  }
  call.error = leaf.text("error.code");
  call.policy_hash = leaf.text("verdict.policy");
  call.input_commit = raw(leaf.text("input.commit"));
  call.input_cut = leaf.find("input.cut") != nullptr;
  return call;
}

std::optional<PastCall> PastCalls::take(const Leaf& leaf, std::uint64_t index) {
  switch (leaf.kind) {
    case Kind::kSessionOpen: {
      auto session = std::make_shared<PastSession>();
      session->id = leaf.session;
      session->issuer = leaf.text("principal.iss");
      session->subject = leaf.text("principal.sub");
      session->role = leaf.text("role");
      session->name = leaf.text("name");
      session->issued = time_at(leaf, "issued");
      session->expires = time_at(leaf, "expires");
      session->claims_commit = raw(leaf.text("claims.commit"));
      sessions_[leaf.session] = std::move(session);
      return std::nullopt;
    }
    case Kind::kIntent: {
      auto call = begin(leaf, index);
      call.sent = true;
      open_.emplace(index, std::move(call));
      return std::nullopt;
    }
    case Kind::kResult:
    case Kind::kOutcomeUnknown: {
      auto found = open_.extract(leaf.number("intent"));
      if (found.empty()) return std::nullopt;
      auto call = std::move(found.mapped());
      call.status = static_cast<int>(leaf.number("status"));
      return call;
    }
    case Kind::kRefused: {
      if (session_of(leaf) == nullptr || leaf.find("target") == nullptr) return std::nullopt;
      return begin(leaf, index);
    }
    default: return std::nullopt;
  }
}

std::vector<PastCall> PastCalls::rest() {
  std::vector<PastCall> out;
  for (auto& [index, call] : open_) out.push_back(std::move(call));
  open_.clear();
  std::ranges::sort(out, {}, &PastCall::index);
  return out;
}

}  // namespace strait::ledger
