// SPDX-License-Identifier: Apache-2.0
#include "wire/recognise.h"

#include <algorithm>
#include <tuple>

#include "codec/gzip.h"
#include "wire/place.h"
#include "wire/rest_route.h"
#include "wire/s3_place.h"

namespace strait::wire {
namespace {

using catalog::Operation;
using catalog::Protocol;
using catalog::Service;

// What is known before an operation is: who was addressed and for whom the request was signed.
struct Frame {
  const catalog::Catalog& catalog;
  const RequestView& request;
  const Marks& marks;
  const std::optional<Scope>& scope;
  const Place& place;
  std::optional<Service> own;  // whom the gateway addresses, when the request is its own

  bool at_endpoint(Service service) const {
    if (own) return service == *own;
    return !place.endpoint ||
           std::ranges::find(place.endpoint->services, service) != place.endpoint->services.end();
  }
  // Some names can be read in two ways: "maps.geo" is an endpoint of geo-maps, and "maps." before
  // location's "geo".
  bool at_prefixed_endpoint(Operation operation) const {
    const auto prefix = operation.host_prefix();
    if (prefix.empty() || prefix.find('{') != std::string_view::npos ||
        !place.host.starts_with(prefix))
      return false;
    const auto inner = catalog.endpoint(std::string_view(place.host).substr(prefix.size()));
    return inner && inner->label.empty() &&
           std::ranges::find(inner->services, operation.service()) != inner->services.end();
  }
  // An unsigned request to the gateway itself can be only what AWS takes unsigned.
  bool admits(Operation operation) const {
    if (!at_endpoint(operation.service()) && !at_prefixed_endpoint(operation)) return false;
    if (scope) return signed_for(operation);
    return place.endpoint.has_value() || operation.no_auth();
  }
  bool signed_for(Operation operation) const {
    const auto service = operation.service();
    if (operation.signing_name() == scope->service) return true;
    if (scope->service == "s3express")
      return service.name() == "s3control" || service.name() == "s3";
    if (scope->service == "s3-object-lambda")
      return service.name() == "s3" && !operation.host_prefix().empty();
    if (service.signing_name() == scope->service) return true;
    // Endpoint rules may sign under another name, and S3 Control does for Outposts.
    const auto signs = [&](catalog::HostKind kind) {
      const auto target = catalog.target(service, scope->region, {}, kind);
      return target && target->signing_name == scope->service;
    };
    return signs(catalog::HostKind::kPlain) ||
           (service.name() == "s3control" && signs(catalog::HostKind::kOutposts));
  }
  std::string scope_text() const {
    return scope ? quoted(scope->service) : std::string("an unsigned request");
  }
};

// Of operations that fit equally the first stands for all, if they are one operation under several
// clients' names (rds, docdb, neptune) or an old and a new name of one. What the others need is
// needed as well (needs.h).
Status settle(std::span<const Operation> fitting, Recognition& out) {
  out.operation = fitting[0];
  for (const auto& other : fitting.subspan(1)) {
    if (other == fitting[0]) continue;
    const bool one_name = other.name() == fitting[0].name();
    const bool synonym =
        other.service() == fitting[0].service() && other.deprecated() != fitting[0].deprecated();
    if (!one_name && !synonym) {
      return fail(ErrorCode::kAmbiguousRequest,
                  "the request fits both " + std::string(fitting[0].service().name()) + ":" +
                      std::string(fitting[0].name()) + " and " +
                      std::string(other.service().name()) + ":" + std::string(other.name()) +
                      ": address the service by its own endpoint name");
    }
    out.also.push_back(other);
  }
  return {};
}

Status require_rpc_form(const Frame& frame) {
  if (frame.request.method != "POST") {
    return fail(ErrorCode::kMalformedRequest,
                "this protocol takes POST, not " + quoted(frame.request.method));
  }
  return {};
}

Status refuse_query_string(const Frame& frame) {
  if (!frame.request.target.contains('?')) return {};
  return fail(ErrorCode::kAmbiguousRequest, "a query string beside a protocol that has none");
}

// The order among operations that fit equally: current names before old ones, the service that
// others sign as before those others (rds before docdb and neptune), then the catalog's.
std::tuple<bool, bool, std::uint32_t> preference(Operation operation) {
  const auto service = operation.service();
  return {operation.deprecated(), service.name() != service.signing_name(), operation.index()};
}

std::unexpected<Error> no_such_operation(std::string_view what) {
  return fail(ErrorCode::kUnknownOperation, "no AWS operation is called " + quoted(what));
}

std::unexpected<Error> not_admitted(const Frame& frame, std::string_view what) {
  return fail(ErrorCode::kUnknownOperation,
              quoted(what) + " is no operation of what the request was signed for and sent to: " +
                  frame.scope_text() + " at " + quoted(frame.request.host));
}

// Keeps what the frame admits, and says what was wrong when nothing is left.
Status narrow(const Frame& frame, catalog::Operations& found, std::string_view what,
              Recognition& out) {
  if (found.empty()) return no_such_operation(what);
  found.keep_if([&](Operation operation) { return frame.admits(operation); });
  if (found.empty()) return not_admitted(frame, what);
  if (found.size() == 1) {
    out.operation = found[0];
    return {};
  }
  std::ranges::sort(found.all(), {}, preference);
  return settle(found.all(), out);
}

Status recognise_json(const Frame& frame, Recognition& out) {
  CHECK_OK(require_rpc_form(frame));
  if (frame.request.target != "/") {
    CHECK_OK(refuse_query_string(frame));
    return fail(ErrorCode::kMalformedRequest, "the JSON protocols take the path / alone");
  }
  const auto dot = frame.marks.target.rfind('.');
  if (dot == std::string_view::npos) {
    return fail(ErrorCode::kMalformedRequest,
                "X-Amz-Target " + quoted(frame.marks.target) + " has no dot");
  }
  auto found = frame.catalog.operations_by_target(frame.marks.target.substr(0, dot),
                                                  frame.marks.target.substr(dot + 1));
  CHECK_OK(narrow(frame, found, frame.marks.target, out));
  // A service speaks one of the two; what goes upstream is the one it speaks.
  const auto claimed =
      frame.marks.content_type.ends_with("1.0") ? Protocol::kJson10 : Protocol::kJson11;
  const auto other = claimed == Protocol::kJson10 ? Protocol::kJson11 : Protocol::kJson10;
  out.protocol = out.operation.service().speaks(claimed) ? claimed : other;
  return {};
}

Status recognise_cbor(const Frame& frame, Recognition& out) {
  CHECK_OK(require_rpc_form(frame));
  CHECK_OK(refuse_query_string(frame));
  if (!media_type_is(frame.marks.content_type, "application/cbor") &&
      !frame.marks.content_type.empty()) {
    return fail(
        ErrorCode::kAmbiguousRequest,
        "rpc-v2-cbor needs content-type application/cbor, not " + quoted(frame.marks.content_type));
  }
  auto path = frame.request.path();
  constexpr std::string_view kService = "/service/";
  constexpr std::string_view kOperation = "/operation/";
  const auto middle = path.find(kOperation);
  if (!path.starts_with(kService) || middle == std::string_view::npos || middle < kService.size()) {
    return fail(ErrorCode::kMalformedRequest,
                "rpc-v2-cbor takes the path /service/<name>/operation/<name>");
  }
  const auto service = path.substr(kService.size(), middle - kService.size());
  const auto operation = path.substr(middle + kOperation.size());
  auto found = frame.catalog.operations_by_cbor(service, operation);
  CHECK_OK(narrow(frame, found, operation, out));
  out.protocol = Protocol::kRpcV2Cbor;
  return {};
}

// Takes the one pair called `name` out of the form; nullopt when there is none or more than one.
std::optional<std::string> take_one(Pairs& form, std::string_view name) {
  if (std::ranges::count(form, name, &codec::QueryPair::name) != 1) return std::nullopt;
  const auto found = std::ranges::find(form, name, &codec::QueryPair::name);
  auto value = std::move(found->value);
  form.erase(found);
  return value;
}

Status recognise_query(const Frame& frame, Recognition& out) {
  CHECK_OK(require_rpc_form(frame));
  CHECK_OK(refuse_query_string(frame));
  if (std::ranges::find(out.form, "AWSAccessKeyId", &codec::QueryPair::name) != out.form.end()) {
    return fail(ErrorCode::kUnsupported, "SigV2 signatures are not taken: sign with SigV4");
  }
  const auto action = take_one(out.form, "Action");
  const auto version = take_one(out.form, "Version");
  if (!action || !version) {
    return fail(ErrorCode::kAmbiguousRequest,
                "a query request needs Action and Version in the body, each once");
  }
  auto found = frame.catalog.operations_by_query(*action, *version);
  CHECK_OK(narrow(frame, found, *action, out));
  const auto service = out.operation.service();
  // Older SDKs send SQS calls to the queue's own path: settle_queue_url() looks at it.
  if (frame.request.path() != "/" && service.name() != "sqs")
    return fail(ErrorCode::kMalformedRequest, "the query protocol takes the path / alone");
  if (!service.speaks(Protocol::kEc2) && !service.speaks(Protocol::kQuery)) {
    return fail(ErrorCode::kUnknownOperation,
                std::string(service.name()) + " does not speak the query protocol");
  }
  out.protocol = service.speaks(Protocol::kEc2) ? Protocol::kEc2 : Protocol::kQuery;
  return {};
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

std::vector<Service> rest_services(const Frame& frame) {
  std::vector<Service> services;
  if (frame.scope) {
    services = frame.catalog.services_signed_as(frame.scope->service);
    const auto include = [&](std::string_view name) {
      const auto service = frame.catalog.service(name);
      if (service && std::ranges::find(services, *service) == services.end())
        services.push_back(*service);
    };
    if (frame.scope->service == "s3express" || frame.scope->service == "s3-object-lambda")
      include("s3");
    if (frame.scope->service == "s3express") include("s3control");
  } else if (frame.place.endpoint) {
    services = frame.place.endpoint->services;
  } else {
    for (std::uint32_t at = 0; at < frame.catalog.service_count(); ++at)
      services.push_back(frame.catalog.service(at));
  }
  return services;
}

bool speaks_rest(Service service) {
  return service.speaks(Protocol::kRestJson) || service.speaks(Protocol::kRestXml);
}

using Routes = std::vector<catalog::Catalog::Route>;

// S3 takes the bucket from the host or from the path.
Status routes_of_s3(const Frame& frame, Service s3, const RestRequest& request, Routes& out) {
  if (!frame.at_endpoint(s3)) return {};
  TRY(const auto bucket, bucket_at(frame.place));
  if (bucket.empty()) {
    fitting_routes(s3, request, out);
    return {};
  }
  auto with_bucket = request;
  with_bucket.segments.insert(with_bucket.segments.begin(), bucket);
  fitting_routes(s3, with_bucket, out);
  return {};
}

void routes_of_service(const Frame& frame, Service service, const RestRequest& request,
                       Routes& out) {
  const auto before = out.size();
  fitting_routes(service, request, out);
  if (out.size() != before) return;
  // Nothing fits the path as it is: perhaps the endpoint rules put something before it ("/v2" for
  // geo-maps).
  const auto region = frame.scope ? frame.scope->region : std::string_view("us-east-1");
  const auto target = frame.catalog.target(service, region);
  if (!target || target->path_prefix.size() < 2) return;
  const auto prefix = target->path_prefix.substr(1);
  if (request.segments.empty() || request.segments[0] != prefix) return;
  auto rest = request;
  rest.segments.erase(rest.segments.begin());
  fitting_routes(service, rest, out);
}

// cloudsearchdomain's clients send Search, which is modelled as GET, as a form with the same
// parameters.
bool is_rewritten_get(const Frame& frame, std::span<const Service> services) {
  return frame.marks.claim == Claim::kForm && std::ranges::any_of(services, [](Service service) {
           return service.name() == "cloudsearchdomain";
         });
}

// What is signed for S3 Express is about directory buckets, and those are recognisable by name.
bool is_express(const Frame& frame, const catalog::Catalog::Route& route) {
  if (!frame.scope || frame.scope->service != "s3express" ||
      route.operation.service().name() != "s3")
    return true;
  if (route.operation.signing_name() == "s3express") return true;
  return !route.labels.empty() && route.labels[0].first == "Bucket" &&
         route.labels[0].second.ends_with("--x-s3");
}

Status recognise_rest(const Frame& frame, Recognition& out) {
  const auto services = rest_services(frame);
  if (services.empty()) {
    return fail(ErrorCode::kUnknownService, "no AWS service is signed for as " +
                                                frame.scope_text() + " at " +
                                                quoted(frame.request.host));
  }
  TRY(out.query, codec::parse_query(frame.request.query()));
  RestRequest rest{.catalog = &frame.catalog,
                   .method = frame.request.method,
                   .segments = segments_of(frame.request.path()),
                   .query = &out.query,
                   .headers = frame.request.headers,
                   .scope_service = frame.scope ? frame.scope->service : std::string_view()};
  if (is_rewritten_get(frame, services)) {
    rest.method = "GET";
    std::ranges::move(out.form, std::back_inserter(out.query));
    out.form.clear();
  }
  Routes routes;
  const bool to_object_lambda = frame.scope && frame.scope->service == "s3-object-lambda";
  Status of_s3;
  for (const auto service : services) {
    if (!speaks_rest(service)) continue;
    if (service.name() == "s3" && !to_object_lambda) {
      of_s3 = routes_of_s3(frame, service, rest, routes);
    } else {
      routes_of_service(frame, service, rest, routes);
    }
  }
  std::erase_if(routes, [&](const auto& route) {
    return !frame.admits(route.operation) || !is_express(frame, route);
  });
  if (routes.empty()) {
    CHECK_OK(of_s3);
    return fail(ErrorCode::kUnknownOperation,
                "no operation of " + frame.scope_text() + " has the route " +
                    std::string(frame.request.method) + " " + quoted(frame.request.target));
  }
  std::ranges::sort(routes, {}, [](const auto& route) { return preference(route.operation); });
  std::vector<Operation> fitting;
  for (const auto& route : routes) fitting.push_back(route.operation);
  CHECK_OK(settle(fitting, out));
  out.labels = std::move(routes[0].labels);
  for (const auto& other : out.also) {
    const auto route =
        std::ranges::find(routes, other, [](const auto& one) { return one.operation; });
    out.also_labels.push_back(route->labels);
  }
  const auto service = out.operation.service();
  out.protocol = service.speaks(Protocol::kRestXml) ? Protocol::kRestXml : Protocol::kRestJson;
  return {};
}

Status recognise_form(const Frame& frame, Recognition& out) {
  std::string inflated;
  if (frame.marks.compressed) {
    TRY(inflated, codec::gunzip(frame.request.body));
  }
  TRY(out.form, codec::parse_form(frame.marks.compressed ? inflated : frame.request.body));
  const bool query =
      std::ranges::find(out.form, "Action", &codec::QueryPair::name) != out.form.end();
  return query ? recognise_query(frame, out) : recognise_rest(frame, out);
}

// The one x-id that AWS's own SDKs add must tell the truth; it never decides anything.
Status check_operation_hint(const Recognition& out) {
  for (const auto& pair : out.query) {
    if (pair.name == "x-id" && pair.value != out.operation.name()) {
      return fail(ErrorCode::kAmbiguousRequest, "x-id says " + quoted(pair.value) +
                                                    " but the request is " +
                                                    std::string(out.operation.name()));
    }
  }
  return {};
}

Status place_in_region(const Frame& frame, Recognition& out) {
  const auto& endpoint = frame.place.endpoint;
  if (frame.scope) {
    out.region = frame.scope->region;
    if (endpoint && !endpoint->region.empty() && out.region != endpoint->region &&
        out.region != endpoint->signing_region) {
      return fail(ErrorCode::kAmbiguousRequest, "signed for region " + quoted(out.region) +
                                                    " but sent to " + quoted(endpoint->region));
    }
  } else if (endpoint) {
    out.region =
        endpoint->region.empty() ? std::string(endpoint->signing_region) : endpoint->region;
  }
  if (endpoint) out.variant = endpoint->variant;
  if (out.region.empty()) out.region = "us-east-1";
  out.partition = frame.catalog.partition_of(out.region);
  if (out.partition.empty()) {
    return fail(ErrorCode::kUnknownService,
                "region " + quoted(out.region) + " belongs to no AWS partition");
  }
  if (endpoint && endpoint->partition != out.partition) {
    return fail(ErrorCode::kAmbiguousRequest,
                "signed for a region of " + std::string(out.partition) +
                    " but sent to an endpoint of " + std::string(endpoint->partition));
  }
  // A global service is in one region, wherever it is called from: AWS signs and judges it there.
  if (!out.operation.service().global()) return {};
  const auto target = frame.catalog.target(out.operation.service(), out.region);
  if (target && !target->signing_region.empty()) out.region = target->signing_region;
  return {};
}

// Whether the bucket was taken from the host name, so that its label is explained.
bool label_is_bucket(const Frame& frame, const Recognition& out) {
  return out.operation.service().name() == "s3" && !frame.place.label.empty() &&
         !out.labels.empty() && out.labels[0].first == "Bucket";
}

Status recognise_in(const Frame& frame, Recognition& out) {
  switch (frame.marks.claim) {
    case Claim::kJson: CHECK_OK(recognise_json(frame, out)); break;
    case Claim::kCbor: CHECK_OK(recognise_cbor(frame, out)); break;
    case Claim::kForm: CHECK_OK(recognise_form(frame, out)); break;
    case Claim::kRest: CHECK_OK(recognise_rest(frame, out)); break;
  }
  CHECK_OK(check_operation_hint(out));
  CHECK_OK(place_in_region(frame, out));
  if (label_is_bucket(frame, out)) {
    out.bucket = out.labels[0].second;
  } else if (frame.at_endpoint(out.operation.service())) {
    out.host_label = frame.place.label;
  }  // else the operation's own prefix has explained the name
  return {};
}

Result<Recognition> recognise_at(const RequestView& request, const Marks& marks,
                                 const catalog::Catalog& catalog, const std::optional<Scope>& scope,
                                 const Place& place, std::optional<Service> own) {
  Result<Recognition> out(std::in_place);  // the one that is returned, so that it need not move
  if (!request.target.starts_with('/')) {
    out = fail(ErrorCode::kMalformedRequest, "the request target must begin with /");
  } else if (auto done = recognise_in({catalog, request, marks, scope, place, own}, *out); !done) {
    out = std::unexpected(std::move(done).error());
  }
  return out;
}

}  // namespace

Result<Recognition> recognise(const RequestView& request, const Marks& marks,
                              const std::optional<Scope>& scope, const catalog::Catalog& catalog,
                              const Options& options) {
  const auto place = locate(request.host, catalog, options);
  if (!place) return std::unexpected(place.error());
  return recognise_at(request, marks, catalog, scope, *place, std::nullopt);
}

Result<Recognition> recognise_own(const RequestView& request, const catalog::Catalog& catalog,
                                  Service service, const Scope& scope) {
  Place place;
  if (!request.host.empty()) {
    place.endpoint = catalog.endpoint(request.host);
    if (!place.endpoint) return fail(ErrorCode::kInternal, "an upstream host is no endpoint");
    place.host = request.host;
    place.label = place.endpoint->label;
  }
  const auto marks = read_marks(request);
  if (!marks) return std::unexpected(marks.error());
  return recognise_at(request, *marks, catalog, scope, place, service);
}

}  // namespace strait::wire
