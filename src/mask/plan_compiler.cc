// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>

#include "mask/plan.h"

namespace strait::mask {

namespace {

using catalog::Location;
using catalog::Protocol;
using catalog::ShapeKind;

constexpr std::string_view kSensitive = "sensitive";
// What protocols put beside an output's members.
constexpr std::string_view kProtocolNames[] = {"__type", "requestId", "RequestId",
                                               "ResponseMetadata"};
constexpr std::string_view kUnmodelled = "unmodelled";

// What is left of a path: "A", "[]", "{}", "{key}", ... "*" alone is the whole reply and is empty
// from the start.
struct Tail {
  std::vector<std::string> steps;
  std::string_view kind;
};
using Tails = std::vector<Tail>;

Tail parse_path(std::string_view path, std::string_view kind) {
  Tail tail{.steps = {}, .kind = kind};
  if (path == "*") return tail;
  while (!path.empty()) {
    const auto dot = path.find('.');
    auto step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const auto name_end = std::min(step.find_first_of("[{"), step.size());
    if (name_end > 0) tail.steps.emplace_back(step.substr(0, name_end));
    step.remove_prefix(name_end);
    while (!step.empty()) {
      const auto close = std::min(step.find_first_of("]}"), step.size() - 1);
      tail.steps.emplace_back(step.substr(0, close + 1));
      step.remove_prefix(close + 1);
    }
  }
  return tail;
}

// The tails that go on through `step`, without it.
Tails through(const Tails& tails, std::string_view step) {
  Tails out;
  for (const auto& tail : tails) {
    if (tail.steps.empty() || tail.steps.front() != step) continue;
    out.push_back({{tail.steps.begin() + 1, tail.steps.end()}, tail.kind});
  }
  return out;
}

const Tail* ending(const Tails& tails) {
  const auto at = std::ranges::find_if(tails, [](const Tail& tail) { return tail.steps.empty(); });
  return at == tails.end() ? nullptr : &*at;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool is_xml(Protocol protocol) {
  return protocol == Protocol::kQuery || protocol == Protocol::kEc2 ||
         protocol == Protocol::kRestXml;
}

BodyForm form_of(Protocol protocol) {
  if (is_xml(protocol)) return BodyForm::kXml;
  return protocol == Protocol::kRpcV2Cbor ? BodyForm::kCbor : BodyForm::kJson;
}

// Where a member stands: what covers it from above, and the paths that lead on from here.
struct Place {
  std::string_view cover;
  Tails secrets;
  Tails shown;

  Place beneath(std::string_view step) const {
    return {cover, through(secrets, step), through(shown, step)};
  }
};

}  // namespace

class PlanCompiler {
 public:
  PlanCompiler(catalog::Operation operation, Protocol protocol)
      : operation_(operation), protocol_(protocol), plan_(operation, protocol) {
    plan_.nodes_.emplace_back();  // kClean
    plan_.credentials_ = (operation.classes() &
                          static_cast<catalog::Classes>(catalog::Class::kReturnsCredentials)) != 0;
  }

  MaskPlan compile(const MaskRules& rules) {
    const bool all_shown = gather(rules);
    plan_.error_form_ = form_of(protocol_);
    if (const auto output = operation_.output()) {
      if (const auto* end = ending(top_.secrets); end != nullptr) top_.cover = end->kind;
      if (all_shown || ending(top_.shown) != nullptr)
        top_ = Place{.cover = {}, .secrets = {}, .shown = {Tail{}}};
      compile_headers(*output);
      compile_body(*output);
    }
    drop_clean();
    plan_.covers_body_ =
        plan_.root_ != kClean || std::ranges::any_of(plan_.events_, [](const EventRule& event) {
          return event.root != kClean || !event.cover.empty() || !event.headers.empty();
        });
    plan_.covers_headers_ =
        std::ranges::any_of(plan_.headers_, [](const auto& rule) { return !rule.cover.empty(); });
    const bool opaque = plan_.form_ == BodyForm::kBlob || plan_.form_ == BodyForm::kNone;
    plan_.role_detect_ = rules.detect;
    plan_.detect_ = opaque ? kDetectNone : rules.detect;
    return std::move(plan_);
  }

 private:
  // Fills `top_` from overlay and rules; true when the role shows the whole reply.
  bool gather(const MaskRules& rules) {
    for (const auto& row : operation_.secrets()) {
      if (row.kind == kQueueUrl && !rules.rewrite_queue_urls) continue;
      top_.secrets.push_back(parse_path(row.path, row.kind));
    }
    for (const auto& row : operation_.unmasked())
      top_.shown.push_back(parse_path(row.path, row.kind));
    if (plan_.credentials_) return false;
    for (const auto& rule : rules.show) {
      const auto slash = rule.find('/');
      if (!names_operation(std::string_view(rule).substr(0, slash))) continue;
      if (slash == std::string::npos) return true;
      top_.shown.push_back(parse_path(std::string_view(rule).substr(slash + 1), {}));
    }
    return false;
  }

  bool names_operation(std::string_view rule) const {
    const auto colon = rule.find(':');
    if (colon == std::string_view::npos || rule.substr(colon + 1) != operation_.name())
      return false;
    const auto service = operation_.service();
    const auto prefix = rule.substr(0, colon);
    return prefix == service.iam_prefix() || prefix == service.name();
  }

  // What covers a value of `shape` (reached through a reference that says `sensitive`) at `place`:
  // "" for nothing.
  static std::string_view cover_at(const Place& place, bool sensitive) {
    if (ending(place.shown) != nullptr) return {};
    if (const auto* end = ending(place.secrets)) return end->kind;
    if (!place.cover.empty()) return place.cover;
    return sensitive ? kSensitive : std::string_view();
  }

  void compile_headers(const catalog::Shape& output) {
    for (std::uint32_t at = 0; at < output.member_count(); ++at) {
      const auto member = output.member(at);
      const auto location = member.location();
      if (location != Location::kHeader && location != Location::kHeaders) continue;
      auto place = top_.beneath(member.name());
      place.cover = ending(top_.shown) ? std::string_view() : place.cover;
      HeaderRule rule;
      rule.name = lower(member.wire_name());
      rule.member = member.name();
      rule.prefix = location == Location::kHeaders;
      rule.encoded = member.jsonvalue() || member.shape().kind() == ShapeKind::kBlob;
      rule.cover = ending(top_.shown)
                       ? std::string_view()
                       : cover_at(place, member.sensitive() || inner_sensitive(member));
      rule.shape = member.shape().kind();
      plan_.headers_.push_back(std::move(rule));
    }
  }

  // A prefix map or a list in one header is covered when its values are.
  static bool inner_sensitive(const catalog::Member& member) {
    const auto shape = member.shape();
    if (shape.sensitive()) return true;
    if (shape.kind() == ShapeKind::kMap)
      return shape.value().sensitive() || shape.key().sensitive();
    return shape.kind() == ShapeKind::kList && shape.element().sensitive();
  }

  void compile_body(const catalog::Shape& output) {
    if (const auto name = operation_.output_payload(); !name.empty()) {
      if (const auto member = output.member(name)) return compile_payload(*member);
    }
    plan_.form_ = form_of(protocol_);
    if (const auto stream = event_stream_of(output)) {
      compile_events(*stream, top_.beneath(stream->name()));
    }
    const auto root = structure(output, top_, true);
    plan_.root_ = envelope(root);
  }

  void compile_payload(const catalog::Member& member) {
    const auto shape = member.shape();
    auto place = top_.beneath(member.name());
    if (ending(top_.shown) != nullptr) place.shown.push_back(Tail{});
    if (shape.event_stream()) {
      compile_events(member, place);
      return;
    }
    if (shape.kind() == ShapeKind::kBlob || shape.kind() == ShapeKind::kString) {
      plan_.form_ = BodyForm::kBlob;
      plan_.payload_cover_ = cover_at(place, member.sensitive() || shape.sensitive());
      return;
    }
    plan_.form_ = form_of(protocol_);
    plan_.root_ = node(member, place);
  }

  void compile_events(const catalog::Member& stream, Place place) {
    plan_.form_ = BodyForm::kEventStream;
    if (ending(top_.shown) != nullptr) place.shown.push_back(Tail{});
    place.cover = cover_at(place, stream.sensitive());
    const auto shape = stream.shape();
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto event = shape.member(at);
      auto beneath = place.beneath(event.name());
      if (ending(place.shown) != nullptr) beneath.shown.push_back(Tail{});
      beneath.cover = cover_at(beneath, event.sensitive());
      plan_.events_.push_back(event_rule(event, beneath));
    }
  }

  EventRule event_rule(const catalog::Member& event, const Place& place) {
    EventRule rule{.name = event.wire_name(), .form = form_of(protocol_)};
    const auto shape = event.shape();
    bool has_payload = false;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      auto beneath = place.beneath(member.name());
      if (ending(place.shown) != nullptr) beneath.shown.push_back(Tail{});
      if (member.event_header()) {
        const auto cover = cover_at(beneath, member.sensitive());
        if (!cover.empty()) rule.headers.emplace_back(member.wire_name(), cover);
      } else if (member.event_payload()) {
        has_payload = true;
        const auto kind = member.shape().kind();
        const bool opaque = kind == ShapeKind::kBlob || kind == ShapeKind::kString;
        if (opaque) rule.form = BodyForm::kBlob;
        if (opaque)
          rule.cover = cover_at(beneath, member.sensitive());
        else
          rule.root = node(member, beneath);
      }
    }
    if (!has_payload) rule.root = structure(shape, place, false);
    return rule;
  }

  static std::optional<catalog::Member> event_stream_of(const catalog::Shape& output) {
    for (std::uint32_t at = 0; at < output.member_count(); ++at) {
      if (output.member(at).shape().event_stream()) return output.member(at);
    }
    return std::nullopt;
  }

  // Query replies are <OperationResponse><OperationResult>members: the members' node below two
  // elements. The others have one root element, whose name does not matter and which is the node
  // itself.
  NodeId envelope(NodeId root) {
    const auto wrapper = operation_.result_wrapper();
    if (protocol_ != Protocol::kQuery || wrapper.empty()) return root;
    Node node{.kind = NodeKind::kStructure};
    node.edges.push_back({wrapper, {}, root, false, false});
    return add(std::move(node));
  }

  NodeId add(Node node) {
    plan_.nodes_.push_back(std::move(node));
    return static_cast<NodeId>(plan_.nodes_.size() - 1);
  }

  NodeId any(std::string_view cover) {
    if (cover.empty()) return kClean;
    Node node{.kind = NodeKind::kAny, .cover = cover};
    return add(std::move(node));
  }

  NodeId node(const catalog::Member& member, Place place) {
    const auto shape = member.shape();
    if (ending(place.shown) != nullptr) return kClean;
    place.cover = cover_at(place, member.sensitive() || shape.sensitive());
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(shape, place, false);
      case ShapeKind::kList: return list(shape, place);
      case ShapeKind::kMap: return map(shape, place);
      case ShapeKind::kDocument: return any(place.cover);
      default: break;
    }
    if (place.cover.empty()) return kClean;
    Node leaf{.kind = NodeKind::kLeaf, .shape = shape.kind(), .cover = place.cover};
    return add(std::move(leaf));
  }

  // A structure, list or map at a place is compiled once; that is what ends recursion.
  std::string memo_key(const catalog::Shape& shape, const Place& place, char form) const {
    std::string key = std::to_string(shape.index()) + form + std::string(place.cover);
    for (const auto* tails : {&place.secrets, &place.shown}) {
      key.push_back('\n');
      for (const auto& tail : *tails) {
        key.append(tail.kind).push_back('|');
        for (const auto& step : tail.steps) key.append(step).push_back('/');
      }
    }
    return key;
  }

  // The node for `key`: made now (second is true) or before.
  std::pair<NodeId, bool> slot(std::string key) {
    const auto [at, fresh] = memo_.try_emplace(std::move(key), NodeId{0});
    if (fresh) at->second = add(Node{});
    return {at->second, fresh};
  }

  NodeId structure(const catalog::Shape& shape, const Place& place, bool top) {
    const auto [id, fresh] = slot(memo_key(shape, place, top ? 'T' : 'S'));
    if (!fresh) return id;
    Node made{.kind = NodeKind::kStructure, .cover = place.cover};
    if (!place.cover.empty())
      made.cover_unknown = place.cover;
    else if (plan_.credentials_ && ending(place.shown) == nullptr)
      made.cover_unknown = kUnmodelled;
    if (!made.cover_unknown.empty()) made.unknown = any(made.cover_unknown);
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if (top && member.location() != Location::kBody) continue;
      auto beneath = place.beneath(member.name());
      if (ending(place.shown) != nullptr) beneath.shown.push_back(Tail{});
      is_xml(protocol_) ? xml_edges(made, member, beneath)
                        : edges(made, member, node(member, beneath));
    }
    if (top && !made.cover_unknown.empty()) {
      for (const auto name : kProtocolNames)
        made.edges.push_back({name, name, kClean, false, false});
    }
    std::ranges::stable_sort(made.edges, {}, &Edge::name);
    plan_.nodes_[id] = std::move(made);
    return id;
  }

  // The name in the query protocol of a service whose model has dropped it
  // (overlay/query-names.txt);
  // "" when there is none.
  std::string_view query_name(const catalog::Member& member) const {
    return protocol_ == Protocol::kQuery ? member.query_name() : std::string_view();
  }

  void edges(Node& made, const catalog::Member& member, NodeId to) {
    if (const auto name = query_name(member); !name.empty())
      made.edges.push_back({name, member.name(), to, false, false});
    made.edges.push_back({member.wire_name(), member.name(), to, member.xml_attribute(), false});
    if (member.wire_name() != member.name())
      made.edges.push_back({member.name(), member.name(), to, false, false});
  }

  // Flattened lists and maps put their elements where the member would stand, under its name or
  // their own.
  void xml_edges(Node& made, const catalog::Member& member, const Place& place) {
    const auto shape = member.shape();
    const bool container = shape.kind() == ShapeKind::kList || shape.kind() == ShapeKind::kMap;
    if (!container || !member.flattened()) return edges(made, member, node(member, place));
    auto inner = place;
    inner.cover = cover_at(place, member.sensitive() || shape.sensitive());
    const bool is_list = shape.kind() == ShapeKind::kList;
    const auto to = is_list ? node(shape.element(), inner.beneath("[]")) : xml_entry(shape, inner);
    std::vector<std::string_view> names = {member.wire_name(), member.name(), shape.location_name(),
                                           query_name(member)};
    if (is_list) {
      names.push_back(shape.element().location_name());
      names.push_back(query_name(shape.element()));
    }
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const auto name : names) {
      if (!name.empty()) made.edges.push_back({name, member.name(), to, false, true});
    }
  }

  NodeId list(const catalog::Shape& shape, const Place& place) {
    const auto [id, fresh] = slot(memo_key(shape, place, 'L'));
    if (!fresh) return id;
    Node made{.kind = NodeKind::kList, .cover = place.cover};
    made.element = node(shape.element(), place.beneath("[]"));
    plan_.nodes_[id] = std::move(made);
    return id;
  }

  NodeId map(const catalog::Shape& shape, const Place& place) {
    const auto [id, fresh] = slot(memo_key(shape, place, 'M'));
    if (!fresh) return id;
    Node made{.kind = NodeKind::kMap, .cover = place.cover};
    if (is_xml(protocol_)) {
      made.kind = NodeKind::kList;
      made.element = xml_entry(shape, place);
    } else {
      made.element = node(shape.value(), place.beneath("{}"));
      made.cover_keys = key_cover(shape, place);
    }
    plan_.nodes_[id] = std::move(made);
    return id;
  }

  // Keys are covered when the model or the overlay names them; a covered map shows its keys, or
  // nobody could tell what is in it.
  static std::string_view key_cover(const catalog::Shape& shape, const Place& place) {
    auto keys = place.beneath("{key}");
    keys.cover = {};
    return cover_at(keys, shape.key().sensitive());
  }

  NodeId xml_entry(const catalog::Shape& shape, const Place& place) {
    const auto [id, fresh] = slot(memo_key(shape, place, 'E'));
    if (!fresh) return id;
    Node made{.kind = NodeKind::kStructure, .cover = place.cover};
    const auto name_of = [&](const catalog::Member& member, std::string_view fallback) {
      if (const auto name = query_name(member); !name.empty()) return name;
      return member.location_name().empty() ? fallback : member.location_name();
    };
    if (!place.cover.empty()) {
      made.cover_unknown = place.cover;
      made.unknown = any(place.cover);
    }
    if (const auto cover = key_cover(shape, place); !cover.empty() || !made.cover_unknown.empty()) {
      NodeId to = kClean;
      if (!cover.empty()) to = add(Node{.kind = NodeKind::kLeaf, .cover = cover});
      made.edges.push_back({name_of(shape.key(), "key"), "{key}", to, false, false});
    }
    const auto to = node(shape.value(), place.beneath("{}"));
    made.edges.push_back({name_of(shape.value(), "value"), "{}", to, false, false});
    std::ranges::sort(made.edges, {}, &Edge::name);
    plan_.nodes_[id] = std::move(made);
    return id;
  }

  // Leads every edge to a node below which nothing is covered to kClean instead, so that the masker
  // may skip it.
  void drop_clean() {
    auto& nodes = plan_.nodes_;
    std::vector<bool> dirty(nodes.size());
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t id = 1; id < nodes.size(); ++id) {
        const auto& node = nodes[id];
        const bool leaf = node.kind == NodeKind::kAny || node.kind == NodeKind::kLeaf;
        const bool now =
            dirty[id] || (leaf && !node.cover.empty()) || !node.cover_unknown.empty() ||
            !node.cover_keys.empty() || dirty[node.element] ||
            std::ranges::any_of(node.edges, [&](const Edge& edge) { return dirty[edge.to]; });
        if (now != dirty[id]) dirty[id] = changed = true;
      }
    }
    const auto target = [&](NodeId id) { return dirty[id] ? id : kClean; };
    for (auto& node : nodes) {
      node.element = target(node.element);
      for (auto& edge : node.edges) edge.to = target(edge.to);
      if (node.cover_unknown.empty())
        std::erase_if(node.edges, [](const Edge& edge) { return edge.to == kClean; });
    }
    plan_.root_ = target(plan_.root_);
    for (auto& event : plan_.events_) event.root = target(event.root);
  }

  catalog::Operation operation_;
  Protocol protocol_;
  Place top_;
  MaskPlan plan_;
  std::map<std::string, NodeId> memo_;
};

MaskPlan MaskPlan::compile(catalog::Operation operation, catalog::Protocol protocol,
                           const MaskRules& rules) {
  return PlanCompiler(operation, protocol).compile(rules);
}

}  // namespace strait::mask
