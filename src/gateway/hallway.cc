// SPDX-License-Identifier: Apache-2.0
#include "gateway/hallway.h"

#include <spdlog/spdlog.h>

#include "base/limits.h"
#include "gateway/agent_body.h"
#include "gateway/interim.h"
#include "gateway/told.h"
#include "policy/judge.h"
#include "sigv4/signer.h"
#include "wire/encode.h"
#include "wire/proxy_host.h"
#include "wire/request_view.h"
#include "wire/upstream_target.h"

namespace strait::gateway {

namespace {

// Whom the request says it is signed by, and for what.
Result<std::optional<wire::Scope>> scope_of(const journey::RequestHead& head) {
  return wire::credential_scope({head.method, head.target, &head.headers, "", ""});
}

}  // namespace

Result<std::unique_ptr<Hallway>> Hallway::create(async::Loop& loop, Rooms rooms) {
  TRY(auto masker, mask::Masker::make(rooms.detectors));
  return std::unique_ptr<Hallway>(new Hallway(loop, std::move(rooms), std::move(masker)));
}

Hallway::Hallway(async::Loop& loop, Rooms rooms, mask::Masker masker)
    : loop_(loop),
      rooms_(std::move(rooms)),
      login_(*rooms_.minter, *rooms_.clock),
      world_(*rooms_.world),
      sessions_(rooms_.minter),
      masker_(std::move(masker)),
      inputs_(rooms_.catalog, *rooms_.mask_key) {}

Hallway::~Hallway() = default;

async::Task<void> Hallway::walk(net::Exchange& exchange) {
  Told told{.arrival = exchange.request().arrival(), .world = world_.current()};
  told.now = told.arrival.at;
  told.shape = wire::guess_error_shape(exchange.request().head());
  told.head_method = exchange.request().head().method == "HEAD";
  if (auto passed = co_await pass(exchange, told); !passed)
    co_await refuse(exchange, told, passed.error());
}

async::Task<Status> Hallway::pass(net::Exchange& exchange, Told& told) {
  CO_CHECK_OK(wire::check_tunnel(exchange.request()));
  CO_TRY(const auto scope, scope_of(exchange.request().head()));
  if (!scope) co_return co_await pass_unsigned(exchange, told);
  CO_TRY(const auto said, claim(exchange.request().head(), told, scope));
  if (said.body == wire::BodyPlan::kBuffer && !exchange.take_body(limits::kBodyBufferedBytesMax)) {
    CO_CHECK_OK(check_head(exchange.request().head(), told));
    CO_CHECK_OK(co_await exchange.read_body(limits::kBodyBufferedBytesMax));
    told.now = rooms_.clock->now();
  }
  CO_TRY(auto body, prove(exchange, told, scope, said));
  if (wire::is_get_caller_identity(told.authenticated->call()))
    co_return co_await answer_identity(exchange, told);
  CO_CHECK_OK(judge(told));
  if (!told.permitted) CO_CHECK_OK(co_await settle(exchange, told));
  co_return co_await send(exchange, told, std::move(body));
}

// The token names a session; the signature will prove it. Until then it decides nothing but how
// much we read.
Result<wire::Announced> Hallway::claim(const journey::RequestHead& head, Told& told,
                                       const std::optional<wire::Scope>& scope) {
  told.claimed_key = scope->access_key_id;
  TRY(told.claimed, claimed_session(head, scope->access_key_id, told.now));
  told.role = told.world->role(told.claimed->session.role);
  if (told.role == nullptr)
    return fail(ErrorCode::kUnknownSession, "the role of this session no longer exists");
  return wire::announced(head, scope, *rooms_.catalog, rooms_.options);
}

// Before a body is waited for that the signature of the head speaks of.
Status Hallway::check_head(const journey::RequestHead& head, const Told& told) {
  const sigv4::Claimed claimed{{told.claimed, &told.claimed->session},
                               told.claimed->secret.reveal()};
  return sigv4::Verifier::check_head(head, claimed, agent_keys_, told.now);
}

// Parsed, and its signature verified. A body that is still to come has a check waiting for it.
Result<Hallway::Body> Hallway::prove(net::Exchange& exchange, Told& told,
                                     const std::optional<wire::Scope>& scope,
                                     const wire::Announced& said) {
  const auto& session = told.claimed->session;
  TRY(told.parsed, wire::Parser::parse(exchange.take_request(), said.marks, scope, rooms_.catalog,
                                       session.account(), rooms_.options));
  told.shape = wire::error_shape(told.parsed->call());
  const sigv4::Claimed claimed{{told.claimed, &session}, told.claimed->secret.reveal()};
  TRY(auto verified,
      sigv4::Verifier::verify(std::move(*told.parsed), claimed, agent_keys_, told.now));
  told.authenticated = std::move(verified.call);
  if (said.body == wire::BodyPlan::kStream && !verified.body)
    return fail(ErrorCode::kInternal, "a streamed body without a check");
  return Body{std::move(verified.body), std::move(verified.whole)};
}

// Judged, and permitted unless people have to be asked.
Status Hallway::judge(Told& told) {
  const auto& region = told.authenticated->call().region;
  if (!told.role->connection->takes_region(region)) {
    return fail(ErrorCode::kDenied, "connection " + quoted(told.role->connection->name) +
                                        " does not take region " + quoted(region));
  }
  if (Counted::wanted(*told.role)) return judge_counted(told);
  told.judged = policy::Judge::judge(std::move(*told.authenticated), told.world->policies);
  told.permitted = rooms_.desk->permit(*told.judged);
  return {};
}

async::Task<Status> Hallway::settle(net::Exchange& exchange, Told& told) {
  HoldOpen interim(exchange);
  auto settled = co_await rooms_.desk->settle(*told.judged, interim);
  if (!settled) {
    told.request = settled.error().request;
    told.verdict = std::move(settled.error().verdict);
    co_return std::unexpected(std::move(settled.error().error));
  }
  told.permitted = *std::move(settled);
  told.now = rooms_.clock->now();
  co_return Counted::wanted(*told.role) ? take_places(told) : Status{};
}

async::Task<Status> Hallway::send(net::Exchange& exchange, Told& told, Body body) {
  // Everything that can fail without AWS knowing comes before the INTENT.
  const auto& call = told.permitted->call();
  auto& way = lane(told.role->connection);
  keys::AwsCredentialsPtr credential;
  const bool approved = told.permitted->approval().has_value();
  auto& held = way.credentials.for_call(told.world, *told.role, told.permitted->session(),
                                        call.needs, approved);
  if (const auto* usable = held.lease.usable(told.now)) credential = *usable;
  if (!credential) {
    const auto source = held.source;  // `held` may go while this waits
    CO_TRY(credential, co_await source->get());
    told.now = rooms_.clock->now();
  }
  CO_TRY(auto unsigned_request, wire::Serializer::serialize(call));
  CO_CHECK_OK(wire::check_round_trip(call, unsigned_request));
  CO_TRY(const auto target, wire::upstream_target(call));
  const auto* instead = way.connection->override_for(call.operation.service().name());
  if (instead != nullptr && target.host_names_resource) {
    co_return fail(ErrorCode::kUnsupported,
                   "the host name of this call says what it is on, and the connection has an "
                   "endpoint of its own in its place: use the bucket's name");
  }
  std::optional<net::Address> own;
  if (instead == nullptr) own.emplace(true, target.host, 443);
  const auto& address = own ? *own : *instead;
  const auto authority = own ? target.host : address.host + ":" + std::to_string(address.port);

  const auto started = told.now;
  exchange.annotate("x-strait-id", told.arrival.id.str());
  exchange.annotate("x-strait-decision", approved ? "approved" : "allow");
  if (const auto& rules = told.permitted->verdict().decided_by; !rules.empty()) {
    exchange.annotate("x-strait-rule", rules.front().str());
  }
  std::string input_room;
  store::IntentNote note{.input_json = inputs_.record(call, unsigned_request, input_room),
                         .scope = credential->scope};
  auto intended = co_await rooms_.recorder->intent(*std::move(told.permitted), std::move(note));
  told.forget_call();  // the recorder has it: in `intended`, or gone with the failure
  if (!intended) co_return std::unexpected(std::move(intended).error());
  told.intended = *std::move(intended);
  told.place.keep(), told.spent.keep();
  told.now = rooms_.clock->now();
  approved ? meters_.approved() : meters_.allowed();

  if (body.whole) unsigned_request.body = *std::move(body.whole);
  CO_TRY(auto outgoing, sigv4::Signer::sign(*told.intended, std::move(unsigned_request),
                                            {authority, target.signing_region, target.signing_name},
                                            *credential, aws_keys_, told.now));
  std::optional<AgentBody> stream;
  if (body.check) stream.emplace(exchange, *std::move(body.check), std::move(outgoing.chunks));
  auto forwarded = co_await way.upstream.forward(*told.intended, outgoing.request, address,
                                                 stream ? &*stream : nullptr);
  if (!forwarded) {
    const bool sent = forwarded.error().delivery == net::Delivery::kPossiblyDelivered;
    if (sent) told.upstream = store::RefusedNote::Upstream::kUnknown;
    co_return std::unexpected(std::move(forwarded.error().error));
  }
  told.upstream = store::RefusedNote::Upstream::kAnswered;
  Sent answered{*std::move(forwarded), {.intent = store::ref(*told.intended)}, started};
  answered.note.request_bytes = stream ? stream->bytes() : outgoing.request.body().size();
  co_return co_await answer(exchange, told, answered);
}

Result<std::shared_ptr<const identity::OpenSession>> Hallway::claimed_session(
    const journey::RequestHead& head, std::string_view access_key_id, Timestamp now) {
  const auto token = head.headers.one("x-amz-security-token");
  if (!token) {
    return fail(ErrorCode::kUnknownSession,
                "the credential was not issued by Strait: no session token. Log in with "
                "AWS_WEB_IDENTITY_TOKEN_FILE and "
                "AWS_ROLE_ARN");
  }
  return sessions_.open(access_key_id, *token, now);
}

Hallway::Lane& Hallway::lane(const std::shared_ptr<const Connection>& connection) {
  auto& lane = lanes_[connection.get()];
  if (!lane) lane = std::make_unique<Lane>(loop_, connection);
  return *lane;
}

const mask::MaskPlan& Hallway::plan_for(const Told& told, const journey::Call& call) {
  auto& [world, cache] = plans_[told.role];
  if (!cache ||
      world !=
          told.world) {  // the world is kept with it, so that a Role's address cannot be used anew
    world = told.world;
    cache = std::make_unique<mask::MaskPlanCache>(rooms_.catalog, told.role->mask);
  }
  return cache->plan(call.operation, call.protocol);
}

}  // namespace strait::gateway
