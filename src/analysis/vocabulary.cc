// SPDX-License-Identifier: Apache-2.0
#include "analysis/vocabulary.h"

#include <algorithm>
#include <set>

#include "analysis/statements.h"
#include "base/ascii.h"
#include "base/nearest.h"
#include "journey/call.h"
#include "policy/class_word.h"
#include "policy/context.h"
#include "wire/needs.h"

namespace strait::analysis {
namespace {

using catalog::Operation;

std::string_view prefix_of(std::string_view name) { return name.substr(0, name.find(':')); }

void add_once(auto& list, const auto& value) {
  if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

journey::Call empty_call(const Operation& operation) {
  journey::Call call{nullptr, operation, {}, catalog::Protocol::kJson10};
  call.region = "us-east-1";
  call.input = codec::Object{};
  call.context = wire::context_of({});
  return call;
}

bool names_key(const journey::ContextEntry& entry, const std::string& lower_key) {
  const auto name = lowered(entry.key);
  if (name.ends_with("/*")) return lower_key.starts_with(name.substr(0, name.size() - 1));
  return name == lower_key;
}

// Whether the call, empty as it is, has a word to say about the key: that is how wire tells a key
// that it works out from one that only AWS knows.
bool answers(const Operation& operation, const std::string& lower_key) {
  const auto call = empty_call(operation);
  std::vector<journey::ContextEntry> entries;
  if (call.context.source != nullptr && call.context.source(call, lower_key, entries) != nullptr)
    return true;
  const auto here = [&](const auto& entry) { return names_key(entry, lower_key); };
  return std::ranges::any_of(entries, here) || std::ranges::any_of(call.context.entries, here);
}

// A parameter decides it, or the row of a need does ("iam:PassedToService").
bool decides(const Operation& operation, const std::string& lower_key) {
  for (const auto& row : operation.context_keys()) {
    if (lowered(row.key) == lower_key) return true;
  }
  for (const auto& row : operation.actions()) {
    for (const auto& resource : row.resources) {
      for (const auto& binding : resource.bindings) {
        if (binding.variable.contains(':') && lowered(binding.variable) == lower_key) return true;
      }
    }
  }
  return prefix_of(lower_key) == operation.service().iam_prefix() && answers(operation, lower_key);
}

// A variable of an ARN pattern can be any text, as far as its part goes.
std::string with_stars(std::string_view pattern) {
  std::string out;
  while (!pattern.empty()) {
    const auto at = pattern.find("${");
    out += pattern.substr(0, at);
    if (at == std::string_view::npos) break;
    out += '*';
    const auto end = pattern.find('}', at);
    if (end == std::string_view::npos) break;
    pattern.remove_prefix(end + 1);
  }
  return out;
}

policy::Tokens without_variables(policy::Tokens tokens) {
  for (auto& token : tokens) {
    if (token.kind == policy::Token::kVariable) token = {policy::Token::kMany};
  }
  return tokens;
}

bool holds_slash(const policy::Tokens& tokens) {
  return std::ranges::any_of(tokens, [](const policy::Token& token) {
    return token.kind == policy::Token::kChar && token.c == '/';
  });
}

}  // namespace

Vocabulary::Vocabulary(const catalog::Catalog& catalog) : catalog_(&catalog) {
  for (std::uint32_t at = 0; at < catalog.action_count(); ++at)
    lower_.push_back(lowered(catalog.action(at)));
  things_.resize(lower_.size());
  operations_.resize(lower_.size());
  vague_.resize(lower_.size());
  for (std::uint32_t s = 0; s < catalog.service_count(); ++s) {
    const auto service = catalog.service(s);
    for (std::uint32_t o = 0; o < service.operation_count(); ++o) {
      const auto operation = service.operation(o);
      for (const auto& row : operation.actions()) {
        const auto found = std::ranges::lower_bound(lower_, lowered(row.action));
        if (found == lower_.end()) continue;
        const auto at = static_cast<std::size_t>(found - lower_.begin());
        for (const auto& resource : row.resources) {
          add_once(things_[at], resource.pattern);
          if (!resource.derivable) vague_[at] = true;
        }
        add_once(operations_[at], operation);
      }
    }
  }
}

std::vector<std::uint32_t> Vocabulary::matched_by(const policy::Pattern& pattern) const {
  const std::string_view text = pattern.source();
  std::vector<std::uint32_t> matched;
  if (const auto word = policy::class_in(text); word && *word) {
    for (std::uint32_t at = 0; at < action_count(); ++at) {
      if ((classes_of(at) & static_cast<catalog::Classes>(**word)) != 0) matched.push_back(at);
    }
    return matched;
  }
  // The actions that share what stands before the first wildcard stand together.
  const auto head = text.substr(0, text.find_first_of("*?"));
  for (auto at = std::ranges::lower_bound(lower_, head);
       at != lower_.end() && at->starts_with(head); ++at) {
    if (pattern.matches(*at)) matched.push_back(static_cast<std::uint32_t>(at - lower_.begin()));
  }
  return matched;
}

bool Vocabulary::must_be_named(std::uint32_t at) const { return classes_of(at) != 0; }

bool Vocabulary::naming_helps(std::string_view lower_action) const {
  const auto found = std::ranges::lower_bound(lower_, lower_action);
  if (found == lower_.end() || *found != lower_action) return true;
  const auto at = static_cast<std::uint32_t>(found - lower_.begin());
  return vague_[at] || must_be_named(at);
}

bool Vocabulary::can_know(std::uint32_t action, std::string_view key) const {
  const auto classified = policy::classify_key(key);
  if (!classified || classified->kind != policy::Key::kContext) return true;
  const auto lower_key = lowered(key);
  // Global keys are worked out from any call in the same way.
  if (prefix_of(lower_key) == "aws")
    return answers(catalog_->service(0).operation(std::uint32_t{0}), lower_key);
  return std::ranges::any_of(operations_[action], [&](const Operation& operation) {
    return decides(operation, lower_key);
  });
}

std::string Vocabulary::did_you_mean_action(std::string_view action) const {
  const auto lower = lowered(action);
  const auto prefix = prefix_of(lower);
  Nearest whole(action);
  Nearest near_prefix(prefix);
  bool service_known = false;
  for (std::uint32_t at = 0; at < action_count(); ++at) {
    const auto here = prefix_of(lower_[at]);
    service_known = service_known || here == prefix;
    near_prefix.offer(here);
    if (here == prefix) whole.offer(this->action(at));
  }
  if (service_known) return whole.question();
  // The service is misspelt, or the action is another service's.
  for (std::uint32_t at = 0; at < action_count(); ++at) {
    if (!near_prefix.found() || prefix_of(lower_[at]) == near_prefix.best())
      whole.offer(this->action(at));
  }
  if (whole.found()) return whole.question();
  return near_prefix.found()
             ? "; no service has the prefix " + quoted(prefix) + near_prefix.question()
             : "; no service has the prefix " + quoted(prefix);
}

std::string Vocabulary::did_you_mean_key(std::string_view key) const {
  Nearest nearest(key);
  for (std::uint32_t at = 0; at < catalog_->condition_key_count(); ++at) {
    const auto name = catalog_->condition_key(at).name;
    const auto family = name.find("${");
    const auto slash = key.find('/');
    // Of a family the part before the variable is what can be misspelt.
    if (family == std::string_view::npos || slash == std::string_view::npos) {
      nearest.offer(name);
    } else if (edit_distance(name.substr(0, family), key.substr(0, slash + 1), 2) <= 2) {
      nearest.offer(std::string(name.substr(0, family)) + std::string(key.substr(slash + 1)));
    }
  }
  return nearest.question();
}

bool may_be_on(const policy::Pattern& resource, std::string_view thing) {
  if (resource.is_everything()) return true;
  if (thing == "*") return !resource.has_variables() && resource.matches("*");
  const auto pattern = policy::Pattern::compile(with_stars(thing), policy::Grammar::kResource,
                                                policy::Dialect::k2008);
  if (!pattern) return true;
  const auto tokens = without_variables(resource.tokens());
  // A bucket's name has no slash: what stands behind one is an object.
  if (thing.ends_with("${BucketName}") && holds_slash(tokens)) return false;
  return policy::intersects(tokens, pattern->tokens());
}

std::string text_of(catalog::Classes classes) {
  std::string text;
  for (const auto one : catalog::kClasses) {
    if ((classes & static_cast<catalog::Classes>(one)) == 0) continue;
    if (!text.empty()) text += ", ";
    text += name(one);
  }
  return text;
}

}  // namespace strait::analysis
