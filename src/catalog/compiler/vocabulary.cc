// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/vocabulary.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

// A family of keys has its variable in one spelling: the reference has "s3:ExistingObjectTag/<key>"
// and "ssm:resourceTag/tag-key" as well.
std::string family_name(std::string_view name) {
  for (const std::string_view other : {"/<key>", "/tag-key"}) {
    if (name.ends_with(other))
      return std::string(name.substr(0, name.size() - other.size())) + "/${TagKey}";
  }
  return std::string(name);
}

// Condition keys by lower-case name, and their numbers once they are written.
class Keys {
 public:
  void add(std::string_view name, std::string_view type) {
    const auto full = family_name(name);
    known_.emplace(lower(full), Known{full, std::string(type), 0});
  }

  void write(Writer& pack) {
    for (auto& [key, known] : known_) {
      known.number = static_cast<std::uint32_t>(pack.keys.size());
      pack.keys.push_back({pack.str(key), pack.str(known.name), pack.str(known.type)});
    }
  }

  // Names that the reference uses and does not define have no number.
  format::Run write_run(Writer& pack, const std::set<std::string>& names) const {
    const auto first = pack.action_keys.size();
    for (const auto& name : names) {
      const auto found = known_.find(lower(family_name(name)));
      if (found != known_.end()) pack.action_keys.push_back(found->second.number);
    }
    return Writer::run(first, pack.action_keys.size());
  }

 private:
  struct Known {
    std::string name, type;
    std::uint32_t number = 0;
  };
  std::map<std::string, Known> known_;
};

std::set<std::string> keys_of(const IamService& service, const IamAction& action) {
  auto names = action.keys;
  for (const auto& type : action.types) {
    const auto found = service.keys_of_types.find(type.name);
    if (found != service.keys_of_types.end())
      names.insert(found->second.begin(), found->second.end());
  }
  return names;
}

// overlay/keys.txt first: what it says of a key stands.
Result<Keys> all_keys(const Sources& sources, const Iam& iam) {
  Keys keys;
  for (const auto& row : overlay_rows(sources, "keys.txt")) {
    if (row.words.size() != 2) return row_error(row, "is not `prefix:Key Type`");
    keys.add(row.words[0], row.words[1]);
  }
  for (const auto& [prefix, service] : iam.services()) {
    for (const auto& [name, key] : service.keys) keys.add(key.name, key.type);
  }
  return keys;
}

}  // namespace

Status add_vocabulary(Writer& pack, const Sources& sources, const Iam& iam) {
  TRY(auto keys, all_keys(sources, iam));
  keys.write(pack);
  std::map<std::string, format::Action> sorted;
  for (const auto& [prefix, service] : iam.services()) {
    for (const auto& [name, action] : service.actions) {
      const auto full = fmt::format("{}:{}", prefix, action.name);
      const auto key = lower(full);
      sorted.emplace(key,
                     format::Action{pack.str(key), pack.str(full), pack.str(action.access_level), 0,
                                    keys.write_run(pack, keys_of(service, action))});
    }
  }
  for (const auto& row : pack.rows) {  // actions that AWS uses and does not list
    const auto full = std::string(pack.text(row.action));
    const auto key = lower(full);
    sorted.emplace(key, format::Action{pack.str(key), pack.str(full), row.access_level, 0, {}});
  }
  for (const auto& [key, action] : sorted) pack.actions.push_back(action);
  return {};
}

}  // namespace strait::catalog::compiler
