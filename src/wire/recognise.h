// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/uri.h"
#include "wire/claim.h"
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
  catalog::Operation operation{nullptr, 0};
  std::vector<catalog::Operation>
      also;  // what it could equally be; decoding drops those whose model it does not fit
  catalog::Protocol protocol = catalog::Protocol::kRestJson;
  std::string_view partition;  // as the catalog has it
  std::string region;  // of the scope; of a global service the one that AWS signs and judges it in
  catalog::Variant variant;
  // REST: label name and raw, undecoded text (greedy labels keep their slashes).
  Labels labels;
  std::vector<Labels> also_labels;  // beside `also`, for REST: each names its labels itself
  std::string bucket;               // S3: what the host name says, a bucket or an ARN; else ""
  std::string host_label;           // what stood before the endpoint's name, as addressed; else ""
  Pairs query;                      // REST: the query string's pairs
  Pairs form;                       // query protocols: the form's pairs without Action and Version
};

// `marks` and `scope` are read_marks() and credential_scope() of the request.
Result<Recognition> recognise(const RequestView& request, const Marks& marks,
                              const std::optional<Scope>& scope, const catalog::Catalog& catalog,
                              const Options& options);

// The same for a request to `service` that the gateway has made itself and is about to sign so: how
// it reads back what it will send. `host` of the request is "" unless it says part of the input.
Result<Recognition> recognise_own(const RequestView& request, const catalog::Catalog& catalog,
                                  catalog::Service service, const Scope& scope);

}  // namespace strait::wire
