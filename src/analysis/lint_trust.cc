// SPDX-License-Identifier: Apache-2.0
#include "analysis/lint_trust.h"

#include <algorithm>

#include "analysis/statements.h"
#include "base/ascii.h"
#include "policy/locate.h"
#include "policy/trust.h"
#include "wire/sts.h"

namespace strait::analysis {
namespace {

bool is_known(std::string_view key) {
  return policy::answered_by_token(key) ||
         std::ranges::any_of(wire::kLoginKeys,
                             [&](std::string_view one) { return lowered(one) == lowered(key); });
}

// One condition of a document, and what can be said of it.
class Look {
 public:
  Look(const policy::PolicyText& file, const Vocabulary& words, std::vector<Finding>& findings)
      : file_(file), words_(words), findings_(findings) {}

  void at(policy::JsonPath path, const policy::ConditionText& condition) {
    path.insert(path.end(), {std::string("Condition"), condition.op, condition.key});
    place_ = policy::locate(file_.text, path);
  }
  void key(const policy::TrustKey& key, bool allow) {
    if (!key.issuer.empty() || is_known(key.name)) return;
    const auto effect = allow ? "the Allow never applies" : "the Deny applies to everybody";
    if (!words_.catalog().find_condition_key(key.name)) {
      add("unknown-key",
          "AWS documents no condition key " + quoted(key.name) + words_.did_you_mean_key(key.name) +
              "; " + effect,
          "correct or remove it");
    } else {
      add("key-never-known", "no login says what " + quoted(key.name) + " is worth: " + effect,
          "ask for a claim of the token, or for aws:SourceIp and the like");
    }
  }
  void add(std::string_view rule, std::string message, std::string advice) {
    findings_.push_back({rule, Severity::kWarning, file_.file, place_.line, place_.column,
                         std::move(message), std::move(advice)});
  }
  void idle(const policy::IdleStatement& one) {
    place_ = one.place;
    add("does-nothing", "statement " + one.name + " never applies: " + one.why,
        "remove it, or say what it is about");
  }

 private:
  const policy::PolicyText& file_;
  const Vocabulary& words_;
  std::vector<Finding>& findings_;
  policy::Place place_;
};

}  // namespace

std::vector<Finding> lint_trust(const policy::PolicyText& file, const Vocabulary& words) {
  const auto trust = policy::parse_trust(file.file, file.text);
  if (!trust) return {finding_of_error("trust", file.file, trust.error().message)};
  const auto document =
      policy::parse_document(file.file, file.text, policy::DocumentKind::kTrust).value();
  std::vector<Finding> findings;
  Look look(file, words, findings);
  for (const auto& one : document.idle) look.idle(one);
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    const auto& statement = trust->statements[i];
    const auto path = document.path_of(document.statements[i]);
    for (const auto& condition : statement.conditions) {
      const auto& text = condition.condition.text;
      look.at(path, text);
      look.key(condition.key, statement.allow);
      if (document.dialect == policy::Dialect::k2008 &&
          std::ranges::any_of(text.values, [](const auto& one) { return one.contains("${"); })) {
        look.add("variables-need-version",
                 "without Version 2012-10-17 `${` is plain text, and no value stands in for it",
                 R"(write "Version": "2012-10-17")");
      }
    }
    for (const auto& variable : statement.variables) look.key(variable, statement.allow);
  }
  std::ranges::stable_sort(findings, {},
                           [](const Finding& one) { return std::pair(one.line, one.column); });
  return findings;
}

}  // namespace strait::analysis
