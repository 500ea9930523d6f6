// SPDX-License-Identifier: Apache-2.0
// The walk through the trie of one service and method (see Catalog::routes in catalog.h for what it
// decides).
#include <algorithm>

#include "catalog/pack.h"

namespace strait::catalog {
namespace {

using Segments = std::span<const std::string_view>;
using Query = std::span<const std::pair<std::string_view, std::string_view>>;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Whether `raw`, percent-decoded, is `literal`. A malformed escape is not.
bool same(std::string_view literal, std::string_view raw) {
  std::size_t at = 0;
  for (const char c : literal) {
    if (at == raw.size()) return false;
    if (raw[at] != '%') {
      if (raw[at++] != c) return false;
      continue;
    }
    if (raw.size() - at < 3) return false;
    const int high = hex_digit(raw[at + 1]);
    const int low = hex_digit(raw[at + 2]);
    if (high < 0 || low < 0 || static_cast<char>(high * 16 + low) != c) return false;
    at += 3;
  }
  return at == raw.size();
}

// One run of the matcher. `Pack` is Catalog's private type, known here by deduction only.
template <class Pack>
class Walk {
 public:
  Walk(const Pack& pack, Segments segments, Query query)
      : pack_(pack), segments_(segments), query_(query) {}

  // Fills `chosen` and `labels` from the most specific place under `node` where a route fits.
  bool from(format::Index node_index, std::size_t at) {
    const auto& node = pack_.nodes[node_index];
    if (at == segments_.size()) return choose(node);
    const auto segment = segments_[at];
    // A slash at the end means nothing, unless a greedy label takes it ("/bucket/folder/").
    if (segment.empty() && at + 1 == segments_.size() && choose(node)) return true;
    if (const auto next = literal(node, segment); next != format::kNone && from(next, at + 1)) {
      return true;
    }
    if (node.label != format::kNone && !segment.empty()) {
      labels.emplace_back(segment);
      if (from(node.label, at + 1)) return true;
      labels.pop_back();
    }
    return node.greedy != format::kNone && from_greedy(node.greedy, at);
  }

  std::vector<const format::Route*> chosen;
  std::vector<std::string> labels;

 private:
  bool from_greedy(format::Index node_index, std::size_t at) {
    const auto& node = pack_.nodes[node_index];
    const bool more =
        node.edges.count > 0 || node.label != format::kNone || node.greedy != format::kNone;
    // Where the template goes on after the label, the rest of it is more specific than the label
    // taking everything: "{arn+}/policy" before "{arn+}". The longest such reading first.
    for (std::size_t end = segments_.size() - 1; more && end > at; --end) {
      if (take(at, end, node_index)) return true;
    }
    return take(at, segments_.size(), node_index);
  }

  // Lets a greedy label have the segments from `at` to before `end`, and goes on.
  bool take(std::size_t at, std::size_t end, format::Index node_index) {
    if (end == at + 1 && segments_[at].empty()) return false;
    if (end + 1 == segments_.size() && segments_[end].empty()) return false;  // the label's slash
    const auto place = labels.size();
    labels.emplace_back();
    if (!from(node_index, end)) {
      labels.pop_back();
      return false;
    }
    auto& taken = labels[place];
    taken = segments_[at];
    for (std::size_t next = at + 1; next < end; ++next) {
      taken += '/';
      taken += segments_[next];
    }
    return true;
  }

  format::Index literal(const format::Node& node, std::string_view segment) const {
    const auto edges = pack_.run(pack_.edges, node.edges);
    if (segment.find('%') != std::string_view::npos) {
      for (const auto& edge : edges) {
        if (same(pack_.text(edge.text), segment)) return edge.node;
      }
      return format::kNone;
    }
    const auto text = [&](const format::Edge& edge) { return pack_.text(edge.text); };
    const auto found = std::ranges::lower_bound(edges, segment, {}, text);
    return found != edges.end() && text(*found) == segment ? found->node : format::kNone;
  }

  // 0: the query does not fit; else 1 + 256 per literal key + 1 per required key.
  unsigned fitness(const format::Route& route) const {
    unsigned score = 1;
    for (const auto& key : pack_.run(pack_.route_keys, route.keys)) {
      const auto name = pack_.text(key.key);
      const auto pair =
          std::ranges::find(query_, name, [](const auto& item) { return item.first; });
      if (pair == query_.end()) return 0;
      if (key.literal != 0 && pair->second != pack_.text(key.value)) return 0;
      score += key.literal != 0 ? 256 : 1;
    }
    return score;
  }

  bool choose(const format::Node& node) {
    unsigned best = 0;
    for (const auto& route : pack_.run(pack_.routes, node.routes)) {
      const auto score = fitness(route);
      if (score == 0 || score < best) continue;
      if (score > best) chosen.clear();
      best = score;
      chosen.push_back(&route);
    }
    return best > 0;
  }

  const Pack& pack_;
  Segments segments_;
  Query query_;
};

}  // namespace

std::vector<Catalog::Route> Catalog::routes(Service service, std::string_view method,
                                            Segments segments, Query query) const {
  if (segments.size() == 1 && segments[0].empty()) segments = {};
  const auto key = [&](const format::Root& root) {
    return std::pair(root.service, pack_->text(root.method));
  };
  const auto root =
      std::ranges::lower_bound(pack_->roots, std::pair(service.index(), method), {}, key);
  if (root == pack_->roots.end() || key(*root) != std::pair(service.index(), method)) return {};
  Walk walk(*pack_, segments, query);
  if (!walk.from(root->node, 0)) return {};

  std::vector<Route> found;
  found.reserve(walk.chosen.size());
  for (const auto* route : walk.chosen) {
    auto& out = found.emplace_back(Operation(this, route->operation), decltype(Route::labels){});
    out.labels.reserve(walk.labels.size());
    auto names = pack_->text(route->labels);
    for (const auto& label : walk.labels) {
      const auto end = std::min(names.find('/'), names.size());
      out.labels.emplace_back(names.substr(0, end), label);
      names.remove_prefix(std::min(end + 1, names.size()));
    }
  }
  return found;
}

}  // namespace strait::catalog
