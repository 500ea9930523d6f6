// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/iam.h"

#include <algorithm>

#include "catalog/compiler/model.h"
#include "codec/json.h"

namespace strait::catalog::compiler {
namespace {

using codec::Value;

void add_dependent(const Value& from, std::vector<std::string>& out) {
  const auto* list = from.find("dependentActions");
  if (!list || !list->list()) return;
  for (const auto& item : *list->list()) {
    if (item.string() && std::ranges::find(out, *item.string()) == out.end())
      out.push_back(*item.string());
  }
}

// The reference gives some actions two levels; the narrower one says more.
std::string level_from(std::string_view text) {
  for (const std::string_view level : {"Permissions management", "Tagging"}) {
    if (text.find(level) != std::string_view::npos) return std::string(level);
  }
  return std::string(text);
}

void add_keys(const Value& from, std::set<std::string>& out) {
  const auto* list = from.find("conditionKeys");
  if (!list || !list->list()) return;
  for (const auto& item : *list->list()) {
    if (item.string()) out.insert(lower(*item.string()));
  }
}

IamAction action_from(const Value& model) {
  IamAction action{
      std::string(text_of(model, "name")), level_from(text_of(model, "accessLevel")), {}, {}, {}};
  add_dependent(model, action.dependent);
  add_keys(model, action.keys);
  const auto* types = model.find("resourceTypes");
  if (!types || !types->list()) return action;
  for (const auto& type : *types->list()) {
    action.types.push_back({std::string(text_of(type, "name")), flag_of(type, "required")});
    add_dependent(type, action.dependent);
    add_keys(type, action.keys);
  }
  return action;
}

// "${AccountId}" as the account of an ARN is the call's account, spelt otherwise.
std::string pattern_from(std::string_view arn) {
  std::string pattern(arn);
  constexpr std::string_view kOther = ":${AccountId}:";
  if (const auto at = pattern.find(kOther); at != std::string::npos)
    pattern.replace(at, kOther.size(), ":${Account}:");
  return pattern;
}

Status read_keys(const IamSource& source, IamService& service) {
  if (source.condition_keys.empty()) return {};
  TRY(const auto keys, codec::parse_json(source.condition_keys));
  if (!keys.object()) return {};
  for (const auto& member : *keys.object()) {
    service.keys.emplace(lower(text_of(member.value, "key")),
                         IamKey{std::string(text_of(member.value, "key")),
                                std::string(text_of(member.value, "type")),
                                std::string(text_of(member.value, "description"))});
  }
  return {};
}

Result<IamService> service_from(const IamSource& source) {
  IamService service;
  TRY(const auto actions, codec::parse_json(source.actions));
  if (actions.object()) {
    for (const auto& member : *actions.object()) {
      service.actions.emplace(lower(text_of(member.value, "name")), action_from(member.value));
    }
  }
  CHECK_OK(read_keys(source, service));
  if (source.resource_types.empty()) return service;
  TRY(const auto types, codec::parse_json(source.resource_types));
  if (types.object()) {
    for (const auto& member : *types.object()) {
      service.patterns.emplace(text_of(member.value, "key"),
                               pattern_from(text_of(member.value, "arn")));
      add_keys(member.value, service.keys_of_types[std::string(text_of(member.value, "key"))]);
    }
  }
  return service;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Result<Iam> Iam::parse(const std::vector<IamSource>& sources) {
  Iam iam;
  for (const auto& source : sources) {
    auto service = service_from(source);
    if (!service)
      return fail(service.error().code,
                  "iam-data of " + source.prefix + ": " + service.error().message);
    iam.services_.emplace(source.prefix, *std::move(service));
  }
  return iam;
}

const IamService* Iam::service(std::string_view prefix) const {
  const auto found = services_.find(prefix);
  return found == services_.end() ? nullptr : &found->second;
}

const IamAction* Iam::action(std::string_view prefix, std::string_view name) const {
  const auto* known = service(prefix);
  if (!known) return nullptr;
  const auto found = known->actions.find(lower(name));
  return found == known->actions.end() ? nullptr : &found->second;
}

const IamAction* Iam::action(std::string_view full) const {
  const auto colon = full.find(':');
  return colon == std::string_view::npos ? nullptr
                                         : action(full.substr(0, colon), full.substr(colon + 1));
}

}  // namespace strait::catalog::compiler
