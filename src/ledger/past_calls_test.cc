// SPDX-License-Identifier: Apache-2.0
#include "ledger/past_calls.h"

#include <gtest/gtest.h>

#include "ledger/log_fake.h"

namespace strait::ledger {
namespace {

std::vector<PastCall> calls_in(const LogFake& log, std::vector<PastCall>* rest = nullptr) {
  PastCalls past;
  std::vector<PastCall> out;
  for (std::size_t at = 0; at < log.leaves.size(); ++at) {
    const auto leaf = parse_leaf(log.leaves[at]);
    EXPECT_TRUE(leaf) << (leaf ? "" : leaf.error().message);
    if (!leaf) continue;
    if (auto call = past.take(*leaf, at)) out.push_back(*std::move(call));
  }
  if (rest != nullptr) *rest = past.rest();
  return out;
}

TEST(PastCalls, ACallComesWithItsEndAndItsSession) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  const auto intent = log.intent(kim, 1);
  log.result(kim, 1, intent);
  const auto calls = calls_in(log);
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_TRUE(calls[0].sent);
  EXPECT_EQ(calls[0].index, intent);
  EXPECT_EQ(calls[0].status, 200);
  EXPECT_EQ(calls[0].effect, "allow");
  EXPECT_EQ(calls[0].service, "s3");
  EXPECT_EQ(calls[0].input_commit.size(), 32u);
  ASSERT_EQ(calls[0].needs.size(), 1u);
  EXPECT_EQ(calls[0].needs[0].action, "s3:GetObject");
  ASSERT_NE(calls[0].session, nullptr);
  EXPECT_EQ(calls[0].session->subject, "kim");
}

TEST(PastCalls, ACallWithoutAnEndIsAmongTheRest) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  log.intent(kim, 1);
  std::vector<PastCall> rest;
  EXPECT_TRUE(calls_in(log, &rest).empty());
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].status, 0);
}

TEST(PastCalls, ARefusalThatWasNotUnderstoodIsNoCall) {
  LogFake log;
  const auto kim = log.session();
  log.open(kim);
  log.refused(kim, 1);
  EXPECT_TRUE(calls_in(log).empty());
}

}  // namespace
}  // namespace strait::ledger
