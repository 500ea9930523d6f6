// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/uri.h"
#include "wire/request_view.h"

// From a REST request to the operations that its route, query keys and x-amz-* headers fit.
// Catalog::routes decides by path and keys; here decides what the whole request carries: an
// operation that does not know one of its query keys or x-amz-* headers, or lacks a header it
// requires, is out.
namespace strait::wire {

struct RestRequest {
  const catalog::Catalog* catalog;
  std::string_view method;
  std::vector<std::string_view> segments;  // raw, after the leading '/'
  const std::vector<codec::QueryPair>* query;
  const journey::Headers* headers;
  std::string_view scope_service;  // "" when unsigned
};

// Appends what fits of `service`. In order of preference when several are left.
void fitting_routes(catalog::Service service, const RestRequest& request,
                    std::vector<catalog::Catalog::Route>& out);

// Literal keys of a modelled URI: "?uploads" is {"uploads", ""}, "?list-type=2" is {"list-type",
// "2"}.
struct LiteralKey {
  std::string_view name;
  std::string_view value;
};
std::vector<LiteralKey> literal_keys(std::string_view uri);

// Headers that carry the transport or the SDK's housekeeping: they are read by others, and never
// part of the input.
bool is_transport_header(std::string_view name);

// Checksum headers of a body whose operation takes checksums without modelling that header.
bool is_body_checksum_header(catalog::Operation operation, std::string_view name);

}  // namespace strait::wire
