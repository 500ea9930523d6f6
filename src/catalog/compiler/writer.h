// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "catalog/format.h"

// A pack while it is being made: its sections as vectors, and the string pool, where equal text is
// kept once. The later stages of the compiler read what the earlier ones wrote here. One thread;
// seal() is called once, at the end.
namespace strait::catalog::compiler {

class Writer {
 public:
  Writer();

  format::Str str(std::string_view text);  // text longer than 65,535 bytes is cut from the model
                                           // before it comes here
  std::string_view text(format::Str at) const;
  std::uint8_t name_space(std::string_view uri,
                          std::string_view prefix);  // 0 for none, also when there are too many
  static format::Run run(std::size_t first, std::size_t last) {
    return {static_cast<format::Index>(first), static_cast<std::uint32_t>(last - first)};
  }

  // Members of the structure `shape`, or of nothing when it is kNone or another kind.
  format::Run members_of(format::Index shape) const;
  format::Index member_named(format::Index shape,
                             std::string_view name) const;  // kNone when there is none

  Result<std::string> seal();

  std::vector<format::Info> info;
  std::vector<format::Service> services;
  std::vector<format::Operation> operations;
  std::vector<format::Shape> shapes;
  std::vector<format::Member> members;
  std::vector<std::uint16_t> by_name, by_wire_name;
  std::vector<format::Namespace> namespaces;
  std::vector<format::Pair> query_names, shape_names, error_codes, signed_as, targets, versions,
      regions, ec2_ids, header_names;
  std::vector<std::uint32_t> errors, host_services, host_prefixes;
  std::vector<format::Root> roots;
  std::vector<format::Node> nodes;
  std::vector<format::Edge> edges;
  std::vector<format::Route> routes;
  std::vector<format::RouteKey> route_keys;
  std::vector<format::Row> rows;
  std::vector<format::Resource> resources;
  std::vector<format::Binding> bindings;
  std::vector<format::Action> actions;
  std::vector<format::Mask> masks;
  std::vector<format::ContextKey> context_keys;
  std::vector<format::Key> keys;
  std::vector<std::uint32_t> action_keys;
  std::vector<format::Partition> partitions;
  std::vector<format::Host> hosts;
  std::vector<format::ServiceTarget> service_targets;
  std::vector<format::Index> first_shapes;  // by service; not part of the pack

 private:
  void sort_by_text(std::vector<format::Pair>& pairs);

  std::string pool_;
  std::deque<std::string> keys_;  // what the views in known_ point to
  std::unordered_map<std::string_view, format::Str> known_;
};

}  // namespace strait::catalog::compiler
