// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "catalog/format.h"
#include "catalog/name_index.h"

// The reader's view of a pack: one span per section, text by offset. Private to the room. Made by
// load() only after validate() has seen every reference, so nothing here checks bounds again.
namespace strait::catalog {

// A section of pairs sorted by the text that is their key, and where each key begins.
struct PairTable {
  std::span<const format::Pair> pairs;
  NameIndex begins;
};

struct Catalog::Pack {
  std::span<const std::byte> bytes;
  format::Header header;
  std::string digest;

  template <class T>
  std::span<const T> section(format::SectionId id) const {
    const auto& at = header.sections[id];
    return {reinterpret_cast<const T*>(bytes.data() + at.offset), at.count};
  }
  std::string_view text(format::Str at) const {
    const auto* base = strings.data() + at;
    std::uint16_t length;
    std::memcpy(&length, base, sizeof length);
    return {base + sizeof length, length};
  }
  template <class T>
  std::span<const T> run(std::span<const T> all, format::Run at) const {
    return all.subspan(at.first, at.count);
  }

  std::span<const char> strings;
  std::span<const format::Service> services;
  std::span<const format::Operation> operations;
  std::span<const format::Shape> shapes;
  std::span<const format::Member> members;
  std::span<const std::uint16_t> by_name, by_wire_name;
  std::span<const format::Namespace> namespaces;
  std::span<const format::Pair> query_names, shape_names, error_codes;
  PairTable signed_as, targets, versions, regions, ec2_ids, header_names;
  std::span<const std::uint32_t> errors, host_services, host_prefixes;
  std::span<const format::Root> roots;
  std::span<const format::Node> nodes;
  std::span<const format::Edge> edges;
  std::span<const format::Route> routes;
  std::span<const format::RouteKey> route_keys;
  std::span<const format::Row> rows;
  std::span<const format::Resource> resources;
  std::span<const format::Binding> bindings;
  std::span<const format::Action> actions;
  std::span<const format::Mask> masks;
  std::span<const format::ContextKey> context_keys;
  std::span<const format::Key> keys;
  std::span<const std::uint32_t> action_keys;
  std::span<const format::Partition> partitions;
  std::span<const format::Host> hosts;
  std::span<const format::ServiceTarget> service_targets;

  // Made by index(), from the sections of the same name.
  NameIndex operation_names;  // of a service, by its number and the name
  NameIndex host_names;
  std::vector<std::uint32_t> target_begins;  // where the targets of each service begin, and the end

  void bind();              // the spans above, from `header`
  Status validate() const;  // every offset and index of every record
  void index();             // what is searched by name, when all of it is known to be sound

  std::span<const format::Pair> find(const PairTable& table, std::string_view key) const;
};

// Bytes of one record of a section.
std::size_t record_bytes(format::SectionId id);

}  // namespace strait::catalog
