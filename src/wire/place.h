// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/value.h"
#include "wire/request_view.h"

// Where a request was addressed: an AWS endpoint by its name (forward proxy), or the gateway
// itself.
namespace strait::wire {

struct Place {
  std::optional<catalog::Endpoint> endpoint;  // set for AWS names
  std::string host;                           // without port, in lower case
  std::string label;  // before the endpoint's or the gateway's name: "bucket", "123456789012",
                      // "sync-"; "" when nothing
};

// kUnknownService for a name under an AWS domain that is no endpoint, and for a host that is not
// the gateway's.
Result<Place> locate(std::string_view host, const catalog::Catalog& catalog,
                     const Options& options);

// The endpoint whose name `host` is, without port: by itself, or after a label that something there
// explains (a bucket at S3, a host prefix, an account). nullopt for every other name, under a
// domain of AWS's or not. For those who have the name alone to go by, as a forward proxy at
// CONNECT.
std::optional<catalog::Endpoint> endpoint_named(std::string_view host,
                                                const catalog::Catalog& catalog);

// The modelled host prefix with its {labels} filled from the input: "123456789012.", "sync-"; ""
// when there is none. kInvalidInput when a label's member is absent or cannot stand in a host name.
// One that ends in '/' is not a prefix but a host of its own, in `region`.
Result<std::string> expand_host_prefix(catalog::Operation operation, const codec::Value& input,
                                       std::string_view region = {});

// The service's host with such a prefix before it, or the one that it is instead.
Status put_before_host(std::string_view prefix, catalog::Service service,
                       const catalog::Catalog& catalog, std::string& host);

// Whether `label` (of a Place) is what the operation and its input ask for, or is not there.
// Kinesis and DynamoDB have endpoints by account, whose label must be `account`.
Status check_host_label(std::string_view label, catalog::Operation operation,
                        const codec::Value& input, std::string_view account);

}  // namespace strait::wire
