// SPDX-License-Identifier: Apache-2.0
#include "wire/rest_route.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace strait::wire {
namespace {

using catalog::Location;
using catalog::Operation;
using catalog::ShapeKind;

constexpr auto kTransportHeaders = std::to_array<std::string_view>({
    "accept",
    "accept-encoding",
    "accept-language",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "baggage",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "keep-alive",
    "pragma",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "user-agent",
    "x-amzn-query-mode",
    "x-amzn-trace-id",
});
static_assert(std::ranges::is_sorted(kTransportHeaders));

// Few, and asked for at every x-amz- header of a call.
constexpr auto kAmazonTransportHeaders = std::to_array<std::string_view>({
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-decoded-content-length",
    "x-amz-glacier-version",
    "x-amz-sdk-checksum-algorithm",
    "x-amz-security-token",
    "x-amz-te",  // Java asks S3 for a trailing checksum so, and takes a reply without one
    "x-amz-trailer",
    "x-amz-user-agent",
});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_header(std::string_view model, std::string_view lowered) {
  return std::ranges::equal(model, lowered, {}, lower);
}

// What the bindings of one operation say about one request.
class Fit {
 public:
  Fit(Operation operation, const RestRequest& request) : operation_(operation), request_(request) {
    const auto input = operation.input();
    if (!input) return;
    for (std::uint32_t at = 0; at < input->member_count(); ++at) {
      const auto member = input->member(at);
      if (member.location() == Location::kQueryString) {
        if (member.shape().kind() == ShapeKind::kMap) any_query_key_ = true;
        bound_.push_back(member);
      } else if (member.location() == Location::kHeader ||
                 member.location() == Location::kHeaders) {
        bound_.push_back(member);
      }
    }
  }

  bool knows_query_keys() const {
    if (any_query_key_ || request_.query->empty()) return true;
    const auto literals = literal_keys(operation_.uri());
    return std::ranges::all_of(*request_.query, [&](const codec::QueryPair& pair) {
      if (pair.name == "x-id" ||
          std::ranges::find(literals, pair.name, &LiteralKey::name) != literals.end())
        return true;
      return std::ranges::any_of(bound_, [&](const catalog::Member& member) {
        return member.location() == Location::kQueryString && member.wire_name() == pair.name;
      });
    });
  }

  bool knows_headers() const {
    return std::ranges::all_of(request_.headers->fields(), [&](const auto& field) {
      const std::string_view name = field.first;
      return !name.starts_with("x-amz-") || is_transport_header(name) ||
             is_body_checksum_header(operation_, name) || models_header(name);
    });
  }

  // How many required header members the request has; nullopt when it lacks one.
  std::optional<int> required_headers() const {
    int count = 0;
    for (const auto& member : bound_) {
      if (member.location() != Location::kHeader || !member.required()) continue;
      const bool there = std::ranges::any_of(request_.headers->fields(), [&](const auto& field) {
        return same_header(member.wire_name(), field.first);
      });
      if (!there) return std::nullopt;
      ++count;
    }
    return count;
  }

 private:
  bool models_header(std::string_view name) const {
    return std::ranges::any_of(bound_, [&](const catalog::Member& member) {
      if (member.location() == Location::kHeader) return same_header(member.wire_name(), name);
      const auto prefix = member.location_name();
      return member.location() == Location::kHeaders && name.size() >= prefix.size() &&
             same_header(prefix, name.substr(0, prefix.size()));
    });
  }

  Operation operation_;
  const RestRequest& request_;
  std::vector<catalog::Member> bound_;
  bool any_query_key_ = false;
};

struct Scored {
  catalog::Catalog::Route route;
  int required = 0;
  bool scoped = false;
};

}  // namespace

bool is_transport_header(std::string_view name) {
  if (name.starts_with("x-amz-")) return std::ranges::count(kAmazonTransportHeaders, name) != 0;
  return std::ranges::binary_search(kTransportHeaders, name);
}

bool is_body_checksum_header(Operation operation, std::string_view name) {
  if (name.starts_with("x-amz-checksum-"))
    return operation.checksum_required() || !operation.checksum_algorithm_member().empty();
  // Some clients send S3 Glacier's own with every body, whatever the model says.
  return name == "x-amz-sha256-tree-hash" && operation.service().name() == "glacier";
}

std::vector<LiteralKey> literal_keys(std::string_view uri) {
  std::vector<LiteralKey> keys;
  auto at = uri.find('?');
  while (at != std::string_view::npos) {
    uri.remove_prefix(at + 1);
    at = uri.find('&');
    const auto pair = uri.substr(0, at);
    const auto equals = pair.find('=');
    if (!pair.empty()) {
      keys.push_back({pair.substr(0, equals),
                      equals == std::string_view::npos ? "" : pair.substr(equals + 1)});
    }
  }
  return keys;
}

void fitting_routes(catalog::Service service, const RestRequest& request,
                    std::vector<catalog::Catalog::Route>& out) {
  std::vector<std::pair<std::string_view, std::string_view>> query;
  query.reserve(request.query->size());
  for (const auto& pair : *request.query) query.emplace_back(pair.name, pair.value);

  std::vector<Scored> fitting;
  auto routes = request.catalog->routes(service, request.method, request.segments, query);
  for (auto& route : routes) {
    const Fit fit(route.operation, request);
    if (!fit.knows_query_keys() || !fit.knows_headers()) continue;
    const auto required = fit.required_headers();
    if (!required) continue;
    const bool scoped = route.operation.signing_name() == request.scope_service;
    fitting.push_back(Scored{std::move(route), *required, scoped});
  }
  if (fitting.empty()) return;
  const auto rank = [](const Scored& scored) { return std::tuple(scored.required, scored.scoped); };
  const auto best = rank(*std::ranges::max_element(fitting, {}, rank));
  for (auto& scored : fitting) {
    if (rank(scored) == best) out.push_back(std::move(scored.route));
  }
}

}  // namespace strait::wire
