// SPDX-License-Identifier: Apache-2.0
#include "policy/context.h"

#include <algorithm>
#include <array>

#include "journey/params.h"

namespace strait::policy {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         (a == b || std::equal(a.begin(), a.end(), b.begin(),
                               [](char x, char y) { return lower(x) == lower(y); }));
}

bool begins(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && same(text.substr(0, prefix.size()), prefix);
}

struct Row {
  std::string_view name;
  Key::Kind kind;
};

constexpr std::array kRows{
    Row{"aws:PrincipalArn", Key::kPrincipalArn},
    Row{"aws:PrincipalAccount", Key::kPrincipalAccount},
    Row{"aws:PrincipalType", Key::kPrincipalType},
    Row{"aws:userid", Key::kUserId},
    Row{"aws:TokenIssueTime", Key::kTokenIssueTime},
    Row{"aws:username", Key::kAbsent},
    Row{"aws:SourceIdentity", Key::kAbsent},
    Row{"aws:MultiFactorAuthPresent", Key::kAbsent},
    Row{"aws:MultiFactorAuthAge", Key::kAbsent},
    Row{"aws:ViaAWSService", Key::kFalse},
    Row{"aws:PrincipalIsAWSService", Key::kFalse},
    Row{"aws:CalledVia", Key::kAbsent},
    Row{"aws:CalledViaFirst", Key::kAbsent},
    Row{"aws:CalledViaLast", Key::kAbsent},
    Row{"aws:PrincipalServiceName", Key::kAbsent},
    Row{"aws:PrincipalServiceNamesList", Key::kAbsent},
    Row{"strait:session/id", Key::kSessionId},
    Row{"strait:session/role", Key::kSessionRole},
    Row{"strait:session/name", Key::kSessionName},
    Row{"strait:session/issuer", Key::kSessionIssuer},
    Row{"strait:session/subject", Key::kSessionSubject},
};

struct Family {
  std::string_view prefix;
  Key::Kind kind;
};

constexpr std::array kFamilies{
    Family{"aws:PrincipalTag/", Key::kAbsent},
    Family{"strait:claim/", Key::kClaim},
    Family{"strait:param/", Key::kParam},
};

KeyValues absent() { return {KeyValues::kAbsent, {}}; }

}  // namespace

Result<Key> classify_key(std::string_view name) {
  const auto make = [name](Key::Kind kind, std::size_t head) {
    return Key{kind, std::string(name), std::string(name.substr(head))};
  };
  for (const auto& row : kRows) {
    if (same(name, row.name)) return make(row.kind, name.size());
  }
  for (const auto& family : kFamilies) {
    if (begins(name, family.prefix) && name.size() > family.prefix.size())
      return make(family.kind, family.prefix.size());
  }
  if (begins(name, "strait:")) {
    return fail(ErrorCode::kInvalidConfiguration,
                "there is no condition key " + quoted(name) +
                    "; strait has strait:param/<path>, strait:claim/<name> and strait:session/id, "
                    "role, name, issuer "
                    "and subject");
  }
  if (const auto colon = name.find(':');
      colon == 0 || colon == std::string_view::npos || colon + 1 == name.size()) {
    return fail(
        ErrorCode::kInvalidConfiguration,
        "a condition key has a prefix, as in aws:RequestedRegion; " + quoted(name) + " has none");
  }
  return make(Key::kContext, name.size());
}

std::string user_id(const journey::Session& session) {
  return session.role_name() + ":" + session.name;
}

KeyValues Environment::keep(std::string value) const {
  kept_.push_front({std::move(value)});
  return {KeyValues::kKnown, kept_.front()};
}

KeyValues Environment::from_contexts(std::string_view name) const {
  const auto look =
      [name](std::span<const journey::ContextEntry> entries) -> const journey::ContextEntry* {
    for (const auto& entry : entries) {
      if (same(entry.key, name)) return &entry;
    }
    return nullptr;
  };
  const journey::ContextEntry* entry = need_ == nullptr ? nullptr : look(need_->context);
  if (entry == nullptr)
    entry = look(call_ == nullptr ? entries_ : std::span(call_->context.entries));
  if (entry == nullptr) entry = look(worked_out_);
  if (entry == nullptr && call_ != nullptr && call_->context.source != nullptr) {
    const auto* value = call_->context.source(*call_, name, worked_out_);
    if (value != nullptr) return {KeyValues::kKnown, {value, 1}};
    entry = look(worked_out_);
  }
  if (entry == nullptr) return of_family(name);
  if (entry->unknown) return {KeyValues::kUnknown, {}};
  if (entry->values.empty()) return absent();
  return {KeyValues::kKnown, entry->values, entry->many || entry->values.size() > 1};
}

// What the contexts say of every key of a family that they do not list: "aws:RequestTag/*" without
// values. One with values is a tag that is named `*`, and says nothing of others.
KeyValues Environment::of_family(std::string_view name) const {
  const auto slash = name.find('/');
  auto state = missing_;
  if (slash == std::string_view::npos) return {state, {}};
  const auto look = [&](std::span<const journey::ContextEntry> entries) {
    for (const auto& entry : entries) {
      const std::string_view key = entry.key;
      if (key.size() != slash + 2 || !key.ends_with("/*") || !entry.values.empty()) continue;
      if (!same(key.substr(0, slash), name.substr(0, slash))) continue;
      state = entry.unknown ? KeyValues::kUnknown : KeyValues::kAbsent;
      if (entry.unknown) return;
    }
  };
  look(call_ == nullptr ? entries_ : std::span(call_->context.entries));
  look(worked_out_);
  if (need_ != nullptr) look(need_->context);
  return {state, {}};
}

KeyValues Environment::of_session(const Key& key) const {
  switch (key.kind) {
    case Key::kPrincipalArn:
    case Key::kSessionRole: return {KeyValues::kKnown, {&session_->role, 1}};
    case Key::kPrincipalAccount: return keep(session_->account());
    case Key::kPrincipalType: return keep("AssumedRole");
    case Key::kUserId: return keep(user_id(*session_));
    case Key::kTokenIssueTime: return keep(rfc3339(session_->issued));
    case Key::kSessionId: return keep(std::string(session_->id.str()));
    case Key::kSessionName: return {KeyValues::kKnown, {&session_->name, 1}};
    case Key::kSessionIssuer: return {KeyValues::kKnown, {&session_->principal.issuer, 1}};
    case Key::kSessionSubject: return {KeyValues::kKnown, {&session_->principal.subject, 1}};
    case Key::kClaim: {
      const auto* values = session_->principal.claim(key.tail);
      if (values == nullptr || values->empty()) return absent();
      return {KeyValues::kKnown, *values, values->size() > 1};
    }
    case Key::kFalse: return keep("false");
    case Key::kAbsent: return absent();
    case Key::kParam:
    case Key::kContext: break;
  }
  return {KeyValues::kUnknown, {}};
}

KeyValues Environment::find(const Key& key) const {
  if (key.kind == Key::kContext || session_ == nullptr) return from_contexts(key.name);
  if (key.kind != Key::kParam) return of_session(key);
  if (call_->stream &&
      std::string_view(key.tail).substr(0, key.tail.find('/')) == call_->stream->member) {
    return {KeyValues::kUnknown, {}};
  }
  auto found = journey::param_values(call_->input, key.tail);
  if (found.absent()) return absent();
  kept_.push_front(std::move(found.values));
  return {KeyValues::kKnown, kept_.front(), kept_.front().size() > 1};
}

VariableValue Environment::value_of(const Variable& variable) const {
  const auto key = classify_key(variable.key);
  if (!key) return {VariableValue::kUnknown, {}};
  const auto found = find(*key);
  if (found.state == KeyValues::kAbsent) return {VariableValue::kAbsent, {}};
  if (found.state == KeyValues::kUnknown) return {VariableValue::kUnknown, {}};
  // A multi-valued key cannot be a variable: where nothing is unknown, it has no value there.
  if (found.many)
    return {undefined_ == Tri::kUnknown ? VariableValue::kUnknown : VariableValue::kAbsent, {}};
  return {VariableValue::kKnown, found.values[0]};
}

}  // namespace strait::policy
