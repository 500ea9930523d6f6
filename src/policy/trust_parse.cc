// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "codec/arn.h"
#include "policy/locate.h"
#include "policy/trust.h"

// What a trust policy must say beyond the grammar of document.h.
namespace strait::policy {
namespace {

constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";
constexpr std::string_view kGitHub = "token.actions.githubusercontent.com";

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidConfiguration, std::move(message));
}

Result<std::string> federated_issuer(const std::string& name) {
  std::string_view issuer = name;
  if (name.starts_with("arn:")) {
    const auto arn = codec::parse_arn(name);
    constexpr std::string_view kProvider = "oidc-provider/";
    if (!arn || arn->service != "iam" || !arn->resource.starts_with(kProvider))
      return refuse("Federated " + quoted(name) +
                    " is no arn:aws:iam::<account>:oidc-provider/<issuer>");
    issuer = arn->resource.substr(kProvider.size());
  }
  if (issuer.empty() || issuer.find("://") != std::string_view::npos ||
      issuer.find_first_of("*? ") != std::string_view::npos)
    return refuse("Federated " + quoted(name) +
                  " must be the issuer's URL without https://, and no pattern");
  // Its claims would be named like keys that are no claims.
  if (const auto host = lowered(issuer); host == "aws" || host == "sts" || host == "strait")
    return refuse("Federated " + quoted(name) + " is no issuer that condition keys can name");
  return std::string(issuer);
}

// Session tags and a source identity travel in the token; a policy copied from AWS allows them.
Status check_actions(const StatementText& text) {
  const auto is = [](const std::string& name, std::string_view wanted) {
    return lowered(name) == lowered(wanted);
  };
  const bool good = std::ranges::all_of(text.actions, [&](const auto& name) {
    return is(name, kAction) || is(name, "sts:TagSession") || is(name, "sts:SetSourceIdentity");
  });
  const bool named =
      std::ranges::any_of(text.actions, [&](const auto& name) { return is(name, kAction); });
  if (text.not_action || !good || !named) return refuse("Action must be " + quoted(kAction));
  return {};
}

// A misspelt claim would be absent from every token, which an Allow survives and a Deny does not.
Status check_claim_spelling(std::string_view claim) {
  for (const std::string_view known :
       {"sub", "aud", "oaud", "azp", "iss", "amr", "email", "groups"}) {
    if (lowered(claim) == known && claim != known)
      return refuse("the claim " + quoted(claim) + " must be written " + quoted(known));
  }
  return {};
}

Result<TrustKey> read_key(const std::string& name, const std::vector<std::string>& issuers) {
  TrustKey key{.name = name, .issuer = {}, .claim = {}};
  for (const auto& issuer : issuers) {
    if (!name.starts_with(issuer + ":") || issuer.size() < key.issuer.size()) continue;
    key.issuer = issuer;
    key.claim = name.substr(issuer.size() + 1);
  }
  if (!key.claim.empty()) {
    CHECK_OK(check_claim_spelling(key.claim));
    return key;
  }
  const auto prefix = lowered(std::string_view(name).substr(0, name.find(':')));
  if (key.issuer.empty() && (prefix == "aws" || prefix == "sts")) return key;
  return refuse("the condition key " + quoted(name) + " must be " +
                quoted(issuers.front() + ":<claim>") +
                ", with an issuer that the statement trusts, or an aws: or sts: key");
}

// Condition keys are compared without case, claims and issuers with it.
Status check_distinct(const TrustStatement& statement, const TrustKey& key) {
  const auto differs = [&key](const TrustKey& other) {
    return !(key.issuer.empty() && other.issuer.empty()) && other.name != key.name &&
           lowered(other.name) == lowered(key.name);
  };
  const auto& conditions = statement.conditions;
  if (std::ranges::any_of(conditions, differs, &TrustCondition::key) ||
      std::ranges::any_of(statement.variables, differs))
    return refuse("the condition key " + quoted(key.name) +
                  " differs from another one of the statement in case only");
  return {};
}

Status read_condition(const ConditionText& text, Dialect dialect, TrustStatement& out) {
  TRY(auto condition, compile_condition(text, dialect));
  TRY(auto key, read_key(text.key, out.issuers));
  CHECK_OK(check_distinct(out, key));
  for (const auto& value : condition.values) {
    const auto* pattern = std::get_if<Pattern>(&value);
    if (pattern == nullptr) continue;
    for (const auto& variable : pattern->variables()) {
      TRY(auto named, read_key(variable.key, out.issuers));
      CHECK_OK(check_distinct(out, named));
      out.variables.push_back(std::move(named));
    }
  }
  out.conditions.push_back({std::move(condition), std::move(key)});
  return {};
}

// Whether a value for GitHub's sub stays within one owner: "repo:acme/..." or, where an
// organisation chose other claims ("repository_owner_id:1234:..."), a first pair spelt out.
bool stays_with_one_owner(std::string_view literal) {
  if (literal.starts_with("repo:")) return literal.find('/') != std::string_view::npos;
  const auto first = literal.find(':');
  return first != std::string_view::npos && literal.find(':', first + 1) != std::string_view::npos;
}

bool is_narrow(const TrustKey& key, const ConditionValue& value) {
  const auto& tokens = std::get<Pattern>(value).tokens();
  std::string literal;  // what comes before the first wildcard or variable
  for (const auto& token : tokens) {
    if (token.kind != Token::kChar) break;
    literal += token.c;
  }
  if (literal.empty()) return false;
  if (literal.size() == tokens.size()) return true;
  return key.issuer != kGitHub || key.claim != "sub" || stays_with_one_owner(literal);
}

bool constrains_subject(const TrustStatement& statement, const TrustOptions& options) {
  return std::ranges::any_of(statement.conditions, [&](const TrustCondition& one) {
    const auto& op = one.condition.op;
    const bool strings = op.op == Operator::kStringEquals ||
                         op.op == Operator::kStringEqualsIgnoreCase ||
                         op.op == Operator::kStringLike;
    return strings && !op.negated && !op.if_exists && op.quantifier != Quantifier::kForAllValues &&
           !one.key.issuer.empty() &&
           std::ranges::count(options.subject_claims, one.key.claim) > 0 &&
           std::ranges::all_of(one.condition.values,
                               [&](const auto& value) { return is_narrow(one.key, value); });
  });
}

// `path` is where the reading is. A step stays when what it leads to is refused, so that the error
// can say where that was.
Result<TrustStatement> read_statement(const StatementText& text, Dialect dialect,
                                      const TrustOptions& options, JsonPath& path) {
  TrustStatement out;
  out.allow = text.allow;
  path.emplace_back("Principal");
  for (const auto& name : text.federated) {
    TRY(auto issuer, federated_issuer(name));
    out.issuers.push_back(std::move(issuer));
  }
  path.back() = text.not_action ? "NotAction" : "Action";
  CHECK_OK(check_actions(text));
  path.back() = "Condition";
  for (const auto& condition : text.conditions) {
    path.emplace_back(condition.op);
    path.emplace_back(condition.key);
    CHECK_OK(read_condition(condition, dialect, out));
    path.resize(path.size() - 2);
  }
  if (out.allow && !constrains_subject(out, options)) {
    return refuse(fmt::format(
        "it allows without constraining who: add a Condition such as {{\"StringEquals\": "
        "{{\"{}:{}\": \"...\"}}}}; a value "
        "must not begin with a wildcard, and for GitHub it must name the owner (\"repo:acme/*\")",
        out.issuers.front(),
        options.subject_claims.empty() ? "sub" : options.subject_claims.front()));
  }
  return out;
}

}  // namespace

Result<TrustPolicy> parse_trust(std::string_view file, std::string_view text,
                                const TrustOptions& options) {
  TRY(const auto document, parse_document(file, text, DocumentKind::kTrust));
  TrustPolicy policy{.file = std::string(file), .statements = {}};
  for (const auto& one : document.statements) {
    auto path = document.path_of(one);
    const auto sid = one.sid.empty() ? std::to_string(one.number + 1) : one.sid;
    auto statement = read_statement(one, document.dialect, options, path);
    if (!statement) {
      const auto place = locate(text, path);
      return refuse(fmt::format("{}:{}:{}: trust policy: statement {}: {}", file, place.line,
                                place.column, sid, statement.error().message));
    }
    statement->sid = sid;
    policy.statements.push_back(*std::move(statement));
  }
  return policy;
}

}  // namespace strait::policy
