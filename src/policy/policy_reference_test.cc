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

}  // namespace
}  // namespace strait::policy::testing
