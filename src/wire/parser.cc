// SPDX-License-Identifier: Apache-2.0
#include "wire/parser.h"

#include "wire/bindings.h"
#include "wire/decode.h"
#include "wire/needs.h"
#include "wire/place.h"
#include "wire/queue_url.h"
#include "wire/recognise.h"

namespace strait::wire {
namespace {

std::string_view host_of(const journey::RequestHead& head) {
  return head.headers.one("host").value_or("");
}

RequestView view_of(const journey::RequestHead& head, std::string_view host,
                    std::string_view body) {
  return {.method = head.method,
          .target = head.target,
          .headers = &head.headers,
          .host = host,
          .body = body};
}

// Decodes as the first candidate whose model the input fits, and leaves in `also` the others that
// it fits as well.
Result<Decoded> decode_fitting(Recognition& recognised, const RequestView& request) {
  auto decoded = decode_input(recognised, request);
  if (recognised.also.empty()) return decoded;
  const bool labelled = !recognised.also_labels.empty();
  std::vector<std::pair<catalog::Operation, Labels>> fitting;
  for (std::size_t at = 0; at <= recognised.also.size(); ++at) {
    Recognition candidate = recognised;
    if (at > 0) candidate.operation = recognised.also[at - 1];
    if (at > 0 && labelled) candidate.labels = recognised.also_labels[at - 1];
    auto attempt = decode_input(candidate, request);
    if (!attempt) continue;
    if (fitting.empty()) decoded = std::move(attempt);
    fitting.emplace_back(candidate.operation, std::move(candidate.labels));
  }
  if (fitting.empty()) return decoded;
  recognised.operation = fitting[0].first;
  recognised.labels = std::move(fitting[0].second);
  recognised.also.clear();
  for (std::size_t at = 1; at < fitting.size(); ++at) recognised.also.push_back(fitting[at].first);
  return decoded;
}

journey::Call blank(std::shared_ptr<const catalog::Catalog> catalog) {
  const catalog::Operation none(catalog.get(), 0);
  return {.catalog = std::move(catalog), .operation = none};
}

Status read_into(journey::Call& call, const RequestView& request, const Marks& marks,
                 const std::optional<Scope>& scope, std::string_view account,
                 const Options& options) {
  auto recognised = recognise(request, marks, scope, *call.catalog, options);
  if (!recognised) return std::unexpected(std::move(recognised).error());
  auto decoded = decode_fitting(*recognised, request);
  if (!decoded) return std::unexpected(std::move(decoded).error());
  CHECK_OK(
      check_host_label(recognised->host_label, recognised->operation, decoded->input, account));
  call.operation = recognised->operation;
  call.also = std::move(recognised->also);
  call.protocol = recognised->protocol;
  call.partition = recognised->partition;
  call.region = std::move(recognised->region);
  call.variant = recognised->variant;
  call.account = account;
  call.input = std::move(decoded->input);
  CHECK_OK(settle_queue_url(call.input, call, request));
  call.payload = decoded->payload;
  call.stream = std::move(decoded->stream);
  call.host = request.host;
  call.user_agent = request.headers->one("user-agent").value_or("");
  call.invocation_id = request.headers->one("amz-sdk-invocation-id").value_or("");
  return {};
}

BodyPlan body_plan(const journey::RequestHead& head, const Marks& marks,
                   const std::optional<Scope>& scope, const catalog::Catalog& catalog,
                   const Options& options) {
  if (marks.claim == Claim::kRest) {
    const auto recognised =
        recognise(view_of(head, host_of(head), ""), marks, scope, catalog, options);
    if (!recognised) return BodyPlan::kNone;  // parse refuses it, body or not
    // Without a word on how the body is bound, the signature covers its digest: so it comes first.
    if (streams_input(recognised->operation) && head.headers.count("x-amz-content-sha256") > 0)
      return BodyPlan::kStream;
  }
  return marks.announces_body ? BodyPlan::kBuffer : BodyPlan::kNone;
}

}  // namespace

Result<Announced> announced(const journey::RequestHead& head, const std::optional<Scope>& scope,
                            const catalog::Catalog& catalog, const Options& options) {
  TRY(const auto marks, read_marks(view_of(head, "", "")));
  return Announced{marks, body_plan(head, marks, scope, catalog, options)};
}

Result<journey::Call> read_input(const RequestView& request,
                                 std::shared_ptr<const catalog::Catalog> catalog,
                                 std::string_view account, const Options& options) {
  TRY(const auto scope, credential_scope(request));
  auto call = blank(std::move(catalog));
  TRY(const auto marks, read_marks(request));
  CHECK_OK(read_into(call, request, marks, scope, account, options));
  return call;
}

Result<journey::Call> read_call(const RequestView& request,
                                std::shared_ptr<const catalog::Catalog> catalog,
                                std::string_view account, const Options& options) {
  TRY(auto call, read_input(request, std::move(catalog), account, options));
  TRY(call.needs, needs_of(call));
  call.context = context_of({});
  return call;
}

Result<journey::ParsedCall> Parser::parse(journey::ReceivedRequest received, const Marks& marks,
                                          const std::optional<Scope>& scope,
                                          std::shared_ptr<const catalog::Catalog> catalog,
                                          std::string_view account, const Options& options) {
  std::unique_ptr<journey::Dossier> dossier(
      new journey::Dossier{.received = std::move(received), .call = blank(std::move(catalog))});
  const auto& request = *dossier->received;
  auto& call = dossier->call;
  const auto view = view_of(request.head(), host_of(request.head()), request.body());
  CHECK_OK(read_into(call, view, marks, scope, account, options));
  TRY(call.needs, needs_of(call));
  const auto& arrival = request.arrival();
  call.context = context_of({.now = arrival.at, .peer = arrival.peer, .tls = arrival.tls});
  return journey::ParsedCall({}, std::move(dossier));
}

}  // namespace strait::wire
