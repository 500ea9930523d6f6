// SPDX-License-Identifier: Apache-2.0
#include "identity/trust.h"

#include <algorithm>

namespace strait::identity {
namespace {

using Values = std::vector<std::string>;

std::string_view without_scheme(std::string_view issuer) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (issuer.starts_with(scheme)) return issuer.substr(scheme.size());
  }
  return issuer;
}

// The values a condition key has; nullptr when the token does not have it. AWS maps :aud to azp
// when there is one.
const Values* values_of(const journey::Principal& principal, const TrustCondition& condition) {
  if (without_scheme(principal.issuer) != condition.issuer) return nullptr;
  const Values* values = nullptr;
  if (condition.claim == "aud") {
    values = principal.claim("azp");
    if (values == nullptr) values = principal.claim("aud");
  } else {
    values = principal.claim(condition.claim == "oaud" ? "aud" : condition.claim);
  }
  return values != nullptr && !values->empty() ? values : nullptr;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// `*` is any text, `?` any one byte; linear in practice, without recursion.
bool like(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches(TrustTest test, std::string_view pattern, std::string_view text) {
  switch (test) {
    case TrustTest::kEquals:
    case TrustTest::kNotEquals: return pattern == text;
    case TrustTest::kEqualsIgnoreCase:
    case TrustTest::kNotEqualsIgnoreCase:
      return std::ranges::equal(pattern, text, [](char a, char b) { return lower(a) == lower(b); });
    case TrustTest::kLike:
    case TrustTest::kNotLike: return like(pattern, text);
    case TrustTest::kNull: break;
  }
  return false;
}

bool is_negated(TrustTest test) {
  return test == TrustTest::kNotEquals || test == TrustTest::kNotEqualsIgnoreCase ||
         test == TrustTest::kNotLike;
}

bool holds(const TrustCondition& condition, const journey::Principal& principal, bool allow) {
  const auto* values = values_of(principal, condition);
  if (condition.test == TrustTest::kNull)
    return (values == nullptr) == (condition.values.front() == "true");
  if (values == nullptr) {
    switch (condition.set) {
      case TrustSet::kSingle: return condition.if_exists || is_negated(condition.test);
      case TrustSet::kAny: return false;
      case TrustSet::kAll: return true;
    }
  }
  const auto fits = [&](const std::string& value) {
    const bool any = std::ranges::any_of(condition.values, [&](const auto& pattern) {
      return matches(condition.test, pattern, value);
    });
    return any != is_negated(condition.test);
  };
  const bool every =
      condition.set == TrustSet::kAll || (condition.set == TrustSet::kSingle && allow);
  return every ? std::ranges::all_of(*values, fits) : std::ranges::any_of(*values, fits);
}

std::string describe(const TrustCondition& condition, const journey::Principal& principal) {
  const auto* values = values_of(principal, condition);
  return condition.text + " on " + condition.claim + " does not hold: the token " +
         (values == nullptr ? std::string("has no such claim") : "says " + quoted(values->front()));
}

struct Outcome {
  bool applies = false;
  std::string why;         // the first condition that failed
  std::size_t passed = 0;  // conditions before it
};

Outcome apply(const TrustStatement& statement, const journey::Principal& principal) {
  const auto issuer = without_scheme(principal.issuer);
  if (std::ranges::find(statement.issuers, issuer) == statement.issuers.end())
    return {.why = "it trusts another issuer than " + quoted(issuer)};
  Outcome outcome;
  for (const auto& condition : statement.conditions) {
    ++outcome.passed;
    if (!holds(condition, principal, statement.allow)) {
      outcome.why = describe(condition, principal);
      return outcome;
    }
  }
  outcome.applies = true;
  return outcome;
}

}  // namespace

Status evaluate(const TrustPolicy& policy, const journey::Principal& principal) {
  bool allowed = false;
  std::string nearest = "it has no Allow statement";
  std::size_t most_passed = 0;
  for (const auto& statement : policy.statements) {
    auto outcome = apply(statement, principal);
    const auto place = policy.file + "#" + statement.sid;
    if (!statement.allow) {
      if (outcome.applies)
        return fail(ErrorCode::kDenied,
                    "the role's trust policy denies this identity (" + place + ")");
      continue;
    }
    allowed = allowed || outcome.applies;
    if (outcome.passed >= most_passed) {
      most_passed = outcome.passed;
      nearest = outcome.why + " (" + place + ")";
    }
  }
  if (allowed) return {};
  return fail(ErrorCode::kDenied,
              "the role's trust policy does not trust this identity: " + nearest);
}

}  // namespace strait::identity
