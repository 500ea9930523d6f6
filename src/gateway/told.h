// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "gateway/counted.h"
#include "gateway/hallway.h"
#include "gateway/scoped_lane.h"
#include "gateway/world.h"
#include "journey/journey.h"
#include "store/recorder.h"
#include "wire/refusal.h"

namespace strait::gateway {

// What is known of one request so far. The hallway writes it as the walk goes on; no step reads it;
// if the walk ends in a no, the refusal and its record are made from it. It also owns the stage
// that the request has reached.
struct Hallway::Told {
  journey::Arrival arrival;
  std::shared_ptr<const World> world;  // the one version that this walk sees
  wire::ErrorShape shape = wire::ErrorShape::kRestJson;
  bool head_method = false;
  Timestamp now{};          // read when the request arrived, and again after each wait
  std::string claimed_key;  // access key id, before it is proven

  std::shared_ptr<const identity::OpenSession> claimed;
  const Role* role = nullptr;
  std::optional<journey::ParsedCall> parsed;
  std::optional<journey::AuthenticatedCall> authenticated;
  std::optional<journey::JudgedCall> judged;
  std::optional<journey::PermittedCall> permitted;
  std::optional<journey::IntendedCall> intended;

  std::optional<journey::Verdict> verdict;  // when it is not judged's own: asked again at the desk
  Histories::Place place, spent;            // taken in what is counted, until the call is sent
  std::optional<RequestId> request;         // waiting for, or refused by, people
  store::RefusedNote::Upstream upstream = store::RefusedNote::Upstream::kNotSent;
  int upstream_status = 0;
  std::string aws_request_id;

  // After a stage was handed to somebody who did not give it back.
  void forget_call() {
    parsed.reset();
    authenticated.reset();
    judged.reset();
    permitted.reset();
  }

  const journey::Call* call() const {
    if (intended) return &intended->permitted().call();
    if (permitted) return &permitted->call();
    if (judged) return &judged->call();
    if (authenticated) return &authenticated->call();
    return parsed ? &parsed->call() : nullptr;
  }
  // Proven, not claimed.
  const journey::Session* session() const {
    if (intended) return &intended->permitted().session();
    if (permitted) return &permitted->session();
    if (judged) return &judged->session();
    return authenticated ? &authenticated->session() : nullptr;
  }
  const journey::Verdict* judgement() const {
    if (verdict) return &*verdict;
    if (intended) return &intended->permitted().verdict();
    if (permitted) return &permitted->verdict();
    return judged ? &judged->verdict() : nullptr;
  }
};

// One connection's way to AWS on this loop.
struct Hallway::Lane {
  Lane(async::Loop& loop, std::shared_ptr<const Connection> to)
      : connection(std::move(to)),
        upstream(loop, {.tls = connection->tls}),
        credentials(connection) {}
  std::shared_ptr<const Connection> connection;
  net::Upstream upstream;
  ScopedLane credentials;
};

struct Hallway::Sent {
  net::UpstreamExchange reply;
  store::ResultNote note;
  Timestamp started;
};

}  // namespace strait::gateway
