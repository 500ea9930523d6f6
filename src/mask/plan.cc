// SPDX-License-Identifier: Apache-2.0
#include "mask/plan.h"

#include <algorithm>

namespace strait::mask {

const Edge* Node::find(std::string_view name) const {
  if (edges.size() <= 8) {
    for (const auto& edge : edges) {
      if (edge.name == name) return &edge;
    }
    return nullptr;
  }
  const auto at = std::ranges::lower_bound(edges, name, {}, &Edge::name);
  return at != edges.end() && at->name == name ? &*at : nullptr;
}

namespace {

class PathLister {
 public:
  PathLister(const MaskPlan& plan, std::vector<std::string>& out) : plan_(plan), out_(out) {}

  void walk(NodeId id, const std::string& path) {
    if (id == kClean || std::ranges::find(open_, id) != open_.end()) return;
    const Node& node = plan_.node(id);
    if (node.kind == NodeKind::kAny || node.kind == NodeKind::kLeaf) {
      if (!node.cover.empty()) add(path.empty() ? "*" : path);
      return;
    }
    open_.push_back(id);
    if (!node.cover_keys.empty()) add(path + "{key}");
    for (const auto& edge : node.edges) walk(edge.to, step(path, edge));
    if (node.kind == NodeKind::kList) walk(node.element, path + "[]");
    if (node.kind == NodeKind::kMap) walk(node.element, path + "{}");
    open_.pop_back();
  }

 private:
  static std::string step(const std::string& path, const Edge& edge) {
    std::string out = path;
    if (edge.label.empty()) return out;  // an envelope
    if (!out.empty()) out.push_back('.');
    return out.append(edge.label).append(edge.repeated ? "[]" : "");
  }

  void add(const std::string& path) {
    if (std::ranges::find(out_, path) == out_.end()) out_.push_back(path);
  }

  const MaskPlan& plan_;
  std::vector<std::string>& out_;
  std::vector<NodeId> open_;
};

}  // namespace

std::vector<std::string> MaskPlan::covered_paths() const {
  std::vector<std::string> out;
  for (const auto& header : headers_) {
    if (!header.cover.empty()) out.emplace_back(header.member);
  }
  if (covers_payload()) out.emplace_back("*");
  PathLister(*this, out).walk(root_, "");
  return out;
}

MaskPlanCache::MaskPlanCache(std::shared_ptr<const catalog::Catalog> catalog, MaskRules rules)
    : catalog_(std::move(catalog)), rules_(std::move(rules)) {}

const MaskPlan& MaskPlanCache::plan(catalog::Operation operation, catalog::Protocol protocol) {
  const auto key = std::uint64_t{operation.index()} << 8 | static_cast<std::uint64_t>(protocol);
  auto& slot = plans_[key];
  if (!slot)
    slot = std::make_unique<const MaskPlan>(MaskPlan::compile(operation, protocol, rules_));
  return *slot;
}

}  // namespace strait::mask
