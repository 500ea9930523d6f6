// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "ledger/leaf.h"
#include "ledger/log_fake.h"

// What an INTENT says of its credential came later than the log: without it a leaf is as good.
namespace strait::ledger {
namespace {

std::string old_intent() {
  std::ifstream file(STRAIT_SOURCE_DIR "/src/ledger/testdata/leaf_fuzz/intent", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with(const std::string& member) {
  auto leaf = old_intent();
  leaf.insert(leaf.rfind('}'), "," + member);
  return leaf;
}

TEST(LeafScope, LogsOfBeforeStillRead) {
  const auto leaf = parse_leaf(old_intent());
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->text("scope.mark"), "");
}

TEST(LeafScope, SaysTheMarkAndThePolicy) {
  const auto leaf =
      parse_leaf(with(R"("scope":{"mark":"role","policy":")" + std::string(64, 'a') + "\"}"));
  ASSERT_TRUE(leaf) << leaf.error().message;
  EXPECT_EQ(leaf->text("scope.mark"), "role");
  EXPECT_TRUE(parse_leaf(with(R"("scope":{"mark":"unscoped"})")));
}

TEST(LeafScope, SaysNothingElse) {
  for (const auto* wrong :
       {R"("scope":{})", R"("scope":"role")", R"("scope":{"mark":1})",
        R"("scope":{"mark":"role","policy":"short"})", R"("scope":{"mark":"role","secret":"x"})"})
    EXPECT_FALSE(parse_leaf(with(wrong))) << wrong;
}

TEST(LeafScope, ANeedThatAwsMayAskForIsMarked) {
  auto leaf = old_intent();
  const std::string plain = R"("resource":"*"})";
  leaf.replace(leaf.find(plain), plain.size(), R"("resource":"*","may":true})");
  EXPECT_TRUE(parse_leaf(leaf));
  leaf.replace(leaf.find("true"), 4, "false");
  EXPECT_FALSE(parse_leaf(leaf));
}

TEST(LeafScope, WhatIsWrittenOfSuchANeedReads) {
  LogFake log;
  journey::Need need{"kms:Decrypt", "arn:aws:kms:eu-west-1:123456789012:key/*"};
  need.deny_only = true;
  const std::vector<journey::Need> needs{{"s3:GetObject", "arn:aws:s3:::shop/key"}, need};
  log.open(log.session());
  log.intent(log.session(), 1, journey::Effect::kAllow, nullptr, needs);
  const auto leaf = parse_leaf(log.leaves.back());
  ASSERT_TRUE(leaf) << leaf.error().message << log.leaves.back();
  EXPECT_NE(log.leaves.back().find(R"("may":true)"), std::string::npos);
}

}  // namespace
}  // namespace strait::ledger
