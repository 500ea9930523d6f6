// SPDX-License-Identifier: Apache-2.0
#include "diff/reader.h"

#include <algorithm>
#include <array>

#include "diff/rest_input.h"
#include "diff/shaping.h"

namespace strait::diff {
namespace {

using catalog::Operation;
using catalog::Protocol;

// Dot segments and empty ones go, encoded or not; so does a slash at the end.
std::string tidied(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const auto segment : split(path, '/')) {
    const auto plain = percent_decoded(segment, false);
    if (plain.empty() || plain == ".") continue;
    if (plain == "..") {
      if (!kept.empty()) kept.pop_back();
    } else {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const auto segment : kept) out.append("/").append(segment);
  return out.empty() ? "/" : out;
}

Pairs headers_as_seen(const Sent& sent, const Personality& who) {
  Pairs out;
  for (const auto& [given, value] : sent.headers) {
    auto name = given;
    // The keys of an object's metadata are S3's to keep, underscores and all.
    if (who.underscores && !name.starts_with("x-amz-meta-")) std::ranges::replace(name, '_', '-');
    const auto seen = std::ranges::find(out, name, [](const auto& pair) { return pair.first; });
    if (seen == out.end()) {
      out.emplace_back(std::move(name), value);
    } else if (who.headers == Repeated::kLast) {
      seen->second = value;
    } else if (who.headers == Repeated::kJoined) {
      seen->second += "," + value;
    }
  }
  return out;
}

std::string header(const Pairs& headers, std::string_view name) {
  const auto found = std::ranges::find(headers, name, [](const auto& pair) { return pair.first; });
  return found == headers.end() ? std::string() : found->second;
}

std::string_view path_of(const Sent& sent) {
  return std::string_view(sent.target).substr(0, sent.target.find('?'));
}
std::string_view query_of(const Sent& sent) {
  const auto mark = sent.target.find('?');
  return mark == std::string::npos ? "" : std::string_view(sent.target).substr(mark + 1);
}

codec::Value input_of(Operation operation, const std::optional<Tree>& tree, const Personality& who,
                      bool cbor) {
  const auto shape = operation.input();
  if (!shape || !tree || tree->kind != Tree::Kind::kMap) return codec::Value(codec::Object());
  return from_tree(*tree, *shape, who, cbor);
}

std::string parameter(const Pairs& pairs, std::string_view name, const Personality& who) {
  std::string out;
  for (const auto& [given, value] : pairs) {
    if (!same_name(given, name, who)) continue;
    out = value;
    if (who.parameters == Keep::kFirst) break;
  }
  return out;
}

}  // namespace

std::vector<Reading> Reader::by_target(const Sent& sent, const Personality& who) const {
  const auto target = header(sent.headers, "x-amz-target");
  const auto dot = target.rfind('.');
  std::vector<Reading> out;
  if (dot == std::string::npos) return out;
  const auto tree = json_tree(sent.body, who.keys == Keep::kLast);
  for (const auto service : sent.services) {
    if (!service.speaks(Protocol::kJson10) && !service.speaks(Protocol::kJson11)) continue;
    if (service.target_prefix() != target.substr(0, dot)) continue;
    const auto operation = service.operation(std::string_view(target).substr(dot + 1));
    if (operation) out.push_back({*operation, input_of(*operation, tree, who, false)});
  }
  return out;
}

std::vector<Reading> Reader::by_smithy(const Sent& sent, const Personality& who) const {
  std::vector<Reading> out;
  const auto path = path_of(sent);
  const auto mark = path.find("/operation/");
  if (mark == std::string_view::npos || !header(sent.headers, "smithy-protocol").contains("cbor"))
    return out;
  const auto tree = cbor_tree(sent.body);
  for (const auto service : sent.services) {
    if (!service.speaks(Protocol::kRpcV2Cbor)) continue;
    const auto operation = service.operation(path.substr(mark + 11));
    if (operation) out.push_back({*operation, input_of(*operation, tree, who, true)});
  }
  return out;
}

std::vector<Reading> Reader::by_action(const Sent& sent, const Personality& who) const {
  std::vector<Reading> out;
  auto pairs = pairs_of(sent.body, who.semicolons, true);
  if (!header(sent.headers, "content-type").contains("form") || sent.streams) pairs.clear();
  const auto beside = pairs_of(query_of(sent), who.semicolons, true);
  pairs.insert(who.query_over_body ? pairs.begin() : pairs.end(), beside.begin(), beside.end());
  const auto action = parameter(pairs, "Action", who), version = parameter(pairs, "Version", who);
  if (action.empty()) return out;
  for (const auto service : sent.services) {
    const bool ec2 = service.speaks(Protocol::kEc2);
    if (!ec2 && !service.speaks(Protocol::kQuery)) continue;
    const auto operation = service.operation(action);
    if (!operation || (!version.empty() && version != service.api_version())) continue;
    const auto shape = operation->input();
    out.push_back(
        {*operation, shape ? from_form(pairs, *shape, who, ec2) : codec::Value(codec::Object())});
  }
  return out;
}

std::vector<Reading> Reader::by_route(const Sent& sent, const Personality& who) {
  std::vector<Reading> out;
  auto method = sent.method;
  if (who.underscores) {
    for (const auto* name : {"x-http-method-override", "x-http-method", "x-method-override"}) {
      if (auto other = header(sent.headers, name); !other.empty()) method = std::move(other);
    }
  }
  const auto query = pairs_of(query_of(sent), who.semicolons, who.pluses);
  for (const auto service : sent.services) {
    if (!service.speaks(Protocol::kRestJson) && !service.speaks(Protocol::kRestXml)) continue;
    const bool keys = service.name() == "s3";
    std::string path(path_of(sent));
    if (path.starts_with(sent.path_prefix + "/")) path.erase(0, sent.path_prefix.size());
    // A front end that decodes before it routes; slashes that were encoded stay so, as ARNs need.
    if (who.tidies_paths && !keys) path = tidied(path);
    const Asked asked{method, path, &query, &sent.headers};
    for (const auto& route : routes_.of(service, asked, who))
      out.push_back({route.operation, rest_input(route, sent, query, who)});
  }
  return out;
}

std::vector<Reading> Reader::read(const Sent& raw, const Personality& who) {
  auto sent = raw;
  sent.headers = headers_as_seen(raw, who);
  auto order = std::array{Prefers::kTarget, Prefers::kSmithy, Prefers::kAction, Prefers::kRoute};
  std::ranges::stable_partition(order, [&](Prefers claim) { return claim == who.prefers; });
  for (const auto claim : order) {
    auto found = claim == Prefers::kTarget   ? by_target(sent, who)
                 : claim == Prefers::kSmithy ? by_smithy(sent, who)
                 : claim == Prefers::kAction ? by_action(sent, who)
                                             : by_route(sent, who);
    if (!found.empty()) return found;
  }
  return {};
}

std::string tagging_meaning(std::string_view text, const Personality& who) {
  std::string out;
  Pairs seen;
  for (const auto& [key, value] : pairs_of(text, who.semicolons, who.pluses)) {
    const auto before = std::ranges::find(seen, key, [](const auto& pair) { return pair.first; });
    if (before == seen.end()) {
      seen.emplace_back(key, value);
    } else if (who.parameters == Keep::kLast) {
      before->second = value;
    }
  }
  for (const auto& [key, value] : seen) out += "tag " + key + " is " + value + "\n";
  return out;
}

std::string copy_source_meaning(std::string_view text, bool decodes_first) {
  const std::string whole = decodes_first ? percent_decoded(text, true) : std::string(text);
  const auto mark = std::string_view(whole).find("?versionId=");
  auto source = whole.substr(0, mark);
  auto version = mark == std::string::npos ? std::string() : whole.substr(mark + 11);
  if (!decodes_first) {
    source = percent_decoded(source, false);
    version = percent_decoded(version, false);
  }
  if (source.starts_with('/')) source.erase(0, 1);
  return source + "\nversion " + version;
}

}  // namespace strait::diff
