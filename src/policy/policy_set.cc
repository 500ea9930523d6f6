// SPDX-License-Identifier: Apache-2.0
#include "policy/policy_set.h"

#include <algorithm>

#include "crypto/sha256.h"
#include "policy/class_word.h"
#include "policy/compiled.h"
#include "policy/document.h"

namespace strait::policy {
namespace {

// Parts of a hash are length-prefixed, so that moving a byte from one to the next is another hash.
void absorb(crypto::Sha256& hash, std::string_view part) {
  hash.update(std::to_string(part.size()) + ":");
  hash.update(part);
}

std::string hash_of(const RoleSource& role) {
  crypto::Sha256 hash;
  absorb(hash, "strait policy 1");
  absorb(hash, role.arn);
  for (const auto* kind : {&role.allow, &role.ask}) {
    absorb(hash, kind == &role.allow ? "allow" : "ask");
    for (const auto& [file, text] : *kind) absorb(hash, file), absorb(hash, text);
  }
  return crypto::hex(hash.finish());
}

std::unexpected<Error> at_statement(const std::string& file, const StatementText& text,
                                    const Error& error) {
  return fail(ErrorCode::kInvalidConfiguration,
              file + ":" + std::to_string(text.line) + ": " + error.message);
}

Result<CompiledStatement> compile_statement(const std::string& file, const StatementText& text,
                                            Dialect dialect) {
  CompiledStatement statement;
  statement.not_action = text.not_action;
  statement.not_resource = text.not_resource;
  for (const auto& action : text.actions) {
    auto which = class_in(action);
    if (!which) return at_statement(file, text, which.error());
    if (*which) {
      statement.classes |= static_cast<catalog::Classes>(**which);
      continue;
    }
    TRY(auto pattern, Pattern::compile(action, Grammar::kPlain, Dialect::k2008, true));
    statement.actions.push_back(std::move(pattern));
  }
  for (const auto& resource : text.resources) {
    auto pattern = Pattern::compile(resource, Grammar::kResource, dialect);
    if (!pattern) return at_statement(file, text, pattern.error());
    statement.resources.push_back(*std::move(pattern));
  }
  for (const auto& one : text.conditions) {
    auto condition = compile_condition(one, dialect);
    if (!condition) return at_statement(file, text, condition.error());
    statement.conditions.push_back(*std::move(condition));
  }
  return statement;
}

Status add_file(CompiledRole& role, const PolicyText& source, journey::Effect granted) {
  TRY(const auto document, parse_document(source.file, source.text));
  for (const auto& text : document.statements) {
    TRY(auto statement, compile_statement(source.file, text, document.dialect));
    statement.effect = text.allow ? granted : journey::Effect::kDeny;
    statement.ref = {source.file, text.sid.empty() ? std::to_string(text.number + 1) : text.sid};
    role.statements.push_back(std::move(statement));
  }
  return {};
}

int order_of(journey::Effect effect) {
  switch (effect) {
    case journey::Effect::kDeny: return 0;
    case journey::Effect::kAsk: return 1;
    case journey::Effect::kAllow: return 2;
  }
  return 0;
}

bool is_history(const Key& key) { return key.kind == Key::kCalls || key.kind == Key::kSeen; }

bool has_history_variable(const Pattern& pattern) {
  return std::ranges::any_of(pattern.variables(), [](const Variable& variable) {
    const auto key = classify_key(variable.key);
    return key && is_history(*key);
  });
}

bool asks_history(const CompiledStatement& statement) {
  const auto in_value = [](const ConditionValue& value) {
    const auto* pattern = std::get_if<Pattern>(&value);
    return pattern != nullptr && has_history_variable(*pattern);
  };
  return std::ranges::any_of(statement.resources, has_history_variable) ||
         std::ranges::any_of(statement.conditions, [&](const Condition& condition) {
           return is_history(condition.key) || std::ranges::any_of(condition.values, in_value);
         });
}

Result<CompiledRole> compile_role(const RoleSource& source) {
  CompiledRole role;
  role.arn = source.arn;
  role.hash = hash_of(source);
  for (const auto& file : source.allow) CHECK_OK(add_file(role, file, journey::Effect::kAllow));
  for (const auto& file : source.ask) CHECK_OK(add_file(role, file, journey::Effect::kAsk));
  std::ranges::stable_sort(role.statements, {},
                           [](const CompiledStatement& s) { return order_of(s.effect); });
  for (std::uint32_t i = 0; i < role.statements.size(); ++i) {
    role.first_ask += order_of(role.statements[i].effect) < 1;
    role.first_allow += order_of(role.statements[i].effect) < 2;
    role.index.add(role.statements[i], i);
    role.asks_history = role.asks_history || asks_history(role.statements[i]);
  }
  return role;
}

const StatementList* find_in(const TextMap<StatementList>& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

void ActionIndex::add(const CompiledStatement& statement, std::uint32_t number) {
  std::span<const Pattern> resources = statement.resources;
  if (statement.not_resource) resources = {};
  if (statement.not_action) return others_.add(number, resources);
  if (statement.classes != 0) add_to_classes(statement.classes, number, resources);
  for (const auto& action : statement.actions) {
    const std::string_view text = action.source();
    const auto colon = text.find(':');
    if (action.is_literal()) {
      named_[action.literal()].add(number, resources);
    } else if (colon == std::string_view::npos ||
               text.substr(0, colon).find_first_of("*?") != std::string_view::npos) {
      others_.add(number, resources);
    } else {
      std::string service(text.substr(0, colon));
      for (auto& c : service) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      service_[service].add(number, resources);
    }
  }
}

// Into the list of every set of classes that a need can be of and that holds one of these.
void ActionIndex::add_to_classes(catalog::Classes classes, std::uint32_t number,
                                 std::span<const Pattern> resources) {
  classed_.resize(std::size_t{1} << catalog::kClasses.size());
  for (std::size_t set = 0; set < classed_.size(); ++set) {
    if ((set & classes) != 0) classed_[set].add(number, resources);
  }
}

Candidates ActionIndex::find(std::string_view lower_action, catalog::Classes classes) const {
  const auto* classed =
      classes == 0 || classed_.empty() ? nullptr : &classed_[classes % classed_.size()];
  return {find_in(named_, lower_action), classed,
          find_in(service_, lower_action.substr(0, lower_action.find(':'))), &others_};
}

struct PolicySet::Roles {
  TextMap<CompiledRole> by_arn;
  std::size_t statements = 0;
  std::string hash;
};

PolicySet::PolicySet() : roles_(std::make_shared<const Roles>()) {}

const CompiledRole* PolicySet::role(std::string_view arn) const {
  const auto found = roles_->by_arn.find(arn);
  return found == roles_->by_arn.end() ? nullptr : &found->second;
}

bool PolicySet::asks_history(std::string_view arn) const {
  const auto* found = role(arn);
  return found != nullptr && found->asks_history;
}

std::size_t PolicySet::statement_count() const { return roles_->statements; }

const std::string& PolicySet::hash() const { return roles_->hash; }

Result<PolicySet> compile(std::vector<RoleSource> sources) {
  auto roles = std::make_shared<PolicySet::Roles>();
  std::ranges::sort(sources, {}, &RoleSource::arn);
  crypto::Sha256 hash;
  for (const auto& source : sources) {
    TRY(auto role, compile_role(source));
    absorb(hash, role.hash);
    roles->statements += role.statements.size();
    if (!roles->by_arn.try_emplace(source.arn, std::move(role)).second) {
      return fail(ErrorCode::kInvalidConfiguration,
                  "the role " + quoted(source.arn) + " is there twice");
    }
  }
  roles->hash = crypto::hex(hash.finish());
  PolicySet set;
  set.roles_ = std::move(roles);
  return set;
}

}  // namespace strait::policy
