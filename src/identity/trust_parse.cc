// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "base/limits.h"
#include "codec/arn.h"
#include "codec/json.h"
#include "codec/json_place.h"
#include "identity/trust.h"

namespace strait::identity {
namespace {

using codec::Value;

constexpr std::string_view kAction = "sts:AssumeRoleWithWebIdentity";
constexpr std::string_view kGitHub = "token.actions.githubusercontent.com";

// Where the reading is. A step stays when what it leads to is refused, so that the error can say
// where that was.
struct Where {
  codec::JsonPath path;

  template <class Read>
  auto inside(codec::JsonStep step, Read read) {
    path.push_back(std::move(step));
    auto result = read();
    if (result) path.pop_back();
    return result;
  }
};

std::unexpected<Error> refuse(std::string message) {
  return fail(ErrorCode::kInvalidConfiguration, std::move(message));
}

// One string or a list of strings (or booleans, which IAM takes for "true" and "false").
Result<std::vector<std::string>> texts(const Value& value, std::string_view what) {
  std::vector<std::string> out;
  const auto add = [&](const Value& item) {
    if (const auto* text = item.string()) {
      out.push_back(*text);
    } else if (const auto* truth = item.boolean()) {
      out.emplace_back(*truth ? "true" : "false");
    } else {
      return false;
    }
    return true;
  };
  bool good = true;
  if (const auto* list = value.list()) {
    for (const auto& item : *list) good = good && add(item);
  } else {
    good = add(value);
  }
  if (!good || out.empty())
    return refuse(std::string(what) + " must be a string or a list of strings");
  return out;
}

Status only_members(const Value& value, std::span<const std::string_view> known, Where& where) {
  for (const auto& member : *value.object()) {
    if (std::ranges::find(known, member.name) != known.end()) continue;
    where.path.emplace_back(member.name);
    return refuse("it has the unknown member " + quoted(member.name));
  }
  return {};
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
  return std::string(issuer);
}

Result<std::vector<std::string>> read_principal(const Value& statement) {
  const auto* principal = statement.find("Principal");
  const auto* federated = principal == nullptr ? nullptr : principal->find("Federated");
  if (federated == nullptr || principal->object()->size() != 1)
    return refuse("Principal must be {\"Federated\": \"<issuer without https://>\"}");
  TRY(auto names, texts(*federated, "Federated"));
  for (auto& name : names) {
    TRY(name, federated_issuer(name));
  }
  return names;
}

struct Operator {
  TrustTest test;
  TrustSet set;
  bool if_exists;
};

std::optional<Operator> read_operator(std::string_view name) {
  auto set = TrustSet::kSingle;
  constexpr std::string_view kAny = "ForAnyValue:";
  constexpr std::string_view kAll = "ForAllValues:";
  if (name.starts_with(kAny)) {
    set = TrustSet::kAny;
    name.remove_prefix(kAny.size());
  } else if (name.starts_with(kAll)) {
    set = TrustSet::kAll;
    name.remove_prefix(kAll.size());
  }
  constexpr std::string_view kIfExists = "IfExists";
  const bool if_exists = name.ends_with(kIfExists);
  if (if_exists) name.remove_suffix(kIfExists.size());
  constexpr std::array<std::pair<std::string_view, TrustTest>, 7> kTests = {{
      {"StringEquals", TrustTest::kEquals},
      {"StringNotEquals", TrustTest::kNotEquals},
      {"StringEqualsIgnoreCase", TrustTest::kEqualsIgnoreCase},
      {"StringNotEqualsIgnoreCase", TrustTest::kNotEqualsIgnoreCase},
      {"StringLike", TrustTest::kLike},
      {"StringNotLike", TrustTest::kNotLike},
      {"Null", TrustTest::kNull},
  }};
  const auto found =
      std::ranges::find(kTests, name, &std::pair<std::string_view, TrustTest>::first);
  if (found == kTests.end()) return std::nullopt;
  const bool alone = set == TrustSet::kSingle && !if_exists;
  if (found->second == TrustTest::kNull && !alone) return std::nullopt;
  return Operator{found->second, set, if_exists};
}

// A misspelt claim would be absent from every token, which an Allow survives and a Deny does not.
Status check_claim_spelling(std::string_view claim) {
  std::string lower;
  for (const char c : claim) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  for (const std::string_view known :
       {"sub", "aud", "oaud", "azp", "iss", "amr", "email", "groups"}) {
    if (lower == known && claim != known)
      return refuse("the claim " + quoted(claim) + " must be written " + quoted(known));
  }
  return {};
}

Result<TrustCondition> read_condition(std::string_view operator_name, const codec::Member& entry,
                                      const std::vector<std::string>& issuers) {
  const auto known = read_operator(operator_name);
  if (!known) {
    return refuse("the condition operator " + quoted(operator_name) +
                  " is not supported in a trust policy; use StringEquals, StringLike, "
                  "StringEqualsIgnoreCase, their StringNot forms, or Null");
  }
  TrustCondition out{.test = known->test,
                     .set = known->set,
                     .if_exists = known->if_exists,
                     .text = std::string(operator_name)};
  for (const auto& issuer : issuers) {
    if (!entry.name.starts_with(issuer + ":") || issuer.size() < out.issuer.size()) continue;
    out.issuer = issuer;
    out.claim = entry.name.substr(issuer.size() + 1);
  }
  if (out.claim.empty()) {
    return refuse("the condition key " + quoted(entry.name) + " must be " +
                  quoted(issuers.front() + ":<claim>") +
                  ", with an issuer that the statement trusts");
  }
  CHECK_OK(check_claim_spelling(out.claim));
  TRY(out.values, texts(entry.value, entry.name));
  for (const auto& value : out.values) {
    if (value.find("${") != std::string::npos)
      return refuse("policy variables such as " + quoted(value) +
                    " are not supported in a trust policy");
    if (out.test == TrustTest::kNull && value != "true" && value != "false")
      return refuse("Null takes \"true\" or \"false\"");
  }
  if (out.test == TrustTest::kNull && out.values.size() != 1) return refuse("Null takes one value");
  return out;
}

Status read_conditions(const Value& statement, TrustStatement& out, Where& where) {
  const auto* conditions = statement.find("Condition");
  if (conditions == nullptr) return {};
  if (conditions->object() == nullptr) return refuse("Condition must be an object");
  for (const auto& [name, entries] : *conditions->object()) {
    where.path.emplace_back(name);
    if (entries.object() == nullptr)
      return refuse("the condition " + quoted(name) + " must be an object");
    for (const auto& entry : *entries.object()) {
      TRY(auto condition,
          where.inside(entry.name, [&] { return read_condition(name, entry, out.issuers); }));
      out.conditions.push_back(std::move(condition));
    }
    where.path.pop_back();
  }
  return {};
}

// Whether a pattern for GitHub's sub stays within one owner: "repo:acme/..." or, where an
// organisation chose other claims ("repository_owner_id:1234:..."), a first pair spelt out.
bool stays_with_one_owner(std::string_view pattern) {
  const auto literal = pattern.substr(0, pattern.find_first_of("*?"));
  if (literal == pattern) return true;
  if (literal.starts_with("repo:")) return literal.find('/') != std::string_view::npos;
  const auto first = literal.find(':');
  return first != std::string_view::npos && literal.find(':', first + 1) != std::string_view::npos;
}

bool is_narrow(const TrustCondition& condition, const std::string& value) {
  if (value.empty()) return false;
  if (condition.test != TrustTest::kLike) return true;
  if (value.front() == '*' || value.front() == '?') return false;
  return condition.issuer != kGitHub || condition.claim != "sub" || stays_with_one_owner(value);
}

bool constrains_subject(const TrustStatement& statement, const TrustOptions& options) {
  return std::ranges::any_of(statement.conditions, [&](const TrustCondition& condition) {
    const bool positive = condition.test == TrustTest::kEquals ||
                          condition.test == TrustTest::kEqualsIgnoreCase ||
                          condition.test == TrustTest::kLike;
    return positive && condition.set != TrustSet::kAll && !condition.if_exists &&
           std::ranges::find(options.subject_claims, condition.claim) !=
               options.subject_claims.end() &&
           std::ranges::all_of(condition.values,
                               [&](const auto& value) { return is_narrow(condition, value); });
  });
}

Status read_action(const Value& statement) {
  const auto* action = statement.find("Action");
  if (action == nullptr)
    return refuse("it has no Action; write \"Action\": \"" + std::string(kAction) + "\"");
  TRY(const auto names, texts(*action, "Action"));
  // Session tags travel in AWS's own tokens only; a policy copied from AWS may name the action all
  // the same.
  const bool good = std::ranges::all_of(
      names, [](const auto& name) { return name == kAction || name == "sts:TagSession"; });
  if (!good || std::ranges::find(names, kAction) == names.end())
    return refuse("Action must be " + quoted(kAction));
  return {};
}

Result<TrustStatement> read_statement(const Value& json, std::size_t number,
                                      const TrustOptions& options, Where& where) {
  if (json.object() == nullptr) return refuse("it must be an object");
  constexpr std::array<std::string_view, 5> kMembers = {"Sid", "Effect", "Principal", "Action",
                                                        "Condition"};
  CHECK_OK(only_members(json, kMembers, where));
  TrustStatement out{.sid = std::to_string(number)};
  if (const auto* sid = json.find("Sid")) {
    if (sid->string() == nullptr || sid->string()->empty()) return refuse("Sid must be text");
    out.sid = *sid->string();
  }
  const auto* effect = json.find("Effect");
  if (effect == nullptr || (*effect != Value("Allow") && *effect != Value("Deny")))
    return refuse("Effect must be \"Allow\" or \"Deny\"");
  out.allow = *effect == Value("Allow");
  TRY(out.issuers, where.inside("Principal", [&] { return read_principal(json); }));
  CHECK_OK(where.inside("Action", [&] { return read_action(json); }));
  CHECK_OK(where.inside("Condition", [&] { return read_conditions(json, out, where); }));
  if (out.allow && !constrains_subject(out, options)) {
    return refuse(fmt::format(
        "it allows without constraining who: add a Condition such as {{\"StringEquals\": "
        "{{\"{}:{}\": \"...\"}}}}; a pattern "
        "must not begin with a wildcard, and for GitHub it must name the owner (\"repo:acme/*\")",
        out.issuers.front(),
        options.subject_claims.empty() ? "sub" : options.subject_claims.front()));
  }
  return out;
}

Result<TrustPolicy> read_policy(const Value& json, const TrustOptions& options, Where& where) {
  if (json.object() == nullptr) return refuse("it must be a JSON object");
  constexpr std::array<std::string_view, 3> kMembers = {"Version", "Id", "Statement"};
  CHECK_OK(only_members(json, kMembers, where));
  if (const auto* version = json.find("Version");
      version != nullptr && *version != Value("2012-10-17") && *version != Value("2008-10-17"))
    return refuse("Version must be \"2012-10-17\" or \"2008-10-17\"");
  const auto* statements = json.find("Statement");
  if (statements == nullptr) return refuse("it has no Statement");
  const codec::List one = statements->list() == nullptr ? codec::List{*statements} : codec::List{};
  TrustPolicy out;
  std::size_t number = 0;
  where.path.emplace_back("Statement");
  for (const auto& item : statements->list() == nullptr ? one : *statements->list()) {
    if (statements->list() != nullptr) where.path.emplace_back(number);
    auto statement = read_statement(item, ++number, options, where);
    if (!statement)
      return refuse(fmt::format("statement {}: {}", number, statement.error().message));
    out.statements.push_back(*std::move(statement));
    if (statements->list() != nullptr) where.path.pop_back();
  }
  if (out.statements.empty()) return refuse("it has no Statement");
  return out;
}

}  // namespace

Result<TrustPolicy> parse_trust(std::string_view json, std::string_view file,
                                const TrustOptions& options) {
  const auto at = [file](codec::Place place, const Error& problem) {
    return refuse(
        fmt::format("{}:{}:{}: trust policy: {}", file, place.line, place.column, problem.message));
  };
  if (json.size() > limits::kPolicyBytesMax)
    return refuse("trust policy " + std::string(file) + " is larger than 1 MiB");
  const auto document = codec::parse_json(json);
  if (!document) return at(codec::first_trouble(json), document.error());
  Where where;
  auto policy = read_policy(*document, options, where);
  if (!policy) return at(codec::locate(json, where.path), policy.error());
  policy->file = file;
  return policy;
}

}  // namespace strait::identity
