// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "catalog/catalog.h"
#include "desk/desk.h"
#include "gateway/counted.h"
#include "gateway/login.h"
#include "gateway/meters.h"
#include "gateway/recorded_input.h"
#include "gateway/world.h"
#include "identity/session_cache.h"
#include "mask/masker.h"
#include "mask/plan.h"
#include "net/server.h"
#include "net/upstream.h"
#include "sigv4/key_cache.h"
#include "sigv4/verifier.h"
#include "store/recorder.h"
#include "wire/parser.h"

// The hallway: one function, walk(), takes a request through the rooms in the order of the promise.
// One Hallway a loop; what it owns is touched by that loop alone, what it is given is shared and
// outlives it.
namespace strait::gateway {

struct Rooms {
  std::shared_ptr<const catalog::Catalog> catalog;
  const PublishedWorld* world;
  const identity::CredentialMinter* minter;
  desk::Desk* desk;
  store::Recorder* recorder;
  Counted* counted;
  const async::Clock* clock;
  const mask::MaskKey* mask_key;
  std::shared_ptr<const mask::Detectors> detectors;
  wire::Options options;  // the names this gateway answers to
  std::string help_url;   // "https://strait.acme.dev/x/", in front of an id; "" for none
};

class Hallway {
 public:
  static Result<std::unique_ptr<Hallway>> create(async::Loop& loop, Rooms rooms);
  ~Hallway();

  async::Task<void> walk(net::Exchange& exchange);
  const Meters& meters() const { return meters_; }

 private:
  struct Told;  // what is known of a request so far, for its record and its refusal; read by no
                // step
  struct Lane;  // one connection's upstream on this loop
  struct Sent;  // a call on its way: receipt, reply, counts
  // Of a streaming member: still to come, with its check; or read whole and proven. Else neither.
  struct Body {
    std::optional<sigv4::BodyVerifier> check;
    std::optional<std::string> whole;
  };

  Hallway(async::Loop& loop, Rooms rooms, mask::Masker masker);

  async::Task<Status> pass(net::Exchange& exchange, Told& told);
  Result<wire::Announced> claim(const journey::RequestHead& head, Told& told,
                                const std::optional<wire::Scope>& scope);
  Status check_head(const journey::RequestHead& head, const Told& told);
  Result<Body> prove(net::Exchange& exchange, Told& told, const std::optional<wire::Scope>& scope,
                     const wire::Announced& said);
  Status judge(Told& told);
  Status judge_counted(Told& told);
  Status take_places(Told& told);
  Status spend(Told& told);
  async::Task<Status> settle(net::Exchange& exchange, Told& told);
  async::Task<Status> pass_unsigned(net::Exchange& exchange, Told& told);
  async::Task<Status> answer_identity(net::Exchange& exchange, Told& told);
  async::Task<Status> send(net::Exchange& exchange, Told& told, Body body);
  async::Task<Status> answer(net::Exchange& exchange, Told& told, Sent& sent);
  async::Task<Status> answer_whole(net::Exchange& exchange, Told& told, Sent& sent,
                                   const mask::MaskPlan& plan);
  async::Task<Status> answer_streamed(net::Exchange& exchange, Told& told, Sent& sent,
                                      const mask::MaskPlan& plan);
  async::Task<Status> answer_error(net::Exchange& exchange, Told& told, Sent& sent);
  async::Task<void> refuse(net::Exchange& exchange, Told& told, const Error& error);

  Result<std::shared_ptr<const identity::OpenSession>> claimed_session(
      const journey::RequestHead& head, std::string_view access_key_id, Timestamp now);
  Lane& lane(const std::shared_ptr<const Connection>& connection);
  const mask::MaskPlan& plan_for(const Told& told, const journey::Call& call);

  async::Loop& loop_;
  Rooms rooms_;
  Login login_;
  PublishedWorld::Reader world_;
  identity::SessionCache sessions_;
  sigv4::SigningKeyCache agent_keys_, aws_keys_;
  mask::Masker masker_;
  InputRecorder inputs_;
  std::unordered_map<const Connection*, std::unique_ptr<Lane>> lanes_;
  std::unordered_map<const Role*,
                     std::pair<std::shared_ptr<const World>, std::unique_ptr<mask::MaskPlanCache>>>
      plans_;
  Meters meters_;
};

}  // namespace strait::gateway
