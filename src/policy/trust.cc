// SPDX-License-Identifier: Apache-2.0
#include "policy/trust.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace strait::policy {
namespace {

using journey::ContextEntry;
using journey::Principal;

std::string_view without_scheme(std::string_view issuer) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (issuer.starts_with(scheme)) return issuer.substr(scheme.size());
  }
  return issuer;
}

ContextEntry entry_of(std::string_view key, const std::vector<std::string>* values) {
  ContextEntry entry{.key = std::string(key), .values = {}};
  if (values != nullptr) entry.values = *values;
  return entry;
}

// AWS maps :aud to azp when there is one.
const std::vector<std::string>* values_of(const Principal& principal, const TrustKey& key) {
  if (without_scheme(principal.issuer) != key.issuer) return nullptr;
  if (key.claim == "oaud") return principal.claim("aud");
  if (key.claim != "aud") return principal.claim(key.claim);
  const auto* party = principal.claim("azp");
  return party != nullptr && !party->empty() ? party : principal.claim("aud");
}

// What a token asks for by AWS's own claims: `.` is how nested members are named, `/` AWS's own
// flat form. Tags whose names differ in case only are one key: which of them is meant, nobody can
// say.
ContextEntry tags_of(const Principal& principal, const std::string& key) {
  ContextEntry entry{.key = key, .values = {}};
  const auto wanted = lowered(key);
  const auto tag = wanted.substr(wanted.find('/') + 1);
  const bool names = wanted == "aws:tagkeys";
  entry.many = names;
  for (const auto& [claim, values] : principal.claims) {
    for (const std::string_view head : {"https://aws.amazon.com/tags.principal_tags.",
                                        "https://aws.amazon.com/tags/principal_tags/"}) {
      if (!claim.starts_with(head)) continue;
      const auto name = claim.substr(head.size());
      if (names) {
        entry.values.push_back(name);
      } else if (lowered(name) == tag) {
        entry.unknown = !entry.values.empty();
        entry.values.insert(entry.values.end(), values.begin(), values.end());
      }
    }
  }
  if (entry.unknown) entry.values.clear();
  return entry;
}

ContextEntry first_claim(const Principal& principal, const std::string& key,
                         std::initializer_list<std::string_view> claims) {
  for (const auto claim : claims) {
    if (const auto* values = principal.claim(claim)) return entry_of(key, values);
  }
  return entry_of(key, nullptr);
}

// A key that is no claim, as far as the token and the nature of a login decide it.
std::vector<ContextEntry> of_login(const Principal& principal, const std::string& key) {
  const auto name = lowered(key);
  if (name == "aws:tagkeys" || name.starts_with("aws:requesttag/"))
    return {tags_of(principal, key)};
  if (name == "sts:sourceidentity")
    return {first_claim(principal, key, {"https://aws.amazon.com/source_identity"})};
  if (name == "sts:transitivetagkeys") {
    auto keys = first_claim(principal, key,
                            {"https://aws.amazon.com/tags.transitive_tag_keys",
                             "https://aws.amazon.com/tags/transitive_tag_keys"});
    keys.many = true;
    return {std::move(keys)};
  }
  const auto kind = classify_key(key);
  if (kind && kind->kind == Key::kFalse) return {{.key = key, .values = {"false"}}};
  if (kind && kind->kind == Key::kAbsent) return {entry_of(key, nullptr)};
  return {};
}

std::vector<ContextEntry> entries_of(const TrustStatement& statement, const Principal& principal,
                                     std::span<const ContextEntry> login) {
  std::vector<ContextEntry> entries(login.begin(), login.end());
  const auto add = [&](const TrustKey& key) {
    if (!key.issuer.empty()) {
      entries.push_back(entry_of(key.name, values_of(principal, key)));
    } else {
      for (auto& entry : of_login(principal, key.name)) entries.push_back(std::move(entry));
    }
  };
  for (const auto& condition : statement.conditions) add(condition.key);
  for (const auto& variable : statement.variables) add(variable);
  return entries;
}

std::string describe(const TrustCondition& one, const Environment& environment) {
  const bool claim = !one.key.issuer.empty();
  const auto found = environment.find(one.condition.key);
  const bool sure = evaluate(one.condition, environment) == Tri::kFalse;
  const auto head = one.condition.text.op + " on " + (claim ? one.key.claim : one.key.name) +
                    (sure ? " does not hold: " : " is not certain: ");
  if (found.state == KeyValues::kUnknown) return head + "strait cannot know it at a login";
  if (found.state == KeyValues::kAbsent)
    return head + (claim ? "the token has no such claim" : "the login has no such value");
  return head + (claim ? "the token says " : "it is ") + quoted(found.values.front());
}

struct Outcome {
  Tri applies = Tri::kFalse;
  std::string why;         // the first condition that is not true
  std::size_t passed = 0;  // conditions before it
};

Outcome apply(const TrustStatement& statement, const Principal& principal,
              std::span<const ContextEntry> login) {
  const auto issuer = without_scheme(principal.issuer);
  if (std::ranges::find(statement.issuers, issuer) == statement.issuers.end())
    return {.why = "it trusts another issuer than " + quoted(issuer)};
  const auto entries = entries_of(statement, principal, login);
  const Environment environment(
      entries, statement.allow ? Quantifier::kForAllValues : Quantifier::kForAnyValue);
  Outcome outcome{.applies = Tri::kTrue, .why = {}, .passed = 1};
  for (const auto& one : statement.conditions) {
    outcome.applies = both(outcome.applies, evaluate(one.condition, environment));
    if (outcome.applies != Tri::kTrue && outcome.why.empty())
      outcome.why = describe(one, environment);
    if (outcome.applies == Tri::kTrue) ++outcome.passed;
  }
  return outcome;
}

}  // namespace

bool answered_by_token(std::string_view key) {
  return !of_login(Principal{}, std::string(key)).empty();
}

Status check_trust(const TrustPolicy& policy, const Principal& principal,
                   std::span<const ContextEntry> login) {
  bool allowed = false;
  std::string nearest = "it has no Allow statement";
  std::size_t most_passed = 0;
  for (const auto& statement : policy.statements) {
    auto outcome = apply(statement, principal, login);
    const auto place = policy.file + "#" + statement.sid;
    if (!statement.allow) {
      if (outcome.applies == Tri::kFalse) continue;
      const auto unsure = outcome.why.empty() ? "" : ": " + outcome.why;
      return fail(ErrorCode::kDenied,
                  "the role's trust policy denies this identity (" + place + ")" + unsure);
    }
    allowed = allowed || outcome.applies == Tri::kTrue;
    if (outcome.passed >= most_passed) {
      most_passed = outcome.passed;
      nearest = outcome.why + " (" + place + ")";
    }
  }
  if (allowed) return {};
  return fail(ErrorCode::kDenied,
              "the role's trust policy does not trust this identity: " + nearest);
}

}  // namespace strait::policy
