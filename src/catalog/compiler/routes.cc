// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "catalog/catalog.h"

namespace strait::catalog::compiler {
namespace {

// One operation at the end of a path.
struct Ending {
  format::Index operation;
  std::string labels;                                         // "Bucket/Key+"
  std::vector<std::pair<std::string, std::string>> literals;  // query keys of the template
  std::set<std::string> required_query, required_headers;
  bool deprecated;
};

struct Place {
  std::map<std::string, std::unique_ptr<Place>, std::less<>> literals;
  std::unique_ptr<Place> label, greedy;
  std::vector<Ending> endings;
};

bool is_rest(const format::Service& service) {
  const auto end = service.protocols.begin() + service.protocol_count;
  return std::any_of(service.protocols.begin(), end, [](std::uint8_t code) {
    const auto protocol = static_cast<Protocol>(code);
    return protocol == Protocol::kRestJson || protocol == Protocol::kRestXml;
  });
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(mark);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Place& child(std::unique_ptr<Place>& place) {
  if (!place) place = std::make_unique<Place>();
  return *place;
}

// The place where `path` ends, made if need be; label names go to `labels`. With or without a slash
// at the end is one place, because clients disagree about it: two operations that differ in nothing
// else collide.
Place& walk(Place& root, std::string_view path, std::string& labels) {
  auto* place = &root;
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return root;
  path.remove_prefix(1);
  for (const auto segment : split(path, '/')) {
    if (!segment.starts_with('{') || !segment.ends_with('}')) {
      place = &child(place->literals[std::string(segment)]);
      continue;
    }
    auto name = segment.substr(1, segment.size() - 2);
    const bool greedy = name.ends_with('+');
    if (greedy) name.remove_suffix(1);
    if (!labels.empty()) labels += '/';
    labels += name;
    place = greedy ? &child(place->greedy) : &child(place->label);
  }
  return *place;
}

Ending ending_of(const Writer& pack, format::Index index, std::string_view query) {
  const auto& operation = pack.operations[index];
  Ending ending{index, {}, {}, {}, {}, (operation.flags & format::kDeprecated) != 0};
  if (!query.empty()) {
    for (const auto pair : split(query, '&')) {
      const auto equals = pair.find('=');
      const auto key = pair.substr(0, equals);
      if (key == "x-id") continue;  // SDKs add it, AWS does not read it
      ending.literals.emplace_back(key,
                                   equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    }
  }
  const auto run = pack.members_of(operation.input);
  for (auto at = run.first; at < run.first + run.count; ++at) {
    const auto& member = pack.members[at];
    if (!(member.flags & format::kRequired)) continue;
    const auto wire = pack.text(member.location_name != 0 ? member.location_name : member.name);
    const auto location = static_cast<Location>(member.place & 15);
    if (location == Location::kQueryString) ending.required_query.emplace(wire);
    if (location == Location::kHeader) ending.required_headers.emplace(wire);
  }
  return ending;
}

Status check_collisions(const Writer& pack, const Place& place) {
  for (std::size_t left = 0; left < place.endings.size(); ++left) {
    for (std::size_t right = left + 1; right < place.endings.size(); ++right) {
      const auto& a = place.endings[left];
      const auto& b = place.endings[right];
      const auto& first = pack.operations[a.operation];
      const auto& second = pack.operations[b.operation];
      if (a.literals != b.literals || a.required_query != b.required_query ||
          a.required_headers != b.required_headers || first.signing_name != second.signing_name ||
          a.deprecated != b.deprecated) {
        continue;
      }
      return fail(
          ErrorCode::kInvalidConfiguration,
          fmt::format("{} {} and {} have one route, `{} {}`: say in overlay/routes.txt which loses",
                      pack.text(pack.services[first.service].name), pack.text(first.name),
                      pack.text(second.name), pack.text(first.method), pack.text(first.uri)));
    }
  }
  return {};
}

class Emitter {
 public:
  explicit Emitter(Writer& pack) : pack_(pack) {}

  // Parents before children, so that a reader can see that every walk ends.
  Result<format::Index> emit(const Place& place) {
    CHECK_OK(check_collisions(pack_, place));
    const auto index = static_cast<format::Index>(pack_.nodes.size());
    pack_.nodes.emplace_back();
    pack_.nodes[index].routes = emit_endings(place);
    std::vector<format::Edge> edges;
    for (const auto& [text, next] : place.literals) {
      TRY(const auto to, emit(*next));
      edges.push_back({pack_.str(text), to});
    }
    pack_.nodes[index].edges = Writer::run(pack_.edges.size(), pack_.edges.size() + edges.size());
    pack_.edges.insert(pack_.edges.end(), edges.begin(), edges.end());
    if (place.label) {
      TRY(const auto to, emit(*place.label));
      pack_.nodes[index].label = to;
    }
    if (place.greedy) {
      TRY(const auto to, emit(*place.greedy));
      pack_.nodes[index].greedy = to;
    }
    return index;
  }

 private:
  format::Run emit_endings(const Place& place) {
    auto endings = place.endings;
    std::ranges::stable_sort(endings, {}, &Ending::deprecated);
    const auto first = pack_.routes.size();
    for (const auto& ending : endings) {
      const auto first_key = pack_.route_keys.size();
      for (const auto& [key, value] : ending.literals) {
        pack_.route_keys.push_back({pack_.str(key), pack_.str(value), value.empty() ? 1u : 2u});
      }
      if (endings.size() > 1) {  // alone, a missing key is the decoder's to complain about
        for (const auto& key : ending.required_query)
          pack_.route_keys.push_back({pack_.str(key), 0, 0});
      }
      pack_.routes.push_back({ending.operation, Writer::run(first_key, pack_.route_keys.size()),
                              pack_.str(ending.labels)});
    }
    return Writer::run(first, pack_.routes.size());
  }

  Writer& pack_;
};

Status add_service_routes(Writer& pack, format::Index service) {
  std::map<std::string, Place, std::less<>> methods;
  const auto run = pack.services[service].operations;
  for (auto at = run.first; at < run.first + run.count; ++at) {
    const auto uri = std::string(pack.text(pack.operations[at].uri));
    const auto question = uri.find('?');
    const auto query = question == std::string::npos ? std::string_view{}
                                                     : std::string_view(uri).substr(question + 1);
    auto ending = ending_of(pack, at, query);
    auto& place = walk(methods[std::string(pack.text(pack.operations[at].method))],
                       uri.substr(0, question), ending.labels);
    place.endings.push_back(std::move(ending));
  }
  Emitter emitter(pack);
  for (const auto& [method, root] : methods) {
    TRY(const auto node, emitter.emit(root));
    pack.roots.push_back({service, pack.str(method), node});
  }
  return {};
}

}  // namespace

Status add_routes(Writer& pack) {
  for (format::Index at = 0; at < pack.services.size(); ++at) {
    if (is_rest(pack.services[at])) CHECK_OK(add_service_routes(pack, at));
  }
  return {};
}

namespace {

// The newer SDKs send the name of the service's shape alone where the older model has a name space
// before it ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"); AWS takes both.
void add_target_prefixes(Writer& pack, format::Index service) {
  const auto prefix = pack.text(pack.services[service].target_prefix);
  pack.targets.push_back({pack.services[service].target_prefix, service});
  const auto dot = prefix.rfind('.');
  if (dot != std::string_view::npos)
    pack.targets.push_back({pack.str(std::string(prefix.substr(dot + 1))), service});
}

}  // namespace

void add_rpc_tables(Writer& pack) {
  for (format::Index at = 0; at < pack.services.size(); ++at) {
    const auto& service = pack.services[at];
    pack.signed_as.push_back({service.signing_name, at});
    if (service.target_prefix != 0) add_target_prefixes(pack, at);
    const auto end = service.protocols.begin() + service.protocol_count;
    const auto query = std::any_of(service.protocols.begin(), end, [](std::uint8_t code) {
      const auto protocol = static_cast<Protocol>(code);
      return protocol == Protocol::kQuery || protocol == Protocol::kEc2;
    });
    if (query) pack.versions.push_back({service.api_version, at});
    const auto run = service.operations;
    for (auto op = run.first; op < run.first + run.count; ++op) {
      if (pack.operations[op].signing_name != service.signing_name) {
        pack.signed_as.push_back({pack.operations[op].signing_name, at});
      }
    }
  }
}

}  // namespace strait::catalog::compiler
