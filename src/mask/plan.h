// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "mask/rules.h"

// Which members of an operation's reply are covered: an automaton over the output shape, compiled
// once.
//
// A node stands for a shape at a place; recursive shapes become cycles, not paths, so it is finite.
// Its edges carry the names that the wire uses (location name and model name both: covering one too
// many is the safe side). What is covered: the members that the catalog's overlay lists as secrets,
// and what the model calls `sensitive`, minus the opt-outs of the role. A reply that is one blob or
// an event stream as a whole is covered only when the overlay says so: AWS marks the payload of
// lambda:Invoke and of every model invocation `sensitive`, and covering it would leave nothing
// (docs/decisions). Operations of class kReturnsCredentials take no opt-out, and in them members
// that the model does not know are covered too.
//
// A MaskPlan is immutable and keeps no reference to the rules it was made from; names point into
// the catalog.
namespace strait::mask {

using NodeId = std::uint32_t;
inline constexpr NodeId kClean = 0;    // nothing to cover here or below
inline constexpr NodeId kCovered = 1;  // every value here and below is covered

enum class NodeKind : std::uint8_t { kLeaf, kStructure, kList, kMap };

struct Edge {
  std::string_view name;   // on the wire
  std::string_view label;  // in paths: the model's name
  NodeId to = kClean;
  bool attribute = false;  // an XML attribute
};

struct Node {
  NodeKind kind = NodeKind::kLeaf;
  catalog::ShapeKind shape =
      catalog::ShapeKind::kString;  // of a leaf: what a marker must look like
  bool cover_unknown = false;       // a name without edge is covered
  std::vector<Edge> edges;          // of a structure; by name
  NodeId element = kClean;          // list element, map value
  NodeId key = kClean;              // map key: kClean or covered
  std::string_view key_name;        // map entries in XML: "key"
  std::string_view value_name;      // "value"
  const Edge* find(std::string_view name) const;
};

// A header that carries a modelled member of the output.
struct HeaderRule {
  std::string name;  // lower-case; of a prefix map: the prefix
  std::string_view member;
  bool prefix = false;
  bool covered = false;
  catalog::ShapeKind shape = catalog::ShapeKind::kString;
};

// How the body is to be read.
enum class BodyForm : std::uint8_t { kNone, kJson, kXml, kCbor, kBlob, kEventStream };

class MaskPlan {
 public:
  static MaskPlan compile(catalog::Operation operation, catalog::Protocol protocol,
                          const MaskRules& rules);

  // True when no header or member is covered and no detector is on: the reply may pass without
  // being looked at.
  bool passes_untouched() const {
    return !covers_body_ && !covers_headers_ && detect_ == kDetectNone;
  }
  bool covers_body() const { return covers_body_; }  // by shape
  bool covers_headers() const { return covers_headers_; }
  bool covers_payload() const {
    return covers_payload_;
  }                                                  // the body is one blob and is covered whole
  bool credentials() const { return credentials_; }  // returns credentials: no opt-out was taken
  BodyForm form() const { return form_; }
  // Detectors that look into the body: none for a blob or a stream of bytes.
  DetectorSet detect() const { return detect_; }
  bool needs_body() const { return covers_body_ || detect_ != kDetectNone; }

  NodeId root() const { return root_; }
  const Node& node(NodeId id) const { return nodes_[id]; }
  const std::vector<HeaderRule>& headers() const { return headers_; }
  std::string_view result_wrapper() const {
    return result_wrapper_;
  }  // query: the element around the output
  bool rooted() const {
    return rooted_;
  }  // XML: the root element is the output itself, not an envelope

  // "SecretString", "Credentials.SecretAccessKey", "Parameters[].Value": for people and tests, each
  // once, without following a recursion twice.
  std::vector<std::string> covered_paths() const;

 private:
  friend class PlanCompiler;
  std::vector<Node> nodes_;
  NodeId root_ = kClean;
  std::vector<HeaderRule> headers_;
  std::string_view result_wrapper_;
  BodyForm form_ = BodyForm::kNone;
  DetectorSet detect_ = kDetectNone;
  bool rooted_ = false;
  bool covers_body_ = false;
  bool covers_headers_ = false;
  bool covers_payload_ = false;
  bool credentials_ = false;
};

// The plans of one role and one catalog, compiled when first asked for. Not thread-safe: one per
// loop. References stay valid as long as the cache.
class MaskPlanCache {
 public:
  MaskPlanCache(std::shared_ptr<const catalog::Catalog> catalog, MaskRules rules);
  const MaskPlan& plan(catalog::Operation operation, catalog::Protocol protocol);
  const MaskRules& rules() const { return rules_; }

 private:
  std::shared_ptr<const catalog::Catalog> catalog_;
  MaskRules rules_;
  std::unordered_map<std::uint64_t, std::unique_ptr<const MaskPlan>> plans_;
};

}  // namespace strait::mask
