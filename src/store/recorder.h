// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "base/result.h"
#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "journey/journey.h"
#include "journey/scope.h"

// The recorder: the only maker of IntendedCall and RecordedReply, so nothing leaves that was not
// written down. Every method returns only when its record is durable on disk, or with
// kRecorderUnavailable, and then the caller must not act: an intent that failed sends nothing
// upstream, a result that failed resets the client's connection.
//
// Any thread may call any method; a task is resumed on the executor that awaited it. Records of all
// threads share one group commit (store/log_writer.h). A recorder that cannot write refuses at once
// and recovers by itself. The format of what is written: docs/formats/log.md.
namespace strait::ledger {
enum class Kind : std::uint8_t;
}

namespace strait::store {

class Disk;

struct RecorderConfig {
  std::string log_dir;     // segments, checkpoint
  std::string blob_dir;    // bodies
  std::string anchor_dir;  // where the last checkpoint is kept apart; "" for nowhere, which a
                           // doctor should mention
  std::string origin;      // the log's name: "strait/<deployment>/audit"; no blanks, no '+'
  std::string version;     // Strait's, for the GENESIS record
  std::size_t segment_bytes = 64 * 1024 * 1024;
  bool use_io_uring = true;  // falls back to a writer thread by itself where the kernel refuses
  bool keep_bodies = true;   // masked bodies to the blob store; commitments are recorded either way
  std::chrono::milliseconds checkpoint_interval{250};
};

// Names a recorded INTENT. Kept by the hallway after the IntendedCall itself has moved on.
struct IntentRef {
  CallId call;
  SessionId session;
  std::uint64_t index = 0;
};
IntentRef ref(const journey::IntendedCall& intended);

struct IntentNote {
  // Canonical JSON of the input, sensitive members already covered. Until intent() is done.
  std::string_view input_json;
  std::shared_ptr<const journey::SessionPolicy> scope = nullptr;  // of the credential; null: none
};

struct ResultNote {
  IntentRef intent;
  std::string aws_request_id = {};
  std::string error_code = {};  // AWS's, when the reply is an error: "ResourceNotFoundException"
  std::uint64_t request_bytes = 0;        // body bytes sent upstream
  std::uint64_t response_bytes = 0;       // body bytes that AWS sent
  std::chrono::microseconds duration{0};  // from INTENT to the reply's last byte
  std::string body_sha256_hex =
      {};  // of a streamed body as the agent gets it; "" when not computed
  // Of a streamed body: what was covered in it, beside the head's, and the last bytes, which the
  // RecordedReply then carries.
  std::vector<journey::MaskedMember> masked_in_stream = {};
  std::string last_bytes = {};
};

// What is known of a call that was refused. Everything is optional: a refusal may come before any
// of it is known.
struct RefusedNote {
  CallId call = {};
  std::string peer = {};
  // Given when the signature was verified. Before that there is no session, only a claim.
  const journey::Session* session = nullptr;
  std::string claimed_access_key_id = {};
  const journey::Call* request = nullptr;     // when it was parsed
  const journey::Verdict* verdict = nullptr;  // when it was judged
  // As in IntentNote, of a call that was parsed and whose session is proven: what an agent was kept
  // from doing is as much the auditor's question as what it did. "" otherwise.
  std::string input_json = {};
  RequestId approval_request = {};  // when it waits, or was refused, by people
  std::string rule = {};            // "policies/ci.json#NoDelete" or "none"

  // Set when the INTENT was recorded already; the record then ends that call.
  std::optional<IntentRef> intent = std::nullopt;
  enum class Upstream {
    kNotSent,   // surely no byte of the request reached AWS
    kAnswered,  // AWS answered, and the answer was withheld
    kUnknown,   // sent in part or whole, no answer seen
  };
  Upstream upstream = Upstream::kNotSent;
  int upstream_status = 0;
  std::string aws_request_id = {};
};

struct ApprovalRequested {
  RequestId request;
  std::string digest;  // hex
  CallId call;
  const journey::Session* session = nullptr;  // the asker's
  const journey::Call* asked = nullptr;
  std::string action;
  std::string resource;
  std::string policy_hash;
  std::string reason;  // the agent's own words
  Timestamp expires{};
};

struct ApprovalDecided {
  RequestId request;
  std::string digest;
  bool approved = false;
  GrantId grant;  // empty when refused
  std::string approver_issuer;
  std::string approver_subject;
  std::string reason;
  std::uint32_t uses = 1;  // how often the grant may be consumed
  Timestamp expires{};
};

struct ApprovalConsumed {
  RequestId request;
  GrantId grant;
  std::string digest;
  CallId call;
};

struct PolicyChange {
  std::string policy_hash;
  std::string previous_hash;  // "" for the first
  std::string who;
  std::string summary;
};

struct AdminEvent {
  std::string what;         // "session.revoke"
  std::string who;          // "issuer|subject", or "local:uid=0"
  std::string detail_json;  // an object; "" for none
};

struct RecorderStats {
  std::uint64_t records = 0;          // durable since open
  std::uint64_t commits = 0;          // durable writes since open
  std::uint64_t refused = 0;          // records not taken, or taken and not written
  std::uint64_t bodies_dropped = 0;   // not kept because the blob store could not keep up
  std::uint64_t size = 0;             // leaves in the log
  std::uint64_t checkpoint_size = 0;  // leaves under the last signed checkpoint
  bool accepting = true;
  std::string why_not = {};  // for the operator, when not accepting
  std::string checkpoint_problem =
      {};  // why checkpoints cannot be kept; records are durable regardless
  bool io_uring = false;
};

class Recorder {
 public:
  // Opens or creates the log: scans it, refuses one that went backwards or is damaged, cuts a torn
  // tail, ends every dangling INTENT with OUTCOME_UNKNOWN, signs a checkpoint. Blocks for as long
  // as that takes. `loop` is where completions arrive; it and `clock` must outlive the recorder,
  // and the loop must be running for tasks to finish.
  static Result<std::unique_ptr<Recorder>> open(RecorderConfig config, crypto::SigningKey log_key,
                                                crypto::AeadKey blob_key, const async::Clock& clock,
                                                async::Loop& loop);
  // The same on another disk than the real one, for tests.
  static Result<std::unique_ptr<Recorder>> open_on(std::unique_ptr<Disk> disk,
                                                   RecorderConfig config,
                                                   crypto::SigningKey log_key,
                                                   crypto::AeadKey blob_key,
                                                   const async::Clock& clock, async::Loop& loop);
  ~Recorder();

  async::Task<Result<journey::IntendedCall>> intent(journey::PermittedCall call, IntentNote note);
  // For a streamed reply: called with the end of the body, a MaskedReply without body. Then the
  // RecordedReply permits the last chunk.
  // To be awaited at once: both arguments are emptied when it is done, not before.
  async::Task<Result<journey::RecordedReply>> result(journey::MaskedReply&& reply,
                                                     ResultNote&& note);
  // A refusal that cannot be recorded is an error, like any reply. The one exception: a refusal
  // whose code is kRecorderUnavailable, about a call without an INTENT, is given back even so; such
  // refusals are counted, and their number is recorded when that is possible again. So the hallway
  // answers a recorder error with a new refusal that says just that.
  async::Task<Result<journey::RecordedReply>> refused(journey::Refusal refusal, RefusedNote note);
  // Ends an intended call whose hallway went away (cancelled, client gone). Never waits; the
  // OUTCOME_UNKNOWN record is durable with the next commit.
  void abandon(IntentRef intent, std::string why);

  async::Task<Status> session_open(const journey::Session& session, std::string peer);
  // The same, and the login's answer, which may then leave.
  async::Task<Result<journey::RecordedReply>> session_opened(const journey::Session& session,
                                                             std::string peer,
                                                             journey::OwnAnswer answer);
  // A call of a session that Strait answers by itself. Recorded as ADMIN `call.answered`.
  async::Task<Result<journey::RecordedReply>> answered(const journey::AuthenticatedCall& call,
                                                       journey::OwnAnswer answer);
  async::Task<Status> session_close(SessionId session, std::string reason);
  async::Task<Status> approval_requested(ApprovalRequested event);
  async::Task<Status> approval_decided(ApprovalDecided event);
  async::Task<Status> approval_consumed(ApprovalConsumed event);
  async::Task<Status> approval_expired(RequestId request, std::string digest);
  async::Task<Status> policy_change(PolicyChange event);
  async::Task<Status> admin(AdminEvent event);

  // Writes what is pending, ends every open intent with OUTCOME_UNKNOWN, signs the last checkpoint
  // and stops. Nothing is accepted afterwards.
  async::Task<Status> close();

  RecorderStats stats() const;  // any thread, cheap

  class Impl;
  explicit Recorder(std::unique_ptr<Impl> impl);

 private:
  async::Task<Status> outside_sessions(ledger::Kind kind, std::string body);
  std::unique_ptr<Impl> impl_;
};

}  // namespace strait::store
