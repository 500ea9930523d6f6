// SPDX-License-Identifier: Apache-2.0
#include "desk/person.h"

#include <gtest/gtest.h>

namespace strait::desk {
namespace {

journey::Principal lee() {
  journey::Principal who;
  who.issuer = "https://people.example";
  who.subject = "lee";
  who.claims = {
      {"email", {"Lee@acme.dev"}}, {"email_verified", {"true"}}, {"groups", {"platform", "db"}}};
  return who;
}

TEST(Person, ApproverRulesAreNarrow) {
  const auto listed = [](std::string rule, const journey::Principal& who = lee()) {
    return is_listed(who, {std::move(rule)});
  };
  EXPECT_TRUE(listed("group:platform"));
  EXPECT_FALSE(listed("group:plat"));
  EXPECT_FALSE(listed("group:Platform"));
  EXPECT_TRUE(listed("sub:https://people.example|lee"));
  EXPECT_FALSE(listed("sub:https://other.example|lee"));
  EXPECT_TRUE(listed("email:lee@acme.dev"));
  EXPECT_FALSE(listed("lee"));
  EXPECT_FALSE(listed("*"));
  EXPECT_FALSE(listed(""));
  EXPECT_FALSE(is_listed(lee(), {}));
  auto unverified = lee();
  unverified.claims[1].second = {"false"};
  EXPECT_FALSE(listed("email:lee@acme.dev", unverified));
  unverified.claims.erase(unverified.claims.begin() + 1);
  EXPECT_FALSE(listed("email:lee@acme.dev", unverified));
}

TEST(Person, LineagesMeetWidely) {
  auto agent = lee();
  agent.issuer = "https://agents.example";
  agent.subject = "bot";
  agent.claims = {{"owner", {"LEE@acme.dev"}}};
  EXPECT_TRUE(lineage_of(agent).meets(lineage_of(lee())));
  agent.claims = {{"act.sub", {"lee"}}};
  EXPECT_TRUE(lineage_of(agent).meets(lineage_of(lee())));
  agent.claims = {{"owner", {"max@acme.dev"}}};
  EXPECT_FALSE(lineage_of(agent).meets(lineage_of(lee())));
}

}  // namespace
}  // namespace strait::desk
