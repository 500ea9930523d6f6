// SPDX-License-Identifier: Apache-2.0
#include "analysis/session_policy_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "codec/json.h"

namespace strait::analysis {
namespace {

// One code point of well-formed UTF-8.
char32_t take_code_point(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  constexpr std::array<unsigned, 5> kMasks{0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t point = first & kMasks[length];
  for (std::size_t i = 1; i < length && i < text.size(); ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3f);
  text.remove_prefix(std::min(length, text.size()));
  return point;
}

void put(std::string& out, std::string_view text) {
  std::string quoted;
  codec::write_json_string(quoted, text);  // and well-formed from here on
  for (std::string_view rest = quoted; !rest.empty();) {
    const auto point = take_code_point(rest);
    if (point < 0x80) {
      out.push_back(static_cast<char>(point));
    } else if (point < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
    } else {
      const auto pair = static_cast<unsigned>(point) - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (pair >> 10), 0xdc00 + (pair & 0x3ff));
    }
  }
}

// One text alone, several as a list: the grammar takes both, and characters are few.
void put_texts(std::string& out, std::span<const std::string> texts) {
  if (texts.size() == 1) return put(out, texts.front());
  char before = '[';
  for (const auto& text : texts) {
    out.push_back(before);
    put(out, text);
    before = ',';
  }
  out.push_back(']');
}

void put_conditions(std::string& out, std::span<const policy::ConditionText> conditions) {
  if (conditions.empty()) return;
  out += ",\"Condition\":";
  char before = '{';
  std::vector<std::string_view> done;
  for (const auto& first : conditions) {
    if (std::ranges::find(done, first.op) != done.end()) continue;
    done.push_back(first.op);
    out.push_back(before);
    put(out, first.op);
    char inner = '{';
    out.push_back(':');
    for (const auto& one : conditions) {
      if (one.op != first.op) continue;
      out.push_back(inner);
      put(out, one.key);
      out.push_back(':');
      put_texts(out, one.values);
      inner = ',';
    }
    out.push_back('}');
    before = ',';
  }
  out.push_back('}');
}

// A policy text of ours in the 2012 dialect, without variables.
struct Ported {
  std::string text;
  bool had_variable = false;  // a `*` stands in its place
};

Ported ported(std::string_view text, policy::Dialect dialect) {
  Ported out;
  while (!text.empty()) {
    if (text.front() != '$') {
      out.text.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    const auto end = text.find('}');
    if (dialect == policy::Dialect::k2008 || !text.starts_with("${") ||
        end == std::string_view::npos) {
      out.text += "${$}";
      text.remove_prefix(1);
      continue;
    }
    const auto name = text.substr(2, end - 2);
    const bool is_character = name == "*" || name == "?" || name == "$";
    if (is_character) out.text += text.substr(0, end + 1);
    if (!is_character) out.text.push_back('*'), out.had_variable = true;
    text.remove_prefix(end + 1);
  }
  return out;
}

// Keys that AWS fills from the request or the resource, as Strait does. Who asks and from where is
// another matter at AWS: there it is Strait that asks.
bool is_judged_alike(std::string_view key) {
  const auto name = lowered(key);
  if (name.starts_with("strait:")) return false;
  if (!name.starts_with("aws:")) return true;
  constexpr std::array<std::string_view, 5> kKeys{"aws:requestedregion", "aws:tagkeys",
                                                  "aws:resourceaccount", "aws:resourceorgid",
                                                  "aws:resourceorgpaths"};
  return std::ranges::find(kKeys, name) != kKeys.end() || name.starts_with("aws:requesttag/") ||
         name.starts_with("aws:resourcetag/");
}

std::optional<policy::ConditionText> ported(const policy::ConditionText& condition,
                                            policy::Dialect dialect) {
  if (!is_judged_alike(condition.key)) return std::nullopt;
  policy::ConditionText out{condition.op, condition.key, {}};
  for (const auto& value : condition.values) {
    auto one = ported(value, dialect);
    if (one.had_variable) return std::nullopt;
    out.values.push_back(std::move(one.text));
  }
  return out;
}

// "s3:Get*" of "*:Get*" for s3; "" when the pattern matches nothing of the service.
std::string action_within(std::string_view pattern, std::string_view service) {
  if (pattern == "*") return std::string(service) + ":*";
  const auto colon = pattern.find(':');
  if (colon == std::string_view::npos) return {};
  const auto prefix = policy::Pattern::compile(pattern.substr(0, colon), policy::Grammar::kPlain,
                                               policy::Dialect::k2008, true);
  if (!prefix || !prefix->matches(service)) return {};
  return std::string(service) + std::string(pattern.substr(colon));
}

}  // namespace

std::string render(std::span<const Clause> clauses) {
  std::string out = R"({"Version":"2012-10-17","Statement":[)";
  bool first = true;
  for (const auto& clause : clauses) {
    if (!first) out.push_back(',');
    first = false;
    out += clause.deny ? R"({"Effect":"Deny",)" : R"({"Effect":"Allow",)";
    out += clause.not_action ? R"("NotAction":)" : R"("Action":)";
    put_texts(out, clause.actions);
    out += clause.not_resource ? R"(,"NotResource":)" : R"(,"Resource":)";
    put_texts(out, clause.resources);
    put_conditions(out, clause.conditions);
    out.push_back('}');
  }
  return out + "]}";
}

std::optional<Clause> portable(const policy::StatementText& statement, policy::Dialect dialect,
                               bool& widened) {
  Clause clause{.deny = !statement.allow,
                .not_action = statement.not_action,
                .not_resource = statement.not_resource,
                .actions = statement.actions,
                .resources = {},
                .conditions = {}};
  bool left_out = false;
  for (const auto& resource : statement.resources) {
    auto one = ported(resource, dialect);
    left_out = left_out || one.had_variable;
    // What is excepted may not grow.
    if (!one.had_variable || !clause.not_resource) clause.resources.push_back(std::move(one.text));
  }
  if (clause.resources.empty()) clause.not_resource = false, clause.resources = {"*"};
  for (const auto& condition : statement.conditions) {
    auto one = ported(condition, dialect);
    left_out = left_out || !one;
    if (one) clause.conditions.push_back(*std::move(one));
  }
  widened = widened || left_out;
  if (left_out && clause.deny) return std::nullopt;
  return clause;
}

std::optional<Clause> within(const Clause& clause, std::string_view service) {
  auto out = clause;
  out.actions.clear();
  bool all = false;
  for (const auto& pattern : clause.actions) {
    auto action = action_within(pattern, service);
    all = all || action == std::string(service) + ":*";
    if (!action.empty()) out.actions.push_back(std::move(action));
  }
  if (!clause.not_action) return out.actions.empty() ? std::nullopt : std::optional(std::move(out));
  if (all) return std::nullopt;
  if (out.actions.empty()) {
    out.not_action = false;
    out.actions = {std::string(service) + ":*"};
  }
  return out;
}

bool spans_services(const Clause& clause) {
  return clause.not_action || std::ranges::any_of(clause.actions, [](std::string_view action) {
           const auto prefix = action.substr(0, action.find(':'));
           return prefix.find_first_of("*?") != std::string_view::npos;
         });
}

}  // namespace strait::analysis
