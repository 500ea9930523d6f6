// SPDX-License-Identifier: Apache-2.0
// What must hold of every policy whatever it says: more Deny, more ask and less knowledge never
// allow more.
#include <gtest/gtest.h>

#include "policy/random_policies.h"

namespace strait::policy::testing {
namespace {

TEST(PolicyMonotone, AddingADenyNeverAllows) {
  World world(2);
  for (int i = 0, count = case_count(); i < count; ++i) {
    auto statements = world.statements();
    const auto need = world.need();
    const auto context = world.context();
    const auto before = judged(compiled(statements), need, context);
    auto added = world.statement();
    added.text.allow = false;
    statements.push_back(added);
    const auto after = judged(compiled(statements), need, context);
    ASSERT_TRUE(after == before || after == Effect::kDeny) << shown(statements, need, context);
  }
}

TEST(PolicyMonotone, AddingAskNeverAllowsMore) {
  World world(3);
  for (int i = 0, count = case_count(); i < count; ++i) {
    auto statements = world.statements();
    const auto need = world.need();
    const auto context = world.context();
    const auto before = judged(compiled(statements), need, context);
    auto added = world.statement();
    added.text.allow = added.ask = true;
    statements.push_back(added);
    const auto after = judged(compiled(statements), need, context);
    ASSERT_TRUE(after != Effect::kAllow || before == Effect::kAllow)
        << shown(statements, need, context);
  }
}

TEST(PolicyMonotone, UnknownInsteadOfKnownNeverAllowsMore) {
  World world(4);
  for (int i = 0, count = case_count(); i < count; ++i) {
    const auto statements = world.statements();
    const auto set = compiled(statements);
    const auto need = world.need();
    auto context = world.context();
    const auto before = judged(set, need, context);
    if (context.empty()) continue;
    auto& entry = context[static_cast<std::size_t>(i) % context.size()];
    entry.values.clear();
    entry.unknown = true;
    ASSERT_TRUE(judged(set, need, context) != Effect::kAllow || before == Effect::kAllow)
        << shown(statements, need, context);
  }
}

// A resource that is known exactly, and patterns that it is one of.
TEST(PolicyMonotone, APatternInsteadOfAResourceNeverAllowsMore) {
  World world(5);
  for (int i = 0, count = case_count(); i < count; ++i) {
    const auto statements = world.statements();
    const auto set = compiled(statements);
    const auto need = world.need();
    const auto context = world.context();
    const auto before = judged(set, need, context);
    auto vague = need;
    if (need.resource == "*" || need.resource.ends_with('*')) continue;
    vague.pattern = true;
    vague.derived = world.chance(50);
    const auto colon = need.resource.rfind(':');
    const auto cut = colon + 1 + static_cast<std::size_t>(i) % (need.resource.size() - colon);
    vague.resource = need.resource.substr(0, cut) + "*";
    ASSERT_TRUE(judged(set, vague, context) != Effect::kAllow || before == Effect::kAllow)
        << shown(statements, vague, context);
  }
}

}  // namespace
}  // namespace strait::policy::testing
