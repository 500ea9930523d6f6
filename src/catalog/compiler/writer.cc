// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/writer.h"

#include <algorithm>
#include <cstring>

#include "catalog/catalog.h"
#include "crypto/sha256.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::size_t kTextBytesMax = 0xffff;

// Lays sections one after the other behind the header.
class Layout {
 public:
  Layout() : bytes_(sizeof(format::Header), '\0') {}

  template <class T>
  void add(format::SectionId id, const std::vector<T>& records) {
    add(id, reinterpret_cast<const char*>(records.data()), records.size(), sizeof(T));
  }
  void add(format::SectionId id, const char* data, std::size_t count, std::size_t width) {
    bytes_.resize((bytes_.size() + 7) / 8 * 8);
    header_.sections[id] = {static_cast<std::uint32_t>(bytes_.size()),
                            static_cast<std::uint32_t>(count)};
    bytes_.append(data, count * width);
  }
  std::string seal() {
    header_.bytes = static_cast<std::uint32_t>(bytes_.size() + format::kSealBytes);
    std::memcpy(bytes_.data(), &header_, sizeof header_);
    const auto digest = crypto::sha256(bytes_);
    bytes_.append(crypto::view(digest));
    return std::move(bytes_);
  }

 private:
  format::Header header_;
  std::string bytes_;
};

}  // namespace

Writer::Writer() {
  str("");
  namespaces.push_back({});
}

format::Str Writer::str(std::string_view text) {
  text = text.substr(0, kTextBytesMax);
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const auto at = static_cast<format::Str>(pool_.size());
  const auto length = static_cast<std::uint16_t>(text.size());
  pool_.append(reinterpret_cast<const char*>(&length), sizeof length);
  pool_.append(text);
  known_.emplace(keys_.emplace_back(text), at);
  return at;
}

std::string_view Writer::text(format::Str at) const {
  std::uint16_t length;
  std::memcpy(&length, pool_.data() + at, sizeof length);
  return std::string_view(pool_).substr(at + sizeof length, length);
}

std::uint8_t Writer::name_space(std::string_view uri, std::string_view prefix) {
  if (uri.empty()) return 0;
  const format::Namespace wanted{str(uri), str(prefix)};
  for (std::size_t at = 1; at < namespaces.size(); ++at) {
    if (namespaces[at].uri == wanted.uri && namespaces[at].prefix == wanted.prefix)
      return static_cast<std::uint8_t>(at);
  }
  if (namespaces.size() > 255) return 0;
  namespaces.push_back(wanted);
  return static_cast<std::uint8_t>(namespaces.size() - 1);
}

format::Run Writer::members_of(format::Index shape) const {
  if (shape == format::kNone) return {};
  const auto& record = shapes[shape];
  if (static_cast<ShapeKind>(record.kind) != ShapeKind::kStructure) return {};
  return {record.first_member, record.member_count};
}

format::Index Writer::member_named(format::Index shape, std::string_view name) const {
  const auto run = members_of(shape);
  for (auto at = run.first; at < run.first + run.count; ++at) {
    if (text(members[at].name) == name) return at;
  }
  return format::kNone;
}

void Writer::sort_by_text(std::vector<format::Pair>& pairs) {
  std::ranges::sort(pairs, {}, [this](const format::Pair& pair) {
    return std::pair(text(pair.key), pair.value);
  });
  const auto same = [](const format::Pair& left, const format::Pair& right) {
    return left.key == right.key && left.value == right.value;
  };
  pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
}

Result<std::string> Writer::seal() {
  for (auto* pairs : {&signed_as, &targets, &versions, &regions, &ec2_ids, &header_names})
    sort_by_text(*pairs);
  std::ranges::sort(hosts, {}, [this](const format::Host& host) { return text(host.text); });
  Layout layout;
  layout.add(format::kStrings, pool_.data(), pool_.size(), 1);
  layout.add(format::kInfo, info);
  layout.add(format::kServices, services);
  layout.add(format::kOperations, operations);
  layout.add(format::kShapes, shapes);
  layout.add(format::kMembers, members);
  layout.add(format::kByName, by_name);
  layout.add(format::kByWireName, by_wire_name);
  layout.add(format::kNamespaces, namespaces);
  layout.add(format::kQueryNames, query_names);
  layout.add(format::kShapeNames, shape_names);
  layout.add(format::kErrorCodes, error_codes);
  layout.add(format::kErrors, errors);
  layout.add(format::kSigned, signed_as);
  layout.add(format::kTargets, targets);
  layout.add(format::kVersions, versions);
  layout.add(format::kRoots, roots);
  layout.add(format::kNodes, nodes);
  layout.add(format::kEdges, edges);
  layout.add(format::kRoutes, routes);
  layout.add(format::kRouteKeys, route_keys);
  layout.add(format::kRows, rows);
  layout.add(format::kResources, resources);
  layout.add(format::kBindings, bindings);
  layout.add(format::kActions, actions);
  layout.add(format::kMasks, masks);
  layout.add(format::kPartitions, partitions);
  layout.add(format::kRegions, regions);
  layout.add(format::kHosts, hosts);
  layout.add(format::kHostServices, host_services);
  layout.add(format::kTargetsBySvc, service_targets);
  layout.add(format::kHostPrefixes, host_prefixes);
  layout.add(format::kEc2Ids, ec2_ids);
  layout.add(format::kHeaderNames, header_names);
  layout.add(format::kContextKeys, context_keys);
  layout.add(format::kKeys, keys);
  layout.add(format::kActionKeys, action_keys);
  return layout.seal();
}

}  // namespace strait::catalog::compiler
