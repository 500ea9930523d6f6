// SPDX-License-Identifier: Apache-2.0
#include "store/sessions.h"

#include <charconv>
#include <cstring>

#include "codec/hex.h"
#include "codec/json.h"

namespace strait::store {
namespace {

// A reply may still stream for this long after its session has expired.
constexpr auto kGrace = std::chrono::minutes(1);

bool ends_call(ledger::Kind kind) {
  return kind == ledger::Kind::kResult || kind == ledger::Kind::kOutcomeUnknown;
}

std::string text_of(const codec::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

std::uint64_t number_of(const codec::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  std::uint64_t number = 0;
  if (value == nullptr || value->number() == nullptr) return 0;
  const auto& token = value->number()->token;
  std::from_chars(token.data(), token.data() + token.size(), number);
  return number;
}

std::unexpected<Error> unreadable() {
  return fail(ErrorCode::kIo, "a log segment's header cannot be understood");
}

}  // namespace

Chain* Sessions::find(std::string_view session) {
  const auto found = chains_.find(session);
  return found == chains_.end() ? nullptr : &found->second;
}

Chain& Sessions::add(std::string_view session, Timestamp expires) {
  auto& chain = chains_[std::string(session)];
  chain.session = session;
  chain.expires = expires;
  return chain;
}

void Sessions::durable(std::span<Entry> entries, std::uint64_t first_index) {
  auto index = first_index;
  for (auto& entry : entries) {
    if (entry.chain != nullptr) {
      entry.chain->durable_seq = entry.seq + 1;
      entry.chain->durable_tail = entry.hash;
      entry.chain->durable_closed |= entry.kind == ledger::Kind::kSessionClose;
    }
    if (entry.kind == ledger::Kind::kIntent) {
      ++entry.chain->open_calls;
      open_calls_[index] = OpenCall{entry.call, entry.chain, false, false, {}};
    } else if (ends_call(entry.kind)) {
      if (open_calls_.erase(entry.intent) != 0) --entry.chain->open_calls;
    }
    ++index;
  }
}

void Sessions::lost() {
  for (auto& [session, chain] : chains_) {
    chain.next_seq = chain.durable_seq;
    chain.tail = chain.durable_tail;
    chain.closed = chain.durable_closed;
  }
  // An end that was on its way has no other author: the one who brought it was told that it failed.
  for (auto& [index, call] : open_calls_) {
    if (!call.ending) continue;
    call.ending = false;
    call.owed = true;
    if (call.why.empty())
      call.why = "the result could not be recorded, and was not given to the agent";
  }
}

void Sessions::follow(const ledger::Leaf& leaf, std::uint64_t index, const crypto::Digest& hash) {
  if (leaf.session.empty()) return;
  auto* chain = find(leaf.session);
  if (chain == nullptr) chain = &add(leaf.session, {});
  if (leaf.kind == ledger::Kind::kSessionOpen) {
    chain->expires = parse_rfc3339(leaf.text("expires")).value_or(Timestamp{});
  }
  if (leaf.kind == ledger::Kind::kSessionClose) chain->closed = chain->durable_closed = true;
  chain->next_seq = chain->durable_seq = leaf.seq + 1;
  chain->tail = chain->durable_tail = hash;
  if (leaf.kind == ledger::Kind::kIntent) {
    ++chain->open_calls;
    const auto call = CallId::parse(leaf.text("id")).value_or(CallId());  // the schema wants one
    open_calls_[index] = OpenCall{call, chain, false, false, {}};
  } else if (ends_call(leaf.kind) && open_calls_.erase(leaf.number("intent")) != 0) {
    --chain->open_calls;
  }
}

OpenCall* Sessions::open_call(std::uint64_t index) {
  const auto found = open_calls_.find(index);
  return found == open_calls_.end() ? nullptr : &found->second;
}

void Sessions::sweep(Timestamp now) {
  std::erase_if(chains_, [&](const auto& item) {
    const auto& chain = item.second;
    return chain.expires + kGrace < now && chain.open_calls == 0 &&
           chain.next_seq == chain.durable_seq;
  });
}

std::string Sessions::snapshot(Timestamp last) const {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object().member("t", rfc3339(last)).key("sessions").begin_array();
  for (const auto& [session, chain] : chains_) {
    if (chain.durable_seq == 0) continue;
    json.begin_object().member("id", session).member("seq", chain.durable_seq);
    json.member("tail", crypto::hex(chain.durable_tail)).member("expires", rfc3339(chain.expires));
    json.member("closed", chain.durable_closed).end_object();
  }
  json.end_array().key("open").begin_array();
  for (const auto& [index, call] : open_calls_) {
    json.begin_object()
        .member("intent", index)
        .member("id", call.call.str())
        .member("session", call.chain->session)
        .end_object();
  }
  json.end_array().end_object();
  return out;
}

Result<Sessions> Sessions::restore(std::string_view snapshot, Timestamp& last) {
  Sessions sessions;
  TRY(const auto state, codec::parse_json(snapshot));
  const auto* listed = state.find("sessions");
  const auto* open = state.find("open");
  const auto time = parse_rfc3339(text_of(state, "t"));
  if (listed == nullptr || listed->list() == nullptr || open == nullptr ||
      open->list() == nullptr || !time) {
    return unreadable();
  }
  last = *time;
  for (const auto& item : *listed->list()) {
    const auto tail = codec::hex_decode(text_of(item, "tail"));
    const auto expires = parse_rfc3339(text_of(item, "expires"));
    if (!tail || tail->size() != 32 || !expires) return unreadable();
    auto& chain = sessions.add(text_of(item, "id"), *expires);
    std::memcpy(chain.tail.data(), tail->data(), tail->size());
    chain.durable_tail = chain.tail;
    chain.next_seq = chain.durable_seq = number_of(item, "seq");
    const auto* closed = item.find("closed");
    chain.closed = chain.durable_closed =
        closed != nullptr && closed->boolean() != nullptr && *closed->boolean();
  }
  for (const auto& item : *open->list()) {
    auto* chain = sessions.find(text_of(item, "session"));
    const auto call = CallId::parse(text_of(item, "id"));
    if (chain == nullptr || !call) return unreadable();
    ++chain->open_calls;
    sessions.open_calls_[number_of(item, "intent")] = OpenCall{*call, chain, false, false, {}};
  }
  return sessions;
}

}  // namespace strait::store
