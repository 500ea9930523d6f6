// SPDX-License-Identifier: Apache-2.0
// Random policies and requests on which the judge and the second evaluator must agree.
#include <gtest/gtest.h>

#include <map>

#include "policy/random_policies.h"

namespace strait::policy::testing {
namespace {

constexpr int kRequestsEach = 8;

TEST(PolicyReference, BothEvaluatorsAgree) {
  World world(1);
  std::map<Effect, int> seen;
  const int count = case_count();
  for (int i = 0; i < count; i += kRequestsEach) {
    const auto statements = world.statements();
    const auto set = compiled(statements);
    for (int j = 0; j < kRequestsEach; ++j) {
      const auto need = world.need();
      const auto context = world.context();
      const auto expected = Reference(context).decide(statements, need);
      ASSERT_EQ(judged(set, need, context), expected) << shown(statements, need, context);
      ++seen[expected];
    }
  }
  EXPECT_GT(seen[Effect::kAllow], count / 50);
  EXPECT_GT(seen[Effect::kAsk], count / 50);
  EXPECT_GT(seen[Effect::kDeny], count / 10);
}

// So many that the index by resource is used, and mostly Allow, so that not all are denied.
TEST(PolicyReference, BothAgreeOnManyStatements) {
  World world(6);
  std::map<Effect, int> seen;
  for (int i = 0, count = case_count() / 10; i < count; i += kRequestsEach) {
    auto statements = world.statements(30, 90);
    for (auto& s : statements) {
      s.text.allow = s.text.allow || world.chance(97);
      s.ask = s.ask && world.chance(5);
    }
    const auto set = compiled(statements);
    for (int j = 0; j < kRequestsEach; ++j) {
      const auto need = world.need();
      const auto context = world.context();
      const auto expected = Reference(context).decide(statements, need);
      ASSERT_EQ(judged(set, need, context), expected) << shown(statements, need, context);
      ++seen[expected];
    }
  }
  for (const auto effect : {Effect::kAllow, Effect::kAsk, Effect::kDeny})
    EXPECT_GT(seen[effect], case_count() / 1000) << journey::name(effect);
}

}  // namespace
}  // namespace strait::policy::testing
