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
// Nodes follow the wire, not the model: a flattened XML list has none of its own, an XML map is a
// list of entries. Edges carry the names that the wire uses (location name and model name both:
// covering one too many is the safe side).
//
// What is covered: the members that the catalog's overlay lists as secrets, and what the model
// calls `sensitive` minus the overlay's exceptions, both minus the opt-outs of the role. Operations
// of class kReturnsCredentials take no opt-out, and in them members that the model does not know
// are covered too.
//
// A MaskPlan is immutable and keeps no reference to the rules it was made from; names point into
// the catalog.
namespace strait::mask {

using NodeId = std::uint32_t;
inline constexpr NodeId kClean = 0;  // nothing to cover here or below

enum class NodeKind : std::uint8_t {
  kAny,  // whatever comes: all of it covered, or (kClean) none
  kLeaf,
  kStructure,
  kList,  // JSON, CBOR: an array. XML: an element whose children are the elements, whatever their
          // name
  kMap,   // JSON, CBOR only
};

struct Edge {
  std::string_view name;   // on the wire
  std::string_view label;  // in paths: the model's name
  NodeId to = kClean;
  bool attribute = false;  // an XML attribute
  bool repeated = false;   // an XML element of a flattened list or map: "[]" in paths
};

struct Node {
  NodeKind kind = NodeKind::kAny;
  catalog::ShapeKind shape =
      catalog::ShapeKind::kString;  // of a leaf: what a marker must look like
  std::string_view cover;  // "" or the kind in the marker: values that stand here are covered
  std::string_view cover_unknown;  // of a structure: "" or what covers a name without edge
  std::string_view cover_keys;     // of a map
  std::vector<Edge> edges;         // of a structure, sorted by name
  NodeId element = kClean;         // list element, map value
  NodeId unknown = kClean;         // of a structure with cover_unknown: where such a name leads
  const Edge* find(std::string_view name) const;
};

// A header that carries a modelled member of the output.
struct HeaderRule {
  std::string name;  // lower-case; of a prefix map: the prefix
  std::string_view member;
  bool prefix = false;
  bool encoded = false;    // base64 of JSON
  std::string_view cover;  // "" or the kind
  catalog::ShapeKind shape = catalog::ShapeKind::kString;
};

// How the body is to be read.
enum class BodyForm : std::uint8_t { kNone, kJson, kXml, kCbor, kBlob, kEventStream };

// One kind of event of an event stream, by its `:event-type`.
struct EventRule {
  std::string_view name;
  BodyForm form = BodyForm::kNone;  // of its payload
  NodeId root = kClean;             // of a payload that is a document
  std::string_view cover;           // of a payload that is a blob or text
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // covered ones: name, kind
};

class MaskPlan {
 public:
  static MaskPlan compile(catalog::Operation operation, catalog::Protocol protocol,
                          const MaskRules& rules);

  const catalog::Operation& operation() const { return operation_; }
  catalog::Protocol protocol() const { return protocol_; }

  // True when no header or member is covered and no detector is on, and the body has no frames to
  // check: the reply may pass without being looked at.
  bool passes_untouched() const {
    return !covers_body_ && !covers_payload() && !covers_headers_ && role_detect_ == kDetectNone &&
           form_ != BodyForm::kEventStream;
  }
  bool covers_body() const { return covers_body_; }  // by shape
  bool covers_headers() const { return covers_headers_; }
  bool covers_payload() const { return !payload_cover_.empty(); }  // the body is one blob
  bool credentials() const { return credentials_; }  // returns credentials: no opt-out was taken
  BodyForm form() const { return form_; }
  BodyForm error_form() const { return error_form_; }  // of replies with a status of 300 or more
  std::string_view payload_cover() const { return payload_cover_; }  // the kind
  // Of an event stream. An `initial-response` is the output structure: root().
  const std::vector<EventRule>& events() const { return events_; }
  // Detectors that look into the body: none for a blob or a stream of bytes.
  DetectorSet detect() const { return detect_; }
  DetectorSet role_detect() const {
    return role_detect_;
  }  // what looks into headers and error replies
  bool needs_body() const { return covers_body_ || covers_payload() || detect_ != kDetectNone; }

  NodeId root() const { return root_; }  // of the document: an XML envelope is in it
  const Node& node(NodeId id) const { return nodes_[id]; }
  const std::vector<HeaderRule>& headers() const { return headers_; }

  // "SecretString", "Credentials.SecretAccessKey", "Parameters[].Value": for people and tests, each
  // once, without following a recursion twice.
  std::vector<std::string> covered_paths() const;

 private:
  friend class PlanCompiler;
  MaskPlan(catalog::Operation operation, catalog::Protocol protocol)
      : operation_(operation), protocol_(protocol) {}
  catalog::Operation operation_;
  catalog::Protocol protocol_;
  std::vector<Node> nodes_;
  NodeId root_ = kClean;
  std::vector<HeaderRule> headers_;
  std::vector<EventRule> events_;
  BodyForm form_ = BodyForm::kNone;
  BodyForm error_form_ = BodyForm::kJson;
  std::string_view payload_cover_;
  DetectorSet detect_ = kDetectNone;
  DetectorSet role_detect_ = kDetectNone;
  bool covers_body_ = false;
  bool covers_headers_ = false;
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
