// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/badge.h"
#include "base/error.h"
#include "base/ids.h"
#include "journey/call.h"
#include "journey/http.h"
#include "journey/session.h"
#include "journey/verdict.h"

// The life of a request as types. Each stage is move-only, its fields are private, and its
// constructor asks for the badge of the room that earns it. So the next room cannot be reached by a
// request that has not been through the last one, and nobody on the way can change what was judged.
// tests/must_not_compile proves it.
//
//   ReceivedRequest -> ParsedCall -> AuthenticatedCall -> JudgedCall -> PermittedCall ->
//   IntendedCall -> OutgoingRequest UpstreamReply   -> MaskedReply -> RecordedReply        Refusal
//   -> RecordedReply
namespace strait::net {
class Server;
class Upstream;
}  // namespace strait::net
namespace strait::wire {
class Parser;
class Serializer;
}  // namespace strait::wire
namespace strait::sigv4 {
class Verifier;
class Signer;
}  // namespace strait::sigv4
namespace strait::policy {
class Judge;
}
namespace strait::desk {
class Desk;
}
namespace strait::mask {
class Masker;
}
namespace strait::store {
class Recorder;
}

namespace strait::journey {

class MoveOnly {
 public:
  MoveOnly() = default;
  MoveOnly(MoveOnly&&) = default;
  MoveOnly& operator=(MoveOnly&&) = default;
};

struct Arrival {
  CallId id;
  Timestamp at{};
  std::string peer;  // "127.0.0.1:53124"
  bool tls = false;
  std::string tunnel;  // the host that CONNECT and TLS named, through the forward proxy; else ""
};

// Bytes with limits applied and HTTP grammar checked. `body` holds the whole body when it was
// buffered.
class ReceivedRequest : MoveOnly {
 public:
  ReceivedRequest(Badge<net::Server>, Arrival arrival, RequestHead head)
      : arrival_(std::move(arrival)), head_(std::move(head)) {}
  const Arrival& arrival() const { return arrival_; }
  const RequestHead& head() const { return head_; }
  const std::string& body() const { return body_; }
  void set_body(Badge<net::Server>, std::string body) { body_ = std::move(body); }

 private:
  friend class ParsedCall;
  Arrival arrival_;
  RequestHead head_;
  std::string body_;
};

// How a call came to be permitted by people, for the record.
struct Approval {
  RequestId request;
  GrantId grant;
  std::string digest;                  // hex, of the call that was shown
  std::vector<std::string> approvers;  // "issuer|subject"
};

// What the stages hand on: one piece of memory, so that going from room to room moves a pointer.
// Only the stage that holds it can reach it, and each shows no more of it than it has earned.
struct Dossier {
  std::optional<ReceivedRequest> received;  // until the signature was checked
  Arrival arrival = {};                     // from then on
  Call call;
  std::shared_ptr<const Session> session = nullptr;  // shared with the cache that opened it
  Verdict verdict = {};
  std::optional<Approval> approval = std::nullopt;
};

// One operation, one reading. The raw request stays locked in, for the signature check alone.
class ParsedCall : MoveOnly {
 public:
  // Of a dossier that holds the request and the call, which so are made where they stay.
  ParsedCall(Badge<wire::Parser>, std::unique_ptr<Dossier> dossier)
      : dossier_(std::move(dossier)) {}
  const Arrival& arrival() const { return dossier_->received->arrival(); }
  const Call& call() const { return dossier_->call; }
  const ReceivedRequest& raw(Badge<sigv4::Verifier>) const { return *dossier_->received; }
  std::string take_body(Badge<sigv4::Verifier>) { return std::move(dossier_->received->body_); }

 private:
  friend class AuthenticatedCall;
  std::unique_ptr<Dossier> dossier_;
};

// The call, and the session that signed it. From here on the raw bytes are gone.
class AuthenticatedCall : MoveOnly {
 public:
  AuthenticatedCall(Badge<sigv4::Verifier>, ParsedCall parsed,
                    std::shared_ptr<const Session> session)
      : dossier_(std::move(parsed.dossier_)) {
    dossier_->arrival = dossier_->received->arrival();
    dossier_->received.reset();
    dossier_->session = std::move(session);
  }
  AuthenticatedCall(Badge<sigv4::Verifier>, Arrival arrival, Call call, Session session)
      : dossier_(new Dossier{.received = std::nullopt,
                             .arrival = std::move(arrival),
                             .call = std::move(call),
                             .session = std::make_shared<const Session>(std::move(session))}) {}
  const Arrival& arrival() const { return dossier_->arrival; }
  const Call& call() const { return dossier_->call; }
  const Session& session() const { return *dossier_->session; }

 private:
  friend class JudgedCall;
  std::unique_ptr<Dossier> dossier_;
};

class JudgedCall : MoveOnly {
 public:
  JudgedCall(Badge<policy::Judge>, AuthenticatedCall call, Verdict verdict)
      : dossier_(std::move(call.dossier_)) {
    dossier_->verdict = std::move(verdict);
  }
  const Arrival& arrival() const { return dossier_->arrival; }
  const Call& call() const { return dossier_->call; }
  const Session& session() const { return *dossier_->session; }
  const Verdict& verdict() const { return dossier_->verdict; }

 private:
  friend class PermittedCall;
  std::unique_ptr<Dossier> dossier_;
};

class PermittedCall : MoveOnly {
 public:
  PermittedCall(Badge<desk::Desk>, JudgedCall call, std::optional<Approval> approval)
      : dossier_(std::move(call.dossier_)) {
    dossier_->approval = std::move(approval);
  }
  const Arrival& arrival() const { return dossier_->arrival; }
  const Call& call() const { return dossier_->call; }
  const Session& session() const { return *dossier_->session; }
  const Verdict& verdict() const { return dossier_->verdict; }
  const std::optional<Approval>& approval() const { return dossier_->approval; }

 private:
  std::unique_ptr<Dossier> dossier_;
};

// A permitted call whose INTENT is durable. The receipt is the record's position; only with it may
// bytes leave.
class IntendedCall : MoveOnly {
 public:
  IntendedCall(Badge<store::Recorder>, PermittedCall call, std::uint64_t index)
      : call_(std::move(call)), index_(index) {}
  const PermittedCall& permitted() const { return call_; }
  std::uint64_t intent_index() const { return index_; }

 private:
  PermittedCall call_;
  std::uint64_t index_;
};

// What wire makes of a Call: a request without signature. Plain data; it cannot be sent.
struct UnsignedRequest {
  RequestHead head;  // no host, no authorization, no x-amz-date
  std::string body;  // empty when the call streams
  std::optional<Stream> stream;
};

// Signed with the real credential. Holds the signature's seed for chunk signing when the body
// streams.
class OutgoingRequest : MoveOnly {
 public:
  OutgoingRequest(Badge<sigv4::Signer>, RequestHead head, std::string body)
      : head_(std::move(head)), body_(std::move(body)) {}
  const RequestHead& head() const { return head_; }
  const std::string& body() const { return body_; }

 private:
  RequestHead head_;
  std::string body_;
};

// The head of AWS's reply, and its body when it was read whole. A streamed body follows beside the
// walk.
class UpstreamReply : MoveOnly {
 public:
  UpstreamReply(Badge<net::Upstream>, ReplyHead head, std::string body, bool streamed)
      : head_(std::move(head)), body_(std::move(body)), streamed_(streamed) {}
  const ReplyHead& head() const { return head_; }
  const std::string& body() const { return body_; }
  bool streamed() const { return streamed_; }
  ReplyHead take_head(Badge<mask::Masker>) && { return std::move(head_); }
  std::string take_body(Badge<mask::Masker>) && { return std::move(body_); }

 private:
  ReplyHead head_;
  std::string body_;
  bool streamed_;
};

struct MaskedMember {
  std::string path;  // "SecretString"
  std::string kind;  // "member", "aws-secret-key", ...
};

// Fit for the agent's eyes.
class MaskedReply : MoveOnly {
 public:
  MaskedReply(Badge<mask::Masker>, ReplyHead head, std::string body, bool streamed,
              std::vector<MaskedMember> masked)
      : head_(std::move(head)),
        body_(std::move(body)),
        streamed_(streamed),
        masked_(std::move(masked)) {}
  const ReplyHead& head() const { return head_; }
  const std::string& body() const { return body_; }
  bool streamed() const { return streamed_; }
  const std::vector<MaskedMember>& masked() const { return masked_; }
  ReplyHead take_head(Badge<store::Recorder>) && { return std::move(head_); }
  std::string take_body(Badge<store::Recorder>) && { return std::move(body_); }

 private:
  ReplyHead head_;
  std::string body_;
  bool streamed_;
  std::vector<MaskedMember> masked_;
};

// A no, in the making: what the agent will be told and what the record will say. `reply` is in the
// protocol's shape.
struct Refusal {
  Error error;
  ReplyHead head;
  std::string body;
};

// What Strait answers by itself, AWS not being asked: a login, GetCallerIdentity.
struct OwnAnswer {
  ReplyHead head;
  std::string body;
};

// The only thing that the server will send as the last bytes of an answer.
class RecordedReply : MoveOnly {
 public:
  RecordedReply(Badge<store::Recorder>, ReplyHead head, std::string body)
      : head_(std::move(head)), body_(std::move(body)) {}
  const ReplyHead& head() const { return head_; }
  const std::string& body() const { return body_; }

 private:
  ReplyHead head_;
  std::string body_;
};

}  // namespace strait::journey
