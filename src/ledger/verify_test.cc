// SPDX-License-Identifier: Apache-2.0
#include "ledger/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "ledger/log_fake.h"

namespace strait::ledger {
namespace {

using testing::HasSubstr;
const std::string kDigest(64, 'd');

std::string first_violation(const Report& report) {
  return report.violations.empty() ? "" : report.violations.front().message;
}

TEST(Verify, AWholeLogVerifiesAndSaysWhatWasChecked) {
  const auto log = small_log();
  const auto report = log.verify();
  EXPECT_TRUE(report.ok()) << report_text(report);
  EXPECT_EQ(report.leaves, log.leaves.size());
  EXPECT_EQ(report.signed_leaves, log.leaves.size());
  EXPECT_EQ(report.calls, 3u);
  EXPECT_EQ(report.outcome_unknown, 1u);
  EXPECT_EQ(report.checkpoints, 2u);
  const auto text = report_text(report);
  EXPECT_THAT(text, HasSubstr("strait/test/audit"));
  EXPECT_THAT(text, HasSubstr("signed checkpoints"));
  EXPECT_THAT(text, HasSubstr("\nVERIFIED"));
  EXPECT_THAT(report_json(report), HasSubstr("\"verified\":true"));
}

TEST(Verify, EveryFlippedByteIsDetected) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  log.result(kim, 1, log.intent(kim, 1));
  log.checkpoint();
  ASSERT_TRUE(log.verify().ok());
  for (std::size_t leaf = 0; leaf < log.leaves.size(); ++leaf) {
    for (std::size_t at = 0; at < log.leaves[leaf].size(); ++at) {
      auto changed = log;
      changed.leaves[leaf][at] = static_cast<char>(changed.leaves[leaf][at] ^ 1);
      ASSERT_FALSE(changed.verify().ok()) << "leaf " << leaf << " byte " << at;
    }
  }
}

TEST(Verify, EverySwapDropRepeatAndTruncationIsDetected) {
  const auto log = small_log();
  for (std::size_t at = 0; at < log.leaves.size(); ++at) {
    auto dropped = log;
    dropped.leaves.erase(dropped.leaves.begin() + static_cast<std::ptrdiff_t>(at));
    EXPECT_FALSE(dropped.verify().ok()) << at;
    auto repeated = log;
    repeated.leaves.insert(repeated.leaves.begin() + static_cast<std::ptrdiff_t>(at),
                           log.leaves[at]);
    EXPECT_FALSE(repeated.verify().ok()) << at;
    auto cut = log;
    cut.leaves.resize(at);
    EXPECT_FALSE(cut.verify().ok()) << at;
    EXPECT_FALSE(cut.verify(LogState::kLive).ok()) << at;
    if (at + 1 == log.leaves.size()) continue;
    auto swapped = log;
    std::swap(swapped.leaves[at], swapped.leaves[at + 1]);
    EXPECT_FALSE(swapped.verify().ok()) << at;
  }
}

// With the signing key in hand a forger can sign any tree; what the leaves say must still make
// sense.
TEST(Verify, ASplicedSessionIsDetectedEvenUnderAGoodSignature) {
  auto log = small_log();
  auto other = small_log();
  log.leaves[3] = other.leaves[1];  // kim's opening where ada's was
  log.notes.clear();
  log.checkpoint();
  EXPECT_THAT(report_text(log.verify()), HasSubstr("is opened twice"));
}

TEST(Verify, TheEndOfTheLogMissingIsNamed) {
  auto log = small_log();
  log.leaves.pop_back();
  const auto report = log.verify();
  EXPECT_THAT(report_text(report), HasSubstr("the end of the log is missing"));
  EXPECT_THAT(report_text(report), HasSubstr("NOT VERIFIED"));
}

TEST(Verify, AForkIsDetectedByTheOtherCheckpoint) {
  auto log = small_log();
  LogFake fork;
  fork.open(fork.session(9, "eve"));
  fork.checkpoint();
  log.notes.push_back(fork.notes.back());
  EXPECT_THAT(first_violation(log.verify()), HasSubstr("is not the root of what is here"));
}

TEST(Verify, NoCheckpointIsNoVerification) {
  auto log = small_log();
  log.notes.clear();
  EXPECT_FALSE(log.verify().ok());
  EXPECT_FALSE(log.verify(LogState::kLive).ok());
}

TEST(Verify, LeavesAddedAfterTheLastCheckpointAreNotCalledSigned) {
  auto log = small_log();
  log.refused(log.session(1, "kim"), 9);
  EXPECT_FALSE(log.verify().ok());
  const auto live = log.verify(LogState::kLive);
  EXPECT_TRUE(live.ok());
  EXPECT_EQ(live.signed_leaves + 1, live.leaves);
  EXPECT_THAT(report_text(live), HasSubstr("not signed yet"));
}

TEST(Verify, ACallThatNeverEndsIsAViolationAtRestOnly) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  log.intent(kim, 1);
  log.checkpoint();
  EXPECT_THAT(first_violation(log.verify()), HasSubstr("never ends"));
  EXPECT_TRUE(log.verify(LogState::kLive).ok());
}

struct Story {
  const char* name;
  void (*tell)(LogFake& log, const journey::Session& kim);
  const char* violation;
};

const Story kStories[] = {
    {"ResultWithoutIntent",
     [](LogFake& log, const journey::Session& kim) { log.result(kim, 1, 1); },
     "ends without having begun"},
    {"TwoResults",
     [](LogFake& log, const journey::Session& kim) {
       const auto intent = log.intent(kim, 1);
       log.result(kim, 1, intent);
       log.result(kim, 1, intent);
     },
     "ends without having begun, or twice"},
    {"ResultOfAnotherIntent",
     [](LogFake& log, const journey::Session& kim) {
       log.intent(kim, 1);
       log.result(kim, 1, 0);
     },
     "ends another call"},
    {"SecondGenesis",
     [](LogFake& log, const journey::Session&) {
       log.put(Kind::kGenesis, genesis_body({"x", "y", "z"}), "");
     },
     "middle of the log"},
    {"SessionWithoutOpening",
     [](LogFake& log, const journey::Session&) { log.close(log.session(5)); },
     "begins without SESSION_OPEN"},
    {"SomebodyElseInTheSession",
     [](LogFake& log, const journey::Session& kim) {
       auto eve = kim;
       eve.principal.subject = "eve";
       log.result(kim, 1, log.intent(eve, 1));
     },
     "somebody else"},
    {"CallAfterClose",
     [](LogFake& log, const journey::Session& kim) {
       log.close(kim);
       log.result(kim, 1, log.intent(kim, 1));
     },
     "after its session was closed"},
    {"AskedAndNotApproved",
     [](LogFake& log, const journey::Session& kim) {
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kAsk));
     },
     "without one"},
    {"DeniedAndSent",
     [](LogFake& log, const journey::Session& kim) {
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kDeny));
     },
     "policy denied"},
    {"ApprovedByTheAsker",
     [](LogFake& log, const journey::Session& kim) {
       log.ask(kim, 1, kDigest);
       log.decide(1, kDigest, true, "kim");
     },
     "by the one who asked"},
    {"ApprovalOfAnotherCall",
     [](LogFake& log, const journey::Session& kim) {
       log.ask(kim, 1, kDigest);
       log.decide(1, kDigest, true, "boss");
       const auto approval = log.approval(1, std::string(64, 'e'), "boss");
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kAsk, &approval));
     },
     "digests differ"},
    {"ApprovalUsedTwice",
     [](LogFake& log, const journey::Session& kim) {
       log.ask(kim, 1, kDigest);
       log.decide(1, kDigest, true, "boss");
       const auto approval = log.approval(1, kDigest, "boss");
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kAsk, &approval));
       log.result(kim, 2, log.intent(kim, 2, journey::Effect::kAsk, &approval));
     },
     "more often than given"},
    {"ApprovalRefused",
     [](LogFake& log, const journey::Session& kim) {
       log.ask(kim, 1, kDigest);
       log.decide(1, kDigest, false, "boss");
       const auto approval = log.approval(1, kDigest, "boss");
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kAsk, &approval));
     },
     "used, not given"},
    {"ApproverInvented",
     [](LogFake& log, const journey::Session& kim) {
       log.ask(kim, 1, kDigest);
       log.decide(1, kDigest, true, "boss");
       const auto approval = log.approval(1, kDigest, "chief");
       log.result(kim, 1, log.intent(kim, 1, journey::Effect::kAsk, &approval));
     },
     "not recorded"},
    {"ApprovalNeverAskedFor",
     [](LogFake& log, const journey::Session&) { log.decide(1, kDigest, true, "boss"); },
     "never asked for"},
};

class VerifyStory : public testing::TestWithParam<Story> {};

TEST_P(VerifyStory, IsAViolationEvenUnderAGoodSignature) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  GetParam().tell(log, kim);
  log.checkpoint();
  EXPECT_THAT(report_text(log.verify()), HasSubstr(GetParam().violation));
  EXPECT_FALSE(log.verify().ok());
}

INSTANTIATE_TEST_SUITE_P(All, VerifyStory, testing::ValuesIn(kStories),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST(Leaf, OnlyWhatIsWrittenIsRead) {
  const auto log = small_log();
  for (const auto& bytes : log.leaves) {
    const auto leaf = parse_leaf(bytes);
    ASSERT_TRUE(leaf) << bytes << leaf.error().message;
    EXPECT_EQ(leaf->text("kind"), name(leaf->kind));
    auto extra = bytes;
    extra.insert(extra.size() - 1, ",\"extra\":1");
    EXPECT_FALSE(parse_leaf(extra)) << extra;
    auto doubled = bytes;
    doubled.insert(1, "\"v\":1,");
    EXPECT_FALSE(parse_leaf(doubled));
    auto other_version = bytes;
    other_version[5] = '2';
    EXPECT_FALSE(parse_leaf(other_version));
    EXPECT_FALSE(parse_leaf(bytes + " x"));
  }
  EXPECT_FALSE(parse_leaf("{}"));
  EXPECT_FALSE(parse_leaf("[]"));
  EXPECT_FALSE(parse_leaf(std::string(limits::kLeafBytesMax + 1, ' ')));
}

TEST(Leaf, SaysWhatWasGiven) {
  const auto log = small_log();
  const auto intent = *parse_leaf(log.leaves[2]);
  EXPECT_EQ(intent.kind, Kind::kIntent);
  EXPECT_EQ(intent.seq, 1u);
  EXPECT_EQ(intent.prev, leaf_hash(log.leaves[1]));
  EXPECT_EQ(intent.text("target.op"), "GetObject");
  EXPECT_EQ((*intent.find("needs")->list())[0].find("resource")->string()->c_str(),
            std::string("arn:aws:s3:::shop/\"quoted\""));
  EXPECT_EQ(intent.find("verdict.resource"), nullptr) << "there is one need";
  EXPECT_EQ(rfc3339(intent.time), rfc3339(test_time(2)));
}

TEST(Leaf, SaysWhichOfSeveralNeedsDecided) {
  LogFake log;
  const auto session = log.session();
  log.open(session);
  log.intent(
      session, 1, journey::Effect::kAllow, nullptr,
      {{"s3:ListBucket", "arn:aws:s3:::shop"}, {"s3:GetObject", "arn:aws:s3:::shop/\"quoted\""}});
  log.intent(session, 2, journey::Effect::kAllow, nullptr, {{"s3:GetObject", "*"}});
  for (const auto& bytes : std::span(log.leaves).last(2)) {
    const auto leaf = *parse_leaf(bytes);
    EXPECT_EQ(leaf.text("verdict.action"), "s3:GetObject");
    EXPECT_EQ(leaf.text("verdict.resource"), "arn:aws:s3:::shop/\"quoted\"");
  }
}

TEST(Leaf, ALongListOfNeedsIsCutAndCommittedTo) {
  std::vector<journey::Need> needs;
  for (int at = 0; at < 1000; ++at)
    needs.push_back({"s3:DeleteObject", "arn:aws:s3:::shop/" + std::to_string(at)});
  LogFake log;
  const auto session = log.session();
  journey::Verdict verdict;
  const auto body = intent_body({.id = LogFake::call_id(1),
                                 .arrived = test_time(),
                                 .session = session,
                                 .target = {},
                                 .needs = needs,
                                 .verdict = verdict,
                                 .input = {},
                                 .client = {}});
  EXPECT_LT(body.size(), limits::kLeafBytesMax / 2);
  log.open(session);
  log.put(Kind::kIntent, body, session.id.str());
  const auto leaf = parse_leaf(log.leaves.back());
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->number("needs_cut.count"), 1000u);
}

TEST(TimeText, IsRfc3339) {
  TimeText text;
  for (const auto time :
       {test_time(), test_time(1), test_time(1) + std::chrono::microseconds(999'995),
        test_time(86400), test_time()}) {
    EXPECT_EQ(text.render(time), rfc3339(time));
  }
}

}  // namespace
}  // namespace strait::ledger
