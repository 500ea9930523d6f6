// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "catalog/pack.h"
#include "crypto/sha256.h"

namespace strait::catalog::format {
namespace {

std::unexpected<Error> bad(std::string why) {
  return fail(ErrorCode::kInvalidConfiguration,
              "the catalog pack cannot be used: " + why + "; build it again with `./dev build`");
}

// Answers whether references of records stay inside the pack.
class Bounds {
 public:
  explicit Bounds(const Header& header, std::span<const char> strings)
      : header_(header), strings_(strings) {}

  template <class... S>
  bool str(S... at) const {
    return (text(at) && ...);
  }
  bool index(SectionId section, Index at) const { return at < header_.sections[section].count; }
  bool maybe(SectionId section, Index at) const { return at == kNone || index(section, at); }
  bool run(SectionId section, Run at) const {
    const auto count = header_.sections[section].count;
    return at.first <= count && at.count <= count - at.first;
  }

 private:
  bool text(Str at) const {
    if (strings_.size() < sizeof(std::uint16_t) || at > strings_.size() - sizeof(std::uint16_t))
      return false;
    std::uint16_t length;
    std::memcpy(&length, strings_.data() + at, sizeof length);
    return length <= strings_.size() - at - sizeof length;
  }

  const Header& header_;
  std::span<const char> strings_;
};

bool fits(const Bounds& in, const Service& service) {
  if (service.protocol_count > service.protocols.size()) return false;
  for (const auto protocol : service.protocols) {
    if (protocol > static_cast<std::uint8_t>(Protocol::kRpcV2Cbor)) return false;
  }
  return in.str(service.name, service.service_id, service.api_version, service.endpoint_prefix,
                service.signing_name, service.target_prefix, service.xml_namespace,
                service.iam_prefix) &&
         in.run(kOperations, service.operations);
}

bool fits(const Bounds& in, const Operation& operation) {
  return in.str(operation.name, operation.method, operation.uri, operation.input_payload,
                operation.output_payload, operation.input_root, operation.input_xml_namespace,
                operation.host_prefix) &&
         in.str(operation.result_wrapper, operation.checksum_member, operation.signing_name) &&
         in.index(kServices, operation.service) && in.maybe(kShapes, operation.input) &&
         in.maybe(kShapes, operation.output) && in.run(kErrors, operation.errors) &&
         in.run(kRows, operation.rows) && in.run(kMasks, operation.secrets) &&
         in.run(kMasks, operation.unmasked);
}

bool fits(const Bounds& in, const Shape& shape) {
  const auto kind = static_cast<ShapeKind>(shape.kind);
  if (shape.kind > static_cast<std::uint8_t>(ShapeKind::kDocument)) return false;
  if (kind == ShapeKind::kList && shape.member_count != 1) return false;
  if (kind == ShapeKind::kMap && shape.member_count != 2) return false;
  return in.str(shape.name) && in.run(kMembers, {shape.first_member, shape.member_count}) &&
         shape.timestamp_format <= static_cast<std::uint8_t>(TimestampFormat::kUnix) &&
         in.index(kNamespaces, shape.name_space);
}

bool fits(const Bounds& in, const Member& member) {
  return in.str(member.name, member.location_name) && in.index(kShapes, member.shape) &&
         in.index(kNamespaces, member.name_space) &&
         (member.place & 15) <= static_cast<std::uint8_t>(Location::kStatusCode) &&
         (member.place >> 4) <= static_cast<std::uint8_t>(TimestampFormat::kUnix);
}

bool fits(const Bounds& in, const Namespace& record) { return in.str(record.uri, record.prefix); }
bool fits(const Bounds& in, const Root& record) {
  return in.index(kServices, record.service) && in.str(record.method) &&
         in.index(kNodes, record.node);
}
bool fits(const Bounds& in, const Node& record) {
  return in.run(kEdges, record.edges) && in.maybe(kNodes, record.label) &&
         in.maybe(kNodes, record.greedy) && in.run(kRoutes, record.routes);
}
bool fits(const Bounds& in, const Edge& record) {
  return in.str(record.text) && in.index(kNodes, record.node);
}
bool fits(const Bounds& in, const Route& record) {
  return in.index(kOperations, record.operation) && in.run(kRouteKeys, record.keys) &&
         in.str(record.labels);
}
bool fits(const Bounds& in, const RouteKey& record) { return in.str(record.key, record.value); }
bool fits(const Bounds& in, const Row& record) {
  return in.str(record.action, record.member, record.access_level) &&
         in.run(kResources, record.resources) &&
         record.trigger <= static_cast<std::uint32_t>(Trigger::kMay);
}
bool fits(const Bounds& in, const Resource& record) {
  return in.str(record.type, record.pattern) && in.run(kBindings, record.bindings);
}
bool fits(const Bounds& in, const Binding& record) {
  return in.str(record.variable, record.member);
}
bool fits(const Bounds& in, const Action& record) {
  return in.str(record.lower, record.name, record.access_level) && in.run(kActionKeys, record.keys);
}
bool fits(const Bounds& in, const Key& record) {
  return in.str(record.lower, record.name, record.type);
}
bool fits(const Bounds& in, const Mask& record) { return in.str(record.path, record.kind); }
bool fits(const Bounds& in, const ContextKey& record) {
  return in.str(record.key, record.path) && in.index(kOperations, record.operation);
}
bool fits(const Bounds& in, const Partition& record) {
  return in.str(record.name, record.dns_suffix, record.dual_suffix, record.region_prefixes);
}
bool fits(const Bounds& in, const Host& record) {
  return in.str(record.text, record.signing_region) && in.maybe(kPartitions, record.partition) &&
         in.run(kHostServices, record.services);
}
bool fits(const Bounds& in, const ServiceTarget& record) {
  return in.index(kServices, record.service) && in.index(kPartitions, record.partition) &&
         in.str(record.region, record.host, record.signing_region, record.signing_name,
                record.path_prefix);
}

template <class T>
bool all_fit(const Bounds& in, std::span<const T> records) {
  for (const auto& record : records) {
    if (!fits(in, record)) return false;
  }
  return true;
}

// A trie leads only forward, so that a walk ends.
bool forward(std::span<const Node> nodes, std::span<const Edge> edges) {
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    const auto& node = nodes[at];
    if (node.label <= at || node.greedy <= at) return false;
    for (const auto& edge : edges.subspan(node.edges.first, node.edges.count)) {
      if (edge.node <= at) return false;
    }
  }
  return true;
}

bool pairs_fit(const Bounds& in, std::span<const Pair> pairs, bool text_key, bool text_value,
               SectionId other) {
  for (const auto& pair : pairs) {
    if (text_key ? !in.str(pair.key) : !in.index(other, pair.key)) return false;
    if (text_value ? !in.str(pair.value) : !in.index(other, pair.value)) return false;
  }
  return true;
}

bool orders_fit(std::span<const Shape> shapes, std::span<const std::uint16_t> order) {
  for (const auto& shape : shapes) {
    for (std::uint32_t at = 0; at < shape.member_count; ++at) {
      if (order[shape.first_member + at] >= shape.member_count) return false;
    }
  }
  return true;
}

Status check_layout(std::span<const std::byte> bytes, Header& header) {
  if (bytes.size() < sizeof(Header) + kSealBytes) return bad("it is too short");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0)
    return bad("it is not aligned in memory");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic) return bad("it is not a pack");
  if (header.version != kVersion)
    return bad(fmt::format("it has version {}, this program reads {}", header.version, kVersion));
  if (header.bytes != bytes.size()) return bad("its length is wrong");
  const auto end = bytes.size() - kSealBytes;
  for (std::uint32_t id = 0; id < kSectionCount; ++id) {
    const auto& section = header.sections[id];
    const auto width = record_bytes(static_cast<SectionId>(id));
    if (section.offset % 8 != 0 || section.offset < sizeof(Header) || section.offset > end ||
        section.count > (end - section.offset) / width) {
      return bad(fmt::format("section {} lies outside of it", id));
    }
  }
  return {};
}

}  // namespace
}  // namespace strait::catalog::format

namespace strait::catalog {

std::size_t record_bytes(format::SectionId id) {
  switch (id) {
    case format::kStrings: return 1;
    case format::kInfo: return sizeof(format::Info);
    case format::kServices: return sizeof(format::Service);
    case format::kOperations: return sizeof(format::Operation);
    case format::kShapes: return sizeof(format::Shape);
    case format::kMembers: return sizeof(format::Member);
    case format::kByName:
    case format::kByWireName: return sizeof(std::uint16_t);
    case format::kNamespaces: return sizeof(format::Namespace);
    case format::kRoots: return sizeof(format::Root);
    case format::kNodes: return sizeof(format::Node);
    case format::kEdges: return sizeof(format::Edge);
    case format::kRoutes: return sizeof(format::Route);
    case format::kRouteKeys: return sizeof(format::RouteKey);
    case format::kRows: return sizeof(format::Row);
    case format::kResources: return sizeof(format::Resource);
    case format::kBindings: return sizeof(format::Binding);
    case format::kActions: return sizeof(format::Action);
    case format::kMasks: return sizeof(format::Mask);
    case format::kContextKeys: return sizeof(format::ContextKey);
    case format::kKeys: return sizeof(format::Key);
    case format::kPartitions: return sizeof(format::Partition);
    case format::kHosts: return sizeof(format::Host);
    case format::kTargetsBySvc: return sizeof(format::ServiceTarget);
    case format::kErrors:
    case format::kActionKeys:
    case format::kHostServices:
    case format::kHostPrefixes: return sizeof(std::uint32_t);
    default: return sizeof(format::Pair);
  }
}

void Catalog::Pack::bind() {
  strings = section<char>(format::kStrings);
  services = section<format::Service>(format::kServices);
  operations = section<format::Operation>(format::kOperations);
  shapes = section<format::Shape>(format::kShapes);
  members = section<format::Member>(format::kMembers);
  by_name = section<std::uint16_t>(format::kByName);
  by_wire_name = section<std::uint16_t>(format::kByWireName);
  namespaces = section<format::Namespace>(format::kNamespaces);
  query_names = section<format::Pair>(format::kQueryNames);
  shape_names = section<format::Pair>(format::kShapeNames);
  error_codes = section<format::Pair>(format::kErrorCodes);
  signed_as.pairs = section<format::Pair>(format::kSigned);
  targets.pairs = section<format::Pair>(format::kTargets);
  versions.pairs = section<format::Pair>(format::kVersions);
  regions.pairs = section<format::Pair>(format::kRegions);
  ec2_ids.pairs = section<format::Pair>(format::kEc2Ids);
  header_names.pairs = section<format::Pair>(format::kHeaderNames);
  errors = section<std::uint32_t>(format::kErrors);
  host_services = section<std::uint32_t>(format::kHostServices);
  host_prefixes = section<std::uint32_t>(format::kHostPrefixes);
  roots = section<format::Root>(format::kRoots);
  nodes = section<format::Node>(format::kNodes);
  edges = section<format::Edge>(format::kEdges);
  routes = section<format::Route>(format::kRoutes);
  route_keys = section<format::RouteKey>(format::kRouteKeys);
  rows = section<format::Row>(format::kRows);
  resources = section<format::Resource>(format::kResources);
  bindings = section<format::Binding>(format::kBindings);
  actions = section<format::Action>(format::kActions);
  masks = section<format::Mask>(format::kMasks);
  context_keys = section<format::ContextKey>(format::kContextKeys);
  keys = section<format::Key>(format::kKeys);
  action_keys = section<std::uint32_t>(format::kActionKeys);
  partitions = section<format::Partition>(format::kPartitions);
  hosts = section<format::Host>(format::kHosts);
  service_targets = section<format::ServiceTarget>(format::kTargetsBySvc);
}

Status Catalog::Pack::validate() const {
  const format::Bounds in(header, strings);
  const auto broken = [](const char* what) {
    return format::bad(fmt::format("a reference among its {} leads nowhere", what));
  };
  if (header.sections[format::kInfo].count != 1 ||
      !in.str(section<format::Info>(format::kInfo)[0].version))
    return broken("sources");
  if (by_name.size() != members.size() || by_wire_name.size() != members.size())
    return broken("member orders");
  if (!format::all_fit(in, services)) return broken("services");
  if (!format::all_fit(in, operations)) return broken("operations");
  if (!format::all_fit(in, shapes) || !format::orders_fit(shapes, by_name) ||
      !format::orders_fit(shapes, by_wire_name))
    return broken("shapes");
  if (!format::all_fit(in, members) || !format::all_fit(in, namespaces)) return broken("members");
  if (!format::all_fit(in, roots) || !format::all_fit(in, nodes) || !format::all_fit(in, edges) ||
      !format::forward(nodes, edges))
    return broken("paths");
  if (!format::all_fit(in, routes) || !format::all_fit(in, route_keys)) return broken("routes");
  if (!format::all_fit(in, rows) || !format::all_fit(in, resources) ||
      !format::all_fit(in, bindings))
    return broken("action rows");
  if (!format::all_fit(in, actions) || !format::all_fit(in, masks) ||
      !format::all_fit(in, context_keys) || !format::all_fit(in, keys))
    return broken("actions");
  if (!format::all_fit(in, partitions) || !format::all_fit(in, hosts) ||
      !format::all_fit(in, service_targets))
    return broken("endpoints");
  for (const auto shape : errors) {
    if (!in.index(format::kShapes, shape)) return broken("errors");
  }
  for (const auto key : action_keys) {
    if (!in.index(format::kKeys, key)) return broken("condition keys");
  }
  for (const auto service : host_services) {
    if (!in.index(format::kServices, service)) return broken("hosts");
  }
  for (const auto prefix : host_prefixes) {
    if (!in.str(prefix)) return broken("host prefixes");
  }
  const bool pairs = format::pairs_fit(in, query_names, false, true, format::kMembers) &&
                     format::pairs_fit(in, shape_names, false, true, format::kShapes) &&
                     format::pairs_fit(in, error_codes, false, true, format::kShapes) &&
                     format::pairs_fit(in, signed_as.pairs, true, false, format::kServices) &&
                     format::pairs_fit(in, targets.pairs, true, false, format::kServices) &&
                     format::pairs_fit(in, versions.pairs, true, false, format::kServices) &&
                     format::pairs_fit(in, regions.pairs, true, false, format::kPartitions) &&
                     format::pairs_fit(in, ec2_ids.pairs, true, true, format::kServices) &&
                     format::pairs_fit(in, header_names.pairs, true, true, format::kServices);
  if (!pairs) return broken("tables");
  return {};
}

Catalog::Catalog(std::unique_ptr<Pack> pack)
    : pack_(std::move(pack)),
      operations_(pack_->operations.data()),
      services_(pack_->services.data()),
      shapes_(pack_->shapes.data()),
      members_(pack_->members.data()),
      strings_(pack_->strings.data()) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<const Catalog>> Catalog::load(std::span<const std::byte> bytes) {
  auto pack = std::make_unique<Pack>();
  CHECK_OK(format::check_layout(bytes, pack->header));
  pack->bytes = bytes;
  const auto sealed = bytes.first(bytes.size() - format::kSealBytes);
  const auto seal = crypto::sha256({reinterpret_cast<const char*>(sealed.data()), sealed.size()});
  if (std::memcmp(seal.data(), bytes.data() + sealed.size(), format::kSealBytes) != 0) {
    return format::bad("its SHA-256 is not the one it carries");
  }
  pack->digest = crypto::hex(seal);
  pack->bind();
  CHECK_OK(pack->validate());
  pack->index();
  return std::unique_ptr<const Catalog>(new Catalog(std::move(pack)));
}

}  // namespace strait::catalog
