// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/uri.h"
#include "wire/place.h"
#include "wire/request_view.h"

// Which operation a request is. A total function of host, credential scope, protocol claim, route
// and query keys: it names exactly one operation or refuses (kUnknownService, kUnknownOperation,
// kAmbiguousRequest, kUnsupported). The User-Agent and `x-id` never decide. A request that carries
// the marks of two protocols is refused.
//
// Pure, no I/O; any thread. The body is looked at for the query protocols alone (its Action and
// Version). Sources: Smithy "protocol precedence" and rpcv2Cbor specifications.
namespace strait::wire {

using Pairs = std::vector<codec::QueryPair>;  // decoded, in order of arrival

using Labels = std::vector<std::pair<std::string_view, std::string>>;

struct Recognition {
  catalog::Operation operation;
  std::vector<catalog::Operation>
      also;  // what it could equally be; decoding drops those whose model it does not fit
  catalog::Protocol protocol;
  std::string partition;
  std::string region;
  // REST: label name and raw, undecoded text (greedy labels keep their slashes).
  Labels labels;
  std::vector<Labels> also_labels;  // beside `also`, for REST: each names its labels itself
  std::string bucket;               // S3 virtual-host addressing: the label of the host, else ""
  std::string host_label;           // what stood before the endpoint's name, as addressed; else ""
  Pairs query;                      // REST: the query string's pairs
  Pairs form;                       // query protocols: the form's pairs without Action and Version
};

Result<Recognition> recognise(const RequestView& request, const catalog::Catalog& catalog,
                              const Options& options);

// The same when scope and place are known otherwise: how the gateway reads back what it is about to
// sign itself.
Result<Recognition> recognise_at(const RequestView& request, const catalog::Catalog& catalog,
                                 std::optional<Scope> scope, Place place);

}  // namespace strait::wire
