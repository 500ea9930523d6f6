// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <utility>

#include "journey/journey.h"
#include "sigv4/text_writer.h"

// For this room's tests, fuzzers and benchmarks alone: stages of the journey made without the rooms
// that earn them. The classes below take the places of the real ones, which these programs do not
// link.
namespace strait::net {
class Server {
 public:
  static journey::ReceivedRequest receive(journey::RequestHead head, std::string body) {
    journey::ReceivedRequest out(Badge<Server>(), {}, std::move(head));
    out.set_body(Badge<Server>(), std::move(body));
    return out;
  }
};
}  // namespace strait::net

namespace strait::wire {
class Parser {
 public:
  static journey::ParsedCall parse(journey::ReceivedRequest received, journey::Call call) {
    return journey::ParsedCall(Badge<Parser>(),
                               std::unique_ptr<journey::Dossier>(new journey::Dossier{
                                   .received = std::move(received), .call = std::move(call)}));
  }
};
}  // namespace strait::wire

namespace strait::policy {
class Judge {
 public:
  static journey::JudgedCall judge(journey::AuthenticatedCall call) {
    return journey::JudgedCall(Badge<Judge>(), std::move(call), {});
  }
};
}  // namespace strait::policy

namespace strait::desk {
class Desk {
 public:
  static journey::PermittedCall settle(journey::JudgedCall call) {
    return journey::PermittedCall(Badge<Desk>(), std::move(call), std::nullopt);
  }
};
}  // namespace strait::desk

namespace strait::store {
class Recorder {
 public:
  static journey::IntendedCall intend(journey::PermittedCall call) {
    return journey::IntendedCall(Badge<Recorder>(), std::move(call), 7);
  }
};
}  // namespace strait::store

namespace strait::sigv4::testing {

// What `put` writes; the room is so small that most of it is written past its end.
template <class Put>
std::string written(Put put) {
  char room[7];
  TextWriter out(room);
  put(out);
  return std::string(out.text());
}

inline journey::Call some_call(journey::Payload payload) {
  return journey::Call{.catalog = nullptr,
                       .operation = catalog::Operation(nullptr, 0),
                       .protocol = catalog::Protocol::kJson10,
                       .payload = payload};
}

inline journey::ParsedCall parsed(journey::RequestHead head, std::string body,
                                  journey::Payload payload = journey::Payload::kBuffered) {
  return wire::Parser::parse(net::Server::receive(std::move(head), std::move(body)),
                             some_call(payload));
}

inline journey::IntendedCall intended(journey::AuthenticatedCall call) {
  return store::Recorder::intend(desk::Desk::settle(policy::Judge::judge(std::move(call))));
}

inline std::shared_ptr<const journey::Session> session(std::string access_key_id,
                                                       Timestamp expires) {
  journey::Session out;
  out.id = SessionId::make({}, {});
  out.access_key_id = std::move(access_key_id);
  out.expires = expires;
  return std::make_shared<const journey::Session>(std::move(out));
}

}  // namespace strait::sigv4::testing
