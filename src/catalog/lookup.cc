// SPDX-License-Identifier: Apache-2.0
// From the names that stand in a request to services, operations and actions.
#include <algorithm>

#include "base/bytes.h"
#include "catalog/pack.h"

namespace strait::catalog {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Compares `text`, in any case, with `lowered`, which is lower case.
int compare_lower(std::string_view lowered, std::string_view text) {
  const auto common = std::min(lowered.size(), text.size());
  for (std::size_t at = 0; at < common; ++at) {
    const auto left = static_cast<unsigned char>(lowered[at]);
    const auto right = static_cast<unsigned char>(lower(text[at]));
    if (left != right) return left < right ? -1 : 1;
  }
  return lowered.size() == text.size() ? 0 : lowered.size() < text.size() ? -1 : 1;
}

}  // namespace

std::string_view name(Protocol protocol) {
  switch (protocol) {
    case Protocol::kJson10: return "json-1.0";
    case Protocol::kJson11: return "json-1.1";
    case Protocol::kQuery: return "query";
    case Protocol::kEc2: return "ec2";
    case Protocol::kRestJson: return "rest-json";
    case Protocol::kRestXml: return "rest-xml";
    case Protocol::kRpcV2Cbor: return "rpc-v2-cbor";
  }
  return {};
}

std::string_view Catalog::version() const {
  return pack_->text(pack_->section<format::Info>(format::kInfo)[0].version);
}
std::string_view Catalog::digest() const { return pack_->digest; }
std::uint32_t Catalog::service_count() const {
  return static_cast<std::uint32_t>(pack_->services.size());
}
Service Catalog::service(std::uint32_t at) const { return {this, at}; }

std::optional<Service> Catalog::service(std::string_view client_name) const {
  const auto text = [&](const format::Service& service) { return pack_->text(service.name); };
  const auto at = std::ranges::lower_bound(pack_->services, client_name, {}, text);
  if (at == pack_->services.end() || text(*at) != client_name) return std::nullopt;
  return Service(this, static_cast<std::uint32_t>(at - pack_->services.begin()));
}

std::vector<Service> Catalog::services_signed_as(std::string_view signing_name) const {
  std::vector<Service> services;
  for (const auto& pair : pack_->find(pack_->signed_as, signing_name))
    services.emplace_back(this, pair.value);
  return services;
}

std::optional<Operation> Service::operation(std::string_view wanted) const {
  const auto& pack = *catalog_->pack_;
  const auto at = pack.operation_names.find(name_hash(wanted, index_), [&](std::uint32_t number) {
    const auto& operation = pack.operations[number];
    return operation.service == index_ && same(pack.text(operation.name), wanted);
  });
  if (at == NameIndex::kFree) return std::nullopt;
  return Operation(catalog_, at);
}

Operations Catalog::operations_by_target(std::string_view target_prefix,
                                         std::string_view operation) const {
  Operations found;
  for (const auto& pair : pack_->find(pack_->targets, target_prefix)) {
    const Service service(this, pair.value);
    if (!service.speaks(Protocol::kJson10) && !service.speaks(Protocol::kJson11)) continue;
    if (const auto match = service.operation(operation)) found.add(*match);
  }
  return found;
}

Operations Catalog::operations_by_query(std::string_view action, std::string_view version) const {
  Operations found;
  for (const auto& pair : pack_->find(pack_->versions, version)) {
    if (const auto match = Service(this, pair.value).operation(action)) found.add(*match);
  }
  return found;
}

Operations Catalog::operations_by_cbor(std::string_view service_name,
                                       std::string_view operation) const {
  Operations found;
  for (const auto& pair : pack_->find(pack_->targets, service_name)) {
    const Service service(this, pair.value);
    if (!service.speaks(Protocol::kRpcV2Cbor)) continue;
    if (const auto match = service.operation(operation)) found.add(*match);
  }
  return found;
}

namespace {

const format::Action* find_action(const auto& pack, std::string_view action) {
  std::size_t first = 0;
  std::size_t last = pack.actions.size();
  while (first < last) {
    const auto middle = first + (last - first) / 2;
    const auto order = compare_lower(pack.text(pack.actions[middle].lower), action);
    if (order == 0) return &pack.actions[middle];
    if (order < 0)
      first = middle + 1;
    else
      last = middle;
  }
  return nullptr;
}

}  // namespace

bool Catalog::knows_action(std::string_view action) const {
  return find_action(*pack_, action) != nullptr;
}

std::string_view Catalog::access_level(std::string_view action) const {
  const auto* found = find_action(*pack_, action);
  return found ? pack_->text(found->access_level) : std::string_view{};
}

Classes Catalog::classes_of_action(std::string_view action) const {
  const auto* found = find_action(*pack_, action);
  return found ? static_cast<Classes>(found->classes) : Classes{0};
}

std::uint32_t Catalog::condition_key_count() const {
  return static_cast<std::uint32_t>(pack_->keys.size());
}

Catalog::ConditionKey Catalog::condition_key(std::uint32_t at) const {
  return {pack_->text(pack_->keys[at].name), pack_->text(pack_->keys[at].type)};
}

std::optional<std::uint32_t> Catalog::find_condition_key(std::string_view key) const {
  // A name with a variable is what stands before it and behind it.
  const auto is_of_family = [key](std::string_view known, std::size_t variable) {
    const auto head = known.substr(0, variable);
    const auto tail = known.substr(known.find('}', variable) + 1);
    return key.size() > head.size() + tail.size() &&
           compare_lower(head, key.substr(0, head.size())) == 0 &&
           compare_lower(tail, key.substr(key.size() - tail.size())) == 0;
  };
  for (std::uint32_t at = 0; at < pack_->keys.size(); ++at) {
    const auto known = pack_->text(pack_->keys[at].lower);
    const auto variable = known.find("${");
    const bool same = variable == std::string_view::npos ? compare_lower(known, key) == 0
                                                         : is_of_family(known, variable);
    if (same) return at;
  }
  return std::nullopt;
}

std::span<const std::uint32_t> Catalog::keys_of_action(std::string_view action) const {
  const auto* found = find_action(*pack_, action);
  return found ? pack_->run(pack_->action_keys, found->keys) : std::span<const std::uint32_t>{};
}

std::uint32_t Catalog::action_count() const {
  return static_cast<std::uint32_t>(pack_->actions.size());
}
std::string_view Catalog::action(std::uint32_t at) const {
  return pack_->text(pack_->actions[at].name);
}

bool Catalog::binds_header(std::string_view name) const {
  return !pack_->find(pack_->header_names, name).empty();
}

std::string_view Catalog::ec2_resource_type(std::string_view id) const {
  const auto dash = id.rfind('-');
  if (dash == std::string_view::npos) return {};
  const auto found = pack_->find(pack_->ec2_ids, id.substr(0, dash));
  return found.empty() ? std::string_view{} : pack_->text(found.front().value);
}

}  // namespace strait::catalog
