// SPDX-License-Identifier: Apache-2.0
#include "diff/routes.h"

#include <algorithm>
#include <tuple>

namespace strait::diff {
namespace {

using catalog::Location;

bool has(const Pairs& pairs, std::string_view name) {
  return std::ranges::any_of(pairs, [&](const auto& pair) { return pair.first == name; });
}

// How well what is required is there: the more of it the better, and worst when some is missing.
int rank_of(const std::vector<std::string>& names, const Pairs& pairs) {
  const bool all = std::ranges::all_of(names, [&](const auto& name) { return has(pairs, name); });
  return all ? static_cast<int>(names.size()) : -1;
}

}  // namespace

Routes::Template Routes::template_of(catalog::Operation operation) {
  Template out{operation, {}, {}, {}, {}};
  const auto uri = operation.uri();
  const auto mark = uri.find('?');
  for (const auto piece : split(uri.substr(0, mark).substr(1), '/')) {
    if (!piece.starts_with('{')) {
      out.segments.push_back({Segment::kLiteral, std::string(piece)});
      continue;
    }
    const bool greedy = piece.ends_with("+}");
    const auto name = piece.substr(1, piece.size() - (greedy ? 3 : 2));
    out.segments.push_back({greedy ? Segment::kGreedy : Segment::kLabel, std::string(name)});
  }
  if (mark != std::string_view::npos) out.literals = pairs_of(uri.substr(mark + 1), false, false);
  const auto input = operation.input();
  for (std::uint32_t at = 0; input && at < input->member_count(); ++at) {
    const auto member = input->member(at);
    if (!member.required()) continue;
    if (member.location() == Location::kQueryString)
      out.required_query.emplace_back(member.wire_name());
    if (member.location() == Location::kHeader)
      out.required_headers.push_back(folded(member.wire_name()));
  }
  return out;
}

const std::vector<Routes::Template>& Routes::templates(catalog::Service service) {
  auto& list = known_[service.index()];
  if (list.empty()) {
    for (std::uint32_t at = 0; at < service.operation_count(); ++at) {
      const auto operation = service.operation(at);
      if (operation.uri().starts_with('/')) list.push_back(template_of(operation));
    }
  }
  return list;
}

bool Routes::fits(const Template& one, const std::vector<std::string_view>& segments, bool tidy,
                  Pairs& labels) {
  auto wanted = std::span(one.segments);
  if (tidy && wanted.size() > 1 && wanted.back().kind == Segment::kLiteral &&
      wanted.back().text.empty())
    wanted = wanted.first(wanted.size() - 1);
  std::size_t at = 0;
  for (std::size_t step = 0; step < wanted.size(); ++step) {
    const auto& segment = wanted[step];
    const auto after = wanted.size() - step - 1;
    if (segments.size() < at + 1 + after) return false;
    const auto take = segment.kind == Segment::kGreedy ? segments.size() - at - after : 1;
    const std::string text(segments[at].data(), segments[at + take - 1].end());
    at += take;
    if (segment.kind == Segment::kLiteral) {
      if (percent_decoded(text, false) != segment.text) return false;
    } else if (text.empty()) {
      return false;
    } else {
      labels.emplace_back(segment.text, text);
    }
  }
  return at == segments.size();
}

std::vector<Route> Routes::of(catalog::Service service, const Asked& asked,
                              const Personality& who) {
  const auto segments = split(std::string_view(asked.path).substr(1), '/');
  using Rank = std::tuple<std::vector<int>, std::size_t, int, int, bool>;
  std::vector<std::pair<Rank, Route>> fitting;
  for (const auto& one : templates(service)) {
    Pairs labels;
    if (one.operation.http_method() != asked.method ||
        one.operation.signing_name() != service.signing_name() ||
        !fits(one, segments, who.tidies_paths && service.name() != "s3", labels))
      continue;
    const bool literal = std::ranges::all_of(one.literals, [&](const auto& pair) {
      return std::ranges::any_of(*asked.query, [&](const auto& given) {
        return given.first == pair.first && (pair.second.empty() || given.second == pair.second);
      });
    });
    if (!literal) continue;
    std::vector<int> kinds;
    for (const auto& segment : one.segments) kinds.push_back(segment.kind);
    fitting.push_back(
        {{std::move(kinds), one.literals.size(), rank_of(one.required_query, *asked.query),
          rank_of(one.required_headers, *asked.headers), !one.operation.deprecated()},
         {one.operation, std::move(labels)}});
  }
  std::vector<Route> best;
  const auto top = std::ranges::max_element(fitting, {}, [](const auto& one) { return one.first; });
  for (auto& [rank, route] : fitting) {
    if (rank == top->first) best.push_back(std::move(route));
  }
  return best;
}

}  // namespace strait::diff
