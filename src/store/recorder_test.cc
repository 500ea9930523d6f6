// SPDX-License-Identifier: Apache-2.0
#include "store/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "ledger/verify.h"
#include "store/disk_fake.h"
#include "store/log_reader.h"
#include "store/recorder_fake.h"
#include "store/replay.h"
#include "store/segment.h"

namespace strait::store {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

// A gateway that does nothing but record. Its folder outlives each run, so that a test can restart
// it.
class RecorderTest : public testing::TestWithParam<bool> {
 protected:
  RecorderConfig config() const {
    return {.log_dir = folder_.log(),
            .blob_dir = folder_.blobs(),
            .anchor_dir = folder_.anchor(),
            .origin = "strait/test/audit",
            .version = "0.1",
            .segment_bytes = segment_bytes_,
            .use_io_uring = GetParam()};
  }

  Status start() {
    loop_.emplace();
    auto opened = Recorder::open(
        config(), key(), *crypto::AeadKey::from_bytes(std::string(32, 'b')), clock_, loop_->loop());
    if (!opened) return std::unexpected(opened.error());
    recorder_ = std::move(*opened);
    return {};
  }
  // As kill -9 would: nothing is said, and what is in memory is gone.
  void kill() {
    if (loop_) loop_->stop();
    recorder_.reset();
    loop_.reset();
  }
  Status stop() {
    auto closed = loop_->wait(recorder_->close());
    kill();
    return closed;
  }
  Status restart() {
    kill();
    return start();
  }

  static crypto::SigningKey key() { return *crypto::SigningKey::from_seed(std::string(32, 'k')); }

  Result<journey::IntendedCall> intend(const journey::Session& session) {
    return loop_->wait(recorder_->intent(make_permitted(session), {R"({"TableName":"orders"})"}));
  }
  Result<journey::RecordedReply> answer(const IntentRef& intent) {
    return loop_->wait(recorder_->result(
        make_reply(),
        {.intent = intent, .aws_request_id = "REQ1", .duration = std::chrono::microseconds(1500)}));
  }
  Result<journey::RecordedReply> refuse(ErrorCode code, RefusedNote note) {
    journey::Refusal refusal{error(code, "no"), {403, {}}, "<Error/>"};
    return loop_->wait(recorder_->refused(std::move(refusal), std::move(note)));
  }
  Result<journey::RecordedReply> whole_call(const journey::Session& session) {
    TRY(const auto intended, intend(session));
    return answer(ref(intended));
  }

  std::vector<ledger::Leaf> leaves() const {
    std::vector<ledger::Leaf> all;
    auto reader = LogReader::open(folder_.log());
    EXPECT_TRUE(reader) << reader.error().detail;
    LeafAt leaf;
    for (;;) {
      const auto found = reader->next(leaf);
      EXPECT_TRUE(found) << found.error().message << " " << found.error().detail;
      if (!found || !*found) return all;
      all.push_back(*ledger::parse_leaf(leaf.bytes));
    }
  }
  std::size_t count(ledger::Kind kind) const {
    const auto all = leaves();
    return static_cast<std::size_t>(std::ranges::count(all, kind, &ledger::Leaf::kind));
  }
  ledger::Report verify(ledger::LogState state = ledger::LogState::kAtRest) const {
    const std::vector vkeys{ledger::make_vkey("strait/test/audit", key().public_key())};
    ledger::Verifier verifier(vkeys, *read_checkpoints(folder_.log(), folder_.anchor()), state);
    auto reader = LogReader::open(folder_.log());
    LeafAt leaf;
    while (reader && reader->next(leaf).value_or(false)) verifier.add(leaf.bytes);
    return std::move(verifier).finish();
  }
  void expect_verified() const {
    const auto report = verify();
    EXPECT_TRUE(report.ok()) << ledger::report_text(report);
  }

  FolderFake folder_;
  ClockFake clock_;
  std::size_t segment_bytes_ = 256 * 1024;
  std::optional<LoopFake> loop_;
  std::unique_ptr<Recorder> recorder_;

  void TearDown() override { kill(); }
};

INSTANTIATE_TEST_SUITE_P(Writers, RecorderTest, testing::Values(true, false),
                         [](const auto& instance) {
                           return instance.param ? "IoUring" : "Thread";
                         });

TEST_P(RecorderTest, ACallIsRecordedBeforeAndAfterAndVerifies) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  ASSERT_TRUE(loop_->wait(recorder_->session_open(session, "127.0.0.1:1")));
  const auto intended = intend(session);
  ASSERT_TRUE(intended) << intended.error().detail;
  EXPECT_EQ(count(ledger::Kind::kIntent), 1u);
  const auto reply = answer(ref(*intended));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->head().status, 200);
  EXPECT_THAT(reply->body(), HasSubstr("strait:masked"));
  EXPECT_EQ(count(ledger::Kind::kResult), 1u);
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, ARestartContinuesEverySessionsChain) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  for (int run = 0; run < 4; ++run) {
    ASSERT_TRUE(whole_call(session));
    if (run % 2 != 0) {
      ASSERT_TRUE(stop());
    }
    ASSERT_TRUE(restart());
  }
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(stop());
  expect_verified();
  EXPECT_EQ(count(ledger::Kind::kSessionOpen), 1u);
}

TEST_P(RecorderTest, ASessionFromAnotherNodeIsOpenedHereAsJoined) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(whole_call(make_session()));
  for (const auto& leaf : leaves()) {
    if (leaf.kind == ledger::Kind::kSessionOpen) {
      EXPECT_NE(leaf.find("joined"), nullptr);
    }
  }
}

TEST_P(RecorderTest, AnIntentWithoutResultBecomesOutcomeUnknownAtRestart) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  const auto intended = intend(session);
  ASSERT_TRUE(intended);
  ASSERT_TRUE(restart());
  EXPECT_EQ(count(ledger::Kind::kOutcomeUnknown), 1u);
  // What comes too late is not recorded a second time.
  EXPECT_FALSE(answer(ref(*intended)));
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, AnAbandonedCallBecomesOutcomeUnknown) {
  ASSERT_TRUE(start());
  const auto intended = intend(make_session());
  recorder_->abandon(ref(*intended), "the client went away");
  ASSERT_TRUE(stop());
  EXPECT_EQ(count(ledger::Kind::kOutcomeUnknown), 1u);
  expect_verified();
}

TEST_P(RecorderTest, ShuttingDownEndsOpenCalls) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(intend(make_session()));
  ASSERT_TRUE(stop());
  EXPECT_EQ(count(ledger::Kind::kOutcomeUnknown), 1u);
  expect_verified();
}

TEST_P(RecorderTest, ARefusalAfterTheIntentEndsTheCall) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  const auto end = [&](RefusedNote::Upstream upstream) {
    RefusedNote note;
    note.intent = ref(*intend(session));
    note.upstream = upstream;
    return refuse(ErrorCode::kUpstreamUnreachable, note).has_value();
  };
  EXPECT_TRUE(end(RefusedNote::Upstream::kNotSent));
  EXPECT_TRUE(end(RefusedNote::Upstream::kAnswered));
  EXPECT_TRUE(end(RefusedNote::Upstream::kUnknown));
  ASSERT_TRUE(stop());
  EXPECT_EQ(count(ledger::Kind::kResult), 2u);
  EXPECT_EQ(count(ledger::Kind::kOutcomeUnknown), 1u);
  expect_verified();
}

TEST_P(RecorderTest, RefusalsAreRecordedWithWhateverIsKnown) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  const auto call = make_call();
  const auto verdict = make_verdict();
  EXPECT_TRUE(refuse(ErrorCode::kMalformedRequest, {}));
  EXPECT_TRUE(refuse(ErrorCode::kInvalidSignature,
                     {.call = fresh_id<CallId>(), .claimed_access_key_id = "STRTX"}));
  EXPECT_TRUE(refuse(ErrorCode::kDenied, {.call = fresh_id<CallId>(),
                                          .peer = "127.0.0.1:2",
                                          .session = &session,
                                          .request = &call,
                                          .verdict = &verdict,
                                          .rule = "none"}));
  ASSERT_TRUE(stop());
  EXPECT_EQ(count(ledger::Kind::kRefused), 3u);
  expect_verified();
}

TEST_P(RecorderTest, AnExpiredSessionGetsNoChainAndNoCall) {
  ASSERT_TRUE(start());
  auto session = make_session();
  session.expires = clock_.now() - std::chrono::seconds(1);
  EXPECT_EQ(intend(session).error().code, ErrorCode::kExpiredToken);
  EXPECT_TRUE(refuse(ErrorCode::kExpiredToken, {.session = &session}));
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, AClosedSessionMakesNoCall) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(loop_->wait(recorder_->session_close(session.id, "revoked")));
  EXPECT_EQ(intend(session).error().code, ErrorCode::kRevoked);
  ASSERT_TRUE(restart());
  EXPECT_EQ(intend(session).error().code, ErrorCode::kRevoked);
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, ApprovalsPoliciesAndAdministrationAreRecorded) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  const auto call = make_call();
  const std::string digest(64, 'd');
  const auto request = fresh_id<RequestId>();
  const auto grant = fresh_id<GrantId>();
  const auto expires = clock_.now() + std::chrono::minutes(15);
  ASSERT_TRUE(loop_->wait(recorder_->approval_requested({.request = request,
                                                         .digest = digest,
                                                         .call = fresh_id<CallId>(),
                                                         .session = &session,
                                                         .asked = &call,
                                                         .action = "dynamodb:GetItem",
                                                         .resource = "*",
                                                         .policy_hash = "abc",
                                                         .reason = "because",
                                                         .expires = expires})));
  ASSERT_TRUE(loop_->wait(recorder_->approval_decided({.request = request,
                                                       .digest = digest,
                                                       .approved = true,
                                                       .grant = grant,
                                                       .approver_issuer = "https://issuer.example",
                                                       .approver_subject = "boss",
                                                       .reason = "fine",
                                                       .expires = expires})));
  ASSERT_TRUE(
      loop_->wait(recorder_->approval_consumed({request, grant, digest, fresh_id<CallId>()})));
  ASSERT_TRUE(loop_->wait(recorder_->approval_expired(request, digest)));
  ASSERT_TRUE(loop_->wait(recorder_->policy_change({"new", "old", "kim", "2 files"})));
  ASSERT_TRUE(loop_->wait(recorder_->admin({"session.revoke", "kim", R"({"session":"x"})"})));
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, RecordsOfManyThreadsMakeOneLog) {
  segment_bytes_ = 64 * 1024;  // many rolls
  ASSERT_TRUE(start());
  constexpr int kThreads = 3;
  constexpr int kTasks = 4;
  constexpr int kCalls = 60;
  std::atomic<int> done = 0;
  const auto agent = [&]() -> async::Task<void> {
    const auto session = make_session();
    for (int call = 0; call < kCalls / kTasks; ++call) {
      IntentNote wanted{"{}"};
      auto intended = co_await recorder_->intent(make_permitted(session), std::move(wanted));
      if (!intended) co_return;
      ResultNote came{.intent = ref(*intended)};
      const auto reply = co_await recorder_->result(make_reply(), std::move(came));
      if (reply) ++done;
    }
  };
  std::deque<async::Loop> loops(kThreads);  // they outlive the threads: others post to them
  std::vector<std::thread> threads;
  for (auto& loop : loops) {
    for (int task = 0; task < kTasks; ++task) {
      boost::asio::co_spawn(loop, agent(), [](std::exception_ptr) {});
    }
    threads.emplace_back([&loop] { loop.run(); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kCalls);
  const auto stats = recorder_->stats();
  EXPECT_LT(stats.commits, stats.records);
  ASSERT_TRUE(stop());
  expect_verified();
  ASSERT_TRUE(start());
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, ALogThatWentBackwardsIsRefused) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(stop());
  std::filesystem::copy(folder_.log(), folder_.path() + "/backup",
                        std::filesystem::copy_options::recursive);
  ASSERT_TRUE(start());
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(stop());
  std::filesystem::remove_all(folder_.log());
  std::filesystem::copy(folder_.path() + "/backup", folder_.log(),
                        std::filesystem::copy_options::recursive);
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("restored from an older copy"));
}

TEST_P(RecorderTest, RemovedCheckpointsAreNoticed) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(whole_call(make_session()));
  ASSERT_TRUE(stop());
  std::filesystem::remove(folder_.log() + "/checkpoint");
  std::filesystem::remove(folder_.anchor() + "/checkpoint");
  EXPECT_EQ(start().error().code, ErrorCode::kConflict);
}

TEST_P(RecorderTest, ACheckpointOfAnotherKeyIsRefused) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(stop());
  const auto other = *crypto::SigningKey::from_seed(std::string(32, 'o'));
  ASSERT_TRUE(make_disk()->replace(folder_.anchor() + "/checkpoint",
                                   ledger::sign_checkpoint({"strait/test/audit", 1, {}}, other)));
  EXPECT_EQ(start().error().code, ErrorCode::kConflict);
}

TEST_P(RecorderTest, EveryFlippedByteOfTheLogsRecordsIsFoundAtTheNextStart) {
  ASSERT_TRUE(start());
  ASSERT_TRUE(whole_call(make_session()));
  ASSERT_TRUE(stop());
  const auto path = folder_.log() + "/segment-0000000000.log";
  const auto bytes = *read_file(path);
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    ASSERT_TRUE(make_disk()->replace(path, changed));
    const auto next = padded(at + 1);
    const bool padding =
        bytes[at] == 0 && bytes.substr(at, next - at).find_first_not_of('\0') == std::string::npos;
    const bool started = start().has_value();
    kill();
    EXPECT_EQ(started, padding) << at;
    if (started) break;  // a start writes a new segment; the rest of the file is padding as well
  }
}

TEST_P(RecorderTest, BodiesAreKeptEncryptedAndErasable) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(stop());
  const auto blob_key = *crypto::AeadKey::from_bytes(std::string(32, 'b'));
  const auto raw = *read_file(folder_.blobs() + "/" + std::string(session.id.str()) + ".blobs");
  EXPECT_EQ(raw.find("orders"), std::string::npos);
  const auto steps = [&] {
    return *replay_steps(*session_leaves(folder_.log(), session.id.str()),
                         *read_bodies(folder_.blobs(), blob_key, session.id.str()));
  };
  auto replayed = steps();
  ASSERT_EQ(replayed.size(), 2u);
  EXPECT_EQ(replayed[1].input_json, R"({"TableName":"orders"})");
  EXPECT_THAT(*replayed[1].reply_body, HasSubstr("strait:masked"));
  EXPECT_EQ(replayed[1].rule, "policies/ci.json#ReadOrders");
  EXPECT_EQ(replayed[1].status, 200);
  EXPECT_THAT(replay_text(replayed, true), HasSubstr("dynamodb:GetItem"));
  EXPECT_THAT(replay_json_lines(replayed), HasSubstr("\"aws_request_id\":\"REQ1\""));
  EXPECT_TRUE(read_bodies(folder_.blobs(), *crypto::AeadKey::from_bytes(std::string(32, 'x')),
                          session.id.str())
                  ->empty());
  ASSERT_TRUE(erase_bodies(folder_.blobs(), session.id.str()));
  EXPECT_FALSE(steps()[1].input_json);
  expect_verified();
}

TEST_P(RecorderTest, ARefusalKeepsItsInputAndASessionTheClaimsOfItsToken) {
  ASSERT_TRUE(start());
  auto session = make_session();
  session.principal.claims = {{"groups", {"web", "ops"}}};
  const RefusedNote note{.session = &session, .input_json = R"({"TableName":"secret-plans"})"};
  ASSERT_TRUE(refuse(ErrorCode::kDenied, note));
  ASSERT_TRUE(stop());
  const auto bodies = *read_bodies(
      folder_.blobs(), *crypto::AeadKey::from_bytes(std::string(32, 'b')), session.id.str());
  std::vector<std::string> kept;
  for (const auto& [commitment, body] : bodies) kept.push_back(body);
  EXPECT_THAT(
      kept, UnorderedElementsAre(R"({"groups":["web","ops"]})", R"({"TableName":"secret-plans"})"));
  const auto steps = *replay_steps(*session_leaves(folder_.log(), session.id.str()), bodies);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[1].input_json, R"({"TableName":"secret-plans"})");
  expect_verified();
}

TEST_P(RecorderTest, SessionsAreSummarised) {
  ASSERT_TRUE(start());
  const auto kim = make_session("kim");
  const auto ada = make_session("ada");
  ASSERT_TRUE(whole_call(kim));
  ASSERT_TRUE(whole_call(ada));
  ASSERT_TRUE(whole_call(kim));
  ASSERT_TRUE(refuse(ErrorCode::kDenied, {.session = &kim}));
  ASSERT_TRUE(stop());
  const auto sessions = *session_index(folder_.log());
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].subject, "kim");
  EXPECT_EQ(sessions[0].calls, 2u);
  EXPECT_EQ(sessions[0].denied, 1u);
  EXPECT_EQ(sessions[0].masked, 2u);
  EXPECT_EQ(sessions[1].calls, 1u);
  EXPECT_EQ(session_leaves(folder_.log(), "ses_000000").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(session_leaves(folder_.log(), "ses_").error().code, ErrorCode::kNotFound);
}

TEST_P(RecorderTest, ALiveLogIsReadBesideItsWriter) {
  ASSERT_TRUE(start());
  auto reader = *LogReader::open(folder_.log());
  LeafAt leaf;
  while (*reader.next(leaf)) {
  }
  const auto before = leaf.index;
  ASSERT_TRUE(whole_call(make_session()));
  std::uint64_t more = 0;
  while (*reader.next(leaf)) ++more;
  EXPECT_EQ(more, 3u);
  EXPECT_EQ(leaf.index, before + 3);
  ASSERT_TRUE(reader.seek(1));
  ASSERT_TRUE(*reader.next(leaf));
  EXPECT_EQ(leaf.index, 1u);
}

TEST_P(RecorderTest, ACallTooLargeForALeafIsRefused) {
  ASSERT_TRUE(start());
  auto session = make_session(std::string(40'000, 's'));
  EXPECT_EQ(intend(session).error().code, ErrorCode::kLimitExceeded);
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, AClockThatGoesBackIsSaidAndVerifies) {
  ASSERT_TRUE(start());
  const auto session = make_session();
  ASSERT_TRUE(whole_call(session));
  clock_.advance(std::chrono::seconds(-5));
  ASSERT_TRUE(whole_call(session));
  clock_.advance(std::chrono::hours(-1));
  ASSERT_TRUE(whole_call(session));
  ASSERT_TRUE(stop());
  expect_verified();
  ASSERT_TRUE(start());
  ASSERT_TRUE(stop());
  expect_verified();
}

TEST_P(RecorderTest, AStateDirectoryWithoutALogIsSaidToHaveNone) {
  EXPECT_EQ(LogReader::open(folder_.log()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace strait::store
