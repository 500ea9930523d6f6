// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "ledger/verify.h"
#include "store/disk_fake.h"
#include "store/log_reader.h"
#include "store/recorder_fake.h"

namespace strait::store {
namespace {

using Mode = FaultPlan::Mode;

// In order of names, so that a checkpoint is older than the segments beside it. A file that goes
// away meanwhile was one being replaced.
void copy_files(const std::string& from, const std::string& to) {
  const auto names = list_files(from);
  ASSERT_TRUE(names);
  for (const auto& name : *names) {
    if (const auto bytes = read_file(from + "/" + name)) {
      ASSERT_TRUE(make_disk()->replace(to + "/" + name, *bytes));
    }
  }
}

// A script of calls against a disk that fails at the n-th durable effect. Whatever happens,
// afterwards:
//   what was acknowledged is in the log, and the log verifies.
class FaultTest : public testing::Test {
 protected:
  Status start() {
    loop_.emplace();
    RecorderConfig config{.log_dir = folder_->log(),
                          .blob_dir = folder_->blobs(),
                          .anchor_dir = folder_->anchor(),
                          .origin = "strait/test/audit",
                          .version = "0.1",
                          .segment_bytes = 64 * 1024,
                          .checkpoint_interval = std::chrono::milliseconds(100)};
    auto opened = Recorder::open_on(std::make_unique<DiskFake>(plan_), config, key(),
                                    crypto::AeadKey::generate(), clock_, loop_->loop());
    if (!opened) {
      loop_.reset();
      return std::unexpected(opened.error());
    }
    recorder_ = std::move(*opened);
    return {};
  }
  void kill() {
    if (loop_) loop_->stop();
    recorder_.reset();
    loop_.reset();
  }
  static crypto::SigningKey key() { return *crypto::SigningKey::from_seed(std::string(32, 'k')); }

  // Calls of one session, until `count` or the first error. Remembers what was acknowledged.
  void calls(int count) {
    for (int call = 0; call < count; ++call) {
      auto permitted = make_permitted(session_);
      const std::string id(permitted.arrival().id.str());
      auto intended =
          loop_->wait(recorder_->intent(std::move(permitted), {std::string(3000, ' ') + "{}"}));
      if (!intended) continue;
      intents_.push_back(id);
      if (loop_->wait(recorder_->result(make_reply(), {.intent = ref(*intended)})))
        results_.push_back(id);
    }
  }

  bool accepting_within(std::chrono::milliseconds patience) {
    for (; patience.count() > 0; patience -= std::chrono::milliseconds(20)) {
      if (recorder_->stats().accepting) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  void expect_everything_acknowledged_is_there() {
    auto reader = LogReader::open(folder_->log());
    ASSERT_TRUE(reader) << reader.error().detail;
    std::vector<std::string> intents;
    std::vector<std::string> ends;
    const std::vector vkeys{ledger::make_vkey("strait/test/audit", key().public_key())};
    ledger::Verifier verifier(vkeys, *read_checkpoints(folder_->log(), folder_->anchor()),
                              ledger::LogState::kAtRest);
    LeafAt leaf;
    for (;;) {
      const auto found = reader->next(leaf);
      ASSERT_TRUE(found) << found.error().message;
      if (!*found) break;
      verifier.add(leaf.bytes);
      const auto parsed = *ledger::parse_leaf(leaf.bytes);
      if (parsed.kind == ledger::Kind::kIntent) intents.emplace_back(parsed.text("id"));
      if (parsed.kind == ledger::Kind::kResult) ends.emplace_back(parsed.text("id"));
    }
    const auto report = std::move(verifier).finish();
    EXPECT_TRUE(report.ok()) << ledger::report_text(report);
    EXPECT_THAT(intents, testing::IsSupersetOf(intents_));
    EXPECT_THAT(ends, testing::IsSupersetOf(results_));
  }

  void TearDown() override { kill(); }

  std::optional<FolderFake> folder_ = std::make_optional<FolderFake>();
  ClockFake clock_;
  std::shared_ptr<FaultPlan> plan_ = std::make_shared<FaultPlan>();
  std::optional<LoopFake> loop_;
  std::unique_ptr<Recorder> recorder_;
  journey::Session session_ = make_session();
  std::vector<std::string> intents_;
  std::vector<std::string> results_;
};

struct Fault {
  Mode mode;
  bool sticky;
  const char* name;
};

class EveryEffect : public FaultTest, public testing::WithParamInterface<Fault> {};

INSTANTIATE_TEST_SUITE_P(Faults, EveryEffect,
                         testing::Values(Fault{Mode::kLost, false, "LostOnce"},
                                         Fault{Mode::kKept, false, "KeptOnce"},
                                         Fault{Mode::kLost, true, "LostFromThenOn"},
                                         Fault{Mode::kKept, true, "KeptFromThenOn"}),
                         [](const auto& instance) { return instance.param.name; });

TEST_P(EveryEffect, FailedThenKilledThenRestartedLosesNothingAcknowledged) {
  // Opening has about 8 effects, a call 2, and a roll some more.
  for (int fail_at = 0; fail_at < 40; ++fail_at) {
    SCOPED_TRACE(fail_at);
    folder_.emplace();
    intents_.clear();
    results_.clear();
    session_ = make_session();
    plan_ = std::make_shared<FaultPlan>();
    plan_->fail_at = fail_at;
    plan_->mode = GetParam().mode;
    plan_->sticky = GetParam().sticky;
    if (start()) calls(8);
    kill();
    plan_ = std::make_shared<FaultPlan>();
    const auto again = start();
    ASSERT_TRUE(again) << again.error().message << " " << again.error().detail;
    calls(2);
    ASSERT_GE(results_.size(), 2u);
    ASSERT_TRUE(loop_->wait(recorder_->close()));
    kill();
    expect_everything_acknowledged_is_there();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_P(EveryEffect, FailedAndRecoveredInPlaceLosesNothingAcknowledged) {
  if (GetParam().sticky) GTEST_SKIP() << "skipped: a disk that stays broken is the other test";
  for (int after = 0; after < 12; ++after) {
    SCOPED_TRACE(after);
    folder_.emplace();
    intents_.clear();
    results_.clear();
    session_ = make_session();
    plan_ = std::make_shared<FaultPlan>();
    ASSERT_TRUE(start());
    plan_->mode = GetParam().mode;
    plan_->fail_at = plan_->effects + after;
    calls(6);
    ASSERT_TRUE(accepting_within(std::chrono::seconds(5)));
    calls(2);
    ASSERT_GE(results_.size(), 2u);
    ASSERT_TRUE(loop_->wait(recorder_->close()));
    kill();
    expect_everything_acknowledged_is_there();
    if (HasFatalFailure() || HasNonfatalFailure()) return;
  }
}

TEST_F(FaultTest, AFullDiskRefusesQuicklyAndRecoversByItself) {
  ASSERT_TRUE(start());
  calls(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the spare segment is there
  plan_->no_segments = true;
  calls(60);  // fills what was prepared
  EXPECT_FALSE(recorder_->stats().accepting);
  const auto refused = loop_->wait(recorder_->intent(make_permitted(session_), {"{}"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRecorderUnavailable);
  // The client is told, though nothing can be written; the number of such answers is.
  journey::Refusal refusal{error(ErrorCode::kRecorderUnavailable, "no"), {503, {}}, ""};
  EXPECT_TRUE(loop_->wait(recorder_->refused(refusal, {})));
  journey::Refusal denial{error(ErrorCode::kDenied, "no"), {403, {}}, ""};
  EXPECT_FALSE(loop_->wait(recorder_->refused(denial, {})));
  plan_->no_segments = false;
  ASSERT_TRUE(accepting_within(std::chrono::seconds(5)));
  calls(2);
  ASSERT_TRUE(loop_->wait(recorder_->close()));
  kill();
  expect_everything_acknowledged_is_there();
}

TEST_F(FaultTest, ADiskThatDoesNotAnswerIsGivenUpAtTheDeadline) {
  ASSERT_TRUE(start());
  calls(1);
  plan_->stalled = true;
  const auto intended = loop_->wait(recorder_->intent(make_permitted(session_), {"{}"}));
  ASSERT_FALSE(intended);
  EXPECT_EQ(intended.error().code, ErrorCode::kRecorderUnavailable);
  EXPECT_FALSE(recorder_->stats().accepting);
}

TEST_F(FaultTest, TheQueueIsBounded) {
  ASSERT_TRUE(start());
  plan_->stalled = true;
  // One queue may be on its way to the disk, one waits behind it; the rest is refused long before
  // the deadline.
  constexpr int kMany = 2 * static_cast<int>(limits::kRecordQueueMax) + 50;
  std::atomic<int> refused_while_open = 0;
  for (int at = 0; at < kMany; ++at) {
    boost::asio::co_spawn(loop_->loop(), recorder_->admin({"test", "me", ""}),
                          [&](std::exception_ptr, const Status& status) {
                            if (!status && status.error().message.starts_with("too many"))
                              ++refused_while_open;
                          });
  }
  for (int wait = 0; wait < 400 && refused_while_open == 0; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_GE(refused_while_open, 50);
  kill();
}

// A copy taken at any moment of a run is what a power cut could have left: it opens, or is refused
// as going backwards when the anchor, copied later, knows more.
TEST_F(FaultTest, ACopyTakenMidwayRecovers) {
  ASSERT_TRUE(start());
  for (int round = 0; round < 10; ++round) {
    calls(3);
    FolderFake copy;
    copy_files(folder_->anchor(), copy.anchor());
    copy_files(folder_->log(), copy.log());
    LoopFake loop;
    RecorderConfig config{.log_dir = copy.log(),
                          .blob_dir = copy.blobs(),
                          .anchor_dir = copy.anchor(),
                          .origin = "strait/test/audit",
                          .version = "0.1",
                          .segment_bytes = 64 * 1024};
    auto opened = Recorder::open(config, key(), crypto::AeadKey::generate(), clock_, loop.loop());
    ASSERT_TRUE(opened) << opened.error().message << " " << opened.error().detail;
    EXPECT_GE((*opened)->stats().size, intents_.size() + results_.size());
    loop.stop();
  }
}

}  // namespace
}  // namespace strait::store
