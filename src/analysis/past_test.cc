// SPDX-License-Identifier: Apache-2.0
#include "analysis/past.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/backtest.h"
#include "analysis/score.h"
#include "analysis/suggestion.h"
#include "analysis/why.h"
#include "policy/can_i.h"
#include "policy/judge.h"
#include "policy/testing.h"
#include "wire/ask_test.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using wire::real_catalog;

class PastTest : public ::testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }

  static ledger::PastCall recorded(const std::string& service, const std::string& operation,
                                   const std::string& protocol = "json-1.0") {
    auto session = std::make_shared<ledger::PastSession>();
    session->issuer = "https://issuer.example";
    session->subject = "agent-7";
    session->role = policy::testing::kRole;
    session->name = "claude";
    ledger::PastCall call;
    call.id = "call_1";
    call.session = session;
    call.service = service;
    call.operation = operation;
    call.protocol = protocol;
    call.partition = "aws";
    call.account = "123456789012";
    call.region = "eu-west-1";
    call.sent = true;
    return call;
  }

  static Past remembered(const std::string& service, const std::string& operation,
                         const std::string& input, const std::string& claims = "{}",
                         const std::string& protocol = "json-1.0") {
    auto past = remember(recorded(service, operation, protocol), {input, claims}, real_catalog());
    EXPECT_TRUE(past) << (past ? "" : past.error().message);
    return past ? *past : Past{policy::testing::call({}), {}, ""};
  }
  static Past get_item(const std::string& table = "orders") {
    return remembered("dynamodb", "GetItem",
                      R"({"TableName":")" + table + R"(","Key":{"id":{"S":"42"}}})");
  }
  static Past get_object(const std::string& key) {
    return remembered("s3", "GetObject", R"({"Bucket":"shop","Key":")" + key + R"("})", "{}",
                      "rest-xml");
  }
  static Effect judged(const Past& past, const std::string& allow, const std::string& ask = "") {
    return policy::Judge::evaluate(policy::testing::policies(allow, ask), past.session.role,
                                   past.call, past.session)
        .effect;
  }
};

TEST_F(PastTest, ACallIsJudgedByWhatItsInputSays) {
  const auto past = get_item();
  EXPECT_EQ(past.doubt, "");
  ASSERT_FALSE(past.call.needs.empty());
  EXPECT_EQ(past.call.needs[0].action, "dynamodb:GetItem");
  EXPECT_EQ(past.call.needs[0].resource, "arn:aws:dynamodb:eu-west-1:123456789012:table/orders");
  const std::string only_orders = R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*",
      "Condition":{"StringEquals":{"strait:param/TableName":"orders"}}})";
  EXPECT_EQ(judged(past, only_orders), Effect::kAllow);
  EXPECT_EQ(judged(get_item("users"), only_orders), Effect::kDeny);
}

TEST_F(PastTest, ClaimsOfTheTokenCount) {
  const std::string for_web = R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*",
      "Condition":{"StringEquals":{"strait:claim/team":"web"}}})";
  const std::string input = R"({"TableName":"orders","Key":{"id":{"S":"42"}}})";
  EXPECT_EQ(judged(remembered("dynamodb", "GetItem", input, R"({"team":["web"]})"), for_web),
            Effect::kAllow);
  EXPECT_EQ(judged(remembered("dynamodb", "GetItem", input, R"({"team":["ops"]})"), for_web),
            Effect::kDeny);
}

TEST_F(PastTest, WithoutItsInputACallHasItsResourcesAndNoConditionHolds) {
  auto call = recorded("dynamodb", "GetItem");
  call.needs = {{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}};
  const auto past = remember(call, {}, real_catalog());
  ASSERT_TRUE(past) << past.error().message;
  EXPECT_THAT(past->doubt, HasSubstr("input"));
  EXPECT_EQ(judged(*past, R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"})"),
            Effect::kAllow);
  EXPECT_EQ(judged(*past, R"({"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*",
      "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}})"),
            Effect::kDeny);
}

TEST_F(PastTest, WhatTheCatalogDoesNotKnowIsAnError) {
  EXPECT_FALSE(remember(recorded("dynamodb", "Fly"), {"{}", "{}"}, real_catalog()));
  EXPECT_FALSE(remember(recorded("nothing", "GetItem"), {"{}", "{}"}, real_catalog()));
  auto orphan = recorded("dynamodb", "GetItem");
  orphan.session = nullptr;
  EXPECT_FALSE(remember(orphan, {"{}", "{}"}, real_catalog()));
}

TEST_F(PastTest, BacktestGroupsWhatWouldDiffer) {
  Backtest test;
  const auto set = policy::testing::policies(
      R"({"Sid":"Orders","Effect":"Allow","Action":"dynamodb:*","Resource":"arn:aws:dynamodb:*:*:table/orders"})");
  const auto judge = [&](const Past& past) {
    return policy::Judge::evaluate(set, past.session.role, past.call, past.session);
  };
  for (const auto* table : {"users", "users", "carts"}) {
    const auto past = get_item(table);
    test.take(past, std::string("call_") + table, Effect::kAllow, judge(past));
  }
  const auto orders = get_item();
  test.take(orders, "call_a", Effect::kAllow, judge(orders));
  test.take(orders, "call_b", Effect::kDeny, judge(orders));
  const auto differences = test.differences();
  EXPECT_EQ(test.judged(), 5u);
  EXPECT_EQ(test.same(), 1u);
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].after, Effect::kAllow);
  EXPECT_EQ(differences[0].by, "allow.json#Orders");
  EXPECT_EQ(differences[1].after, Effect::kDeny);
  EXPECT_EQ(differences[1].count, 3u);
  EXPECT_THAT(differences[1].call_ids, ElementsAre("call_users", "call_carts"));
  EXPECT_EQ(differences[1].resources.size(), 2u);
}

Effect under(const Suggestion& suggestion, const std::string& action, const std::string& resource) {
  const auto policies = policy::compile(
      {{.arn = policy::testing::kRole, .allow = {{"suggestion.json", suggestion.policy_json}}}});
  EXPECT_TRUE(policies) << (policies ? "" : policies.error().message) << suggestion.policy_json;
  return policy::can_i(*policies, {.role = policy::testing::kRole,
                                   .action = action,
                                   .resource = resource,
                                   .context = {{"aws:RequestedRegion", {"eu-west-1"}}}})
      .effect;
}

TEST_F(PastTest, ASuggestionAllowsWhatWasDoneAndNothingBeside) {
  Suggester suggester({});
  suggester.take(get_item());
  suggester.take(get_object("a*b?c${x}"));
  const auto made = suggester.suggest();
  const std::string table = "arn:aws:dynamodb:eu-west-1:123456789012:table/";
  EXPECT_EQ(under(made, "dynamodb:GetItem", table + "orders"), Effect::kAllow);
  EXPECT_EQ(under(made, "dynamodb:GetItem", table + "order"), Effect::kDeny);
  EXPECT_EQ(under(made, "dynamodb:PutItem", table + "orders"), Effect::kDeny);
  EXPECT_EQ(
      judged(get_object("a*b?c${x}"),
             made.policy_json.substr(made.policy_json.find('[') + 1,
                                     made.policy_json.rfind(']') - made.policy_json.find('[') - 1)),
      Effect::kAllow);
  EXPECT_EQ(under(made, "s3:GetObject", "arn:aws:s3:::shop/a1bXc${x}"), Effect::kDeny)
      << "the characters of a key are not wildcards";
}

TEST_F(PastTest, NamesAreGeneralisedOnlyWithEvidenceAndNeverATableOrABucket) {
  Suggester few({.evidence = 5}), many({.evidence = 5});
  for (int at = 0; at < 4; ++at) few.take(get_object("logs/" + std::to_string(at)));
  for (int at = 0; at < 5; ++at) {
    many.take(get_object("logs/" + std::to_string(at)));
    many.take(get_item("table" + std::to_string(at)));
  }
  EXPECT_TRUE(few.suggest().generalised.empty());
  const auto made = many.suggest();
  ASSERT_EQ(made.generalised.size(), 1u);
  EXPECT_EQ(made.generalised[0].pattern, "arn:aws:s3:::shop/logs/*");
  EXPECT_EQ(under(made, "s3:GetObject", "arn:aws:s3:::shop/logs/new"), Effect::kAllow);
  EXPECT_EQ(under(made, "s3:GetObject", "arn:aws:s3:::shop/other"), Effect::kDeny);
  EXPECT_EQ(under(made, "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/table9"),
            Effect::kDeny);
}

TEST_F(PastTest, WhatNeverChangedBecomesACondition) {
  Suggester suggester({.constant_after = 3});
  for (int at = 0; at < 3; ++at) suggester.take(get_object("k"));
  EXPECT_THAT(suggester.suggest().policy_json, HasSubstr(R"("aws:RequestedRegion": "eu-west-1")"));
  Suggester early({.constant_after = 3});
  early.take(get_object("k"));
  EXPECT_THAT(early.suggest().policy_json, Not(HasSubstr("Condition")));
}

TEST_F(PastTest, ExplainGivesTheStatementThatWouldAllowItAndOneThatDoes) {
  const auto past = get_item();
  const auto why = explain(
      past, policy::testing::policies(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})"));
  EXPECT_EQ(why.verdict.effect, Effect::kDeny);
  ASSERT_FALSE(why.statement_json.empty());
  EXPECT_EQ(judged(past, why.statement_json), Effect::kAllow);
  EXPECT_EQ(judged(get_item("users"), why.statement_json), Effect::kDeny);
}

TEST_F(PastTest, ExplainOffersNoStatementAgainstADeny) {
  const auto why = explain(
      get_item(),
      policy::testing::policies(R"({"Effect":"Deny","Action":"dynamodb:*","Resource":"*"})"));
  EXPECT_EQ(why.verdict.effect, Effect::kDeny);
  EXPECT_EQ(why.statement_json, "");
}

TEST_F(PastTest, TheScoreSaysWhatWasGrantedAndWhatWasUsed) {
  policy::RoleSource role{policy::testing::kRole, {}, {}};
  role.allow.push_back(
      {"allow.json",
       policy::testing::document(
           R"({"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:DeleteTable"],"Resource":"*"},
         {"Effect":"Deny","Action":"dynamodb:DeleteTable","Resource":"*"},
         {"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"})")});
  const auto made = score(role, {"dynamodb:GetItem"}, *real_catalog());
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->granted[static_cast<std::size_t>(Level::kRead)], 1u);
  EXPECT_EQ(made->granted[static_cast<std::size_t>(Level::kWrite)], 0u) << "the Deny took it away";
  EXPECT_EQ(made->granted[static_cast<std::size_t>(Level::kPermissions)], 1u);
  EXPECT_EQ(made->used[static_cast<std::size_t>(Level::kRead)], 1u);
  EXPECT_THAT(made->unused, ElementsAre("iam:PutRolePolicy"));
  EXPECT_THAT(made->everywhere, ElementsAre("dynamodb:GetItem"));
}

TEST_F(PastTest, AWildcardDoesNotGrantWhatMustBeNamed) {
  policy::RoleSource role{policy::testing::kRole, {}, {}};
  role.allow.push_back(
      {"allow.json",
       policy::testing::document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})")});
  const auto made = score(role, {}, *real_catalog());
  ASSERT_TRUE(made);
  EXPECT_THAT(made->unused, Not(::testing::Contains("iam:PassRole")));
  EXPECT_THAT(made->unused, ::testing::Contains("iam:GetUser"));
}

}  // namespace
}  // namespace strait::analysis
