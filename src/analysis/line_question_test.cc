// SPDX-License-Identifier: Apache-2.0
#include "analysis/line_question.h"

#include <gtest/gtest.h>

#include "wire/ask_test.h"

namespace strait::analysis {
namespace {

using journey::Effect;
using wire::real_catalog;

constexpr auto kRead =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}]})";

std::string line(const std::string& allow, const std::string& ask, const std::string& request) {
  return R"({"allow":)" + allow + R"(,"ask":)" + ask + R"(,"request":)" + request + "}";
}

Answer answered(const std::string& text) {
  LineQuestions questions(nullptr);
  const auto found = questions.answer(text);
  EXPECT_TRUE(found.has_value()) << text << "\n" << (found ? "" : found.error().message);
  return found ? *found : Answer();
}

std::string refused(const std::string& text) {
  LineQuestions questions(nullptr);
  const auto found = questions.answer(text);
  EXPECT_FALSE(found.has_value()) << text;
  return found ? "" : found.error().message;
}

// Whether a statement with this condition allows a request with this principal and context.
bool allows(const std::string& condition, const std::string& rest) {
  const auto policy =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*",)"
      R"("Condition":)" +
      condition + "}}";
  return answered(line(policy, "[]", R"({"action":"s3:GetObject","resource":"*",)" + rest + "}"))
             .effect == Effect::kAllow;
}

TEST(LineQuestion, NamesTheStatementsBehindAnAnswer) {
  const auto list = std::string("[") + kRead + "," + kRead + "]";
  const auto get = R"({"action":"s3:GetObject","resource":"arn:aws:s3:::b/a"})";
  const auto allowed = answered(line(list, "[]", get));
  EXPECT_EQ(allowed.effect, Effect::kAllow);
  ASSERT_EQ(allowed.matched.size(), 2u);
  EXPECT_EQ(allowed.matched[1].str(), "allow[1]#Read");
  const auto asked = answered(line(list, list, get));
  EXPECT_EQ(asked.effect, Effect::kAsk);
  EXPECT_EQ(asked.matched.at(0).str(), "ask[0]#Read");
  const auto denied = answered(line(list, "[]", R"({"action":"s3:PutObject"})"));
  EXPECT_EQ(denied.effect, Effect::kDeny);
  EXPECT_TRUE(denied.matched.empty());
}

TEST(LineQuestion, TheSamePoliciesAreCompiledOnce) {
  LineQuestions questions(nullptr);
  for (int i = 0; i < 3; ++i) {
    const auto get = line(kRead, "[]", R"({"action":"s3:GetObject"})");
    EXPECT_EQ(questions.answer(get)->effect, Effect::kAllow);
    // The same text as `ask` is another set.
    EXPECT_EQ(questions.answer(line("[]", kRead, R"({"action":"s3:GetObject"})"))->effect,
              Effect::kAsk);
  }
}

TEST(LineQuestion, ContextValuesAreTextsNumbersBooleansAndLists) {
  EXPECT_TRUE(allows(R"({"NumericLessThan":{"x:n":10}})", R"("context":{"x:n":9.5})"));
  EXPECT_TRUE(allows(R"({"Bool":{"x:b":true}})", R"("context":{"x:b":true})"));
  EXPECT_TRUE(
      allows(R"({"ForAnyValue:StringEquals":{"x:l":"b"}})", R"("context":{"x:l":["a","b"]})"));
  EXPECT_TRUE(allows(R"({"StringEquals":{"x:l":"a"}})", R"("context":{"X:L":"a"})"));
  EXPECT_FALSE(allows(R"({"StringEquals":{"x:l":"a"}})", R"("context":{"x:l":["a"]})"))
      << "a list is a multi-valued key";
  EXPECT_TRUE(allows(R"({"Null":{"x:l":true,"x:n":true,"x:o":true}})",
                     R"("context":{"x:l":[],"x:n":null})"));
}

TEST(LineQuestion, ThePrincipalSaysWhoItIs) {
  const auto is = [](const std::string& arn, const std::string& pairs) {
    return allows(R"({"StringEquals":{)" + pairs + "}}",
                  R"("principal":")" + arn + R"(","context":{})");
  };
  EXPECT_TRUE(is(
      "arn:aws:iam::1:role/a/dev",
      R"("aws:PrincipalArn":"arn:aws:iam::1:role/a/dev","aws:PrincipalAccount":"1","aws:PrincipalType":"AssumedRole")"));
  EXPECT_TRUE(
      is("arn:aws:sts::1:assumed-role/dev/claude",
         R"("aws:PrincipalArn":"arn:aws:iam::1:role/dev","aws:PrincipalType":"AssumedRole")"));
  EXPECT_TRUE(
      is("arn:aws:iam::1:user/team/kim", R"("aws:username":"kim","aws:PrincipalType":"User")"));
  EXPECT_TRUE(is("arn:aws:iam::1:root", R"("aws:userid":"1","aws:PrincipalType":"Account")"));
  EXPECT_FALSE(is("arn:aws:iam::1:role/dev", R"("aws:username":"dev")"));
  EXPECT_TRUE(allows(R"({"StringEquals":{"aws:PrincipalArn":"x"}})",
                     R"("principal":"arn:aws:iam::1:role/dev","context":{"aws:PrincipalArn":"x"})"))
      << "the context comes first";
}

TEST(LineQuestion, TheResourceIsOneText) {
  const auto on = [](const std::string& pattern) {
    const auto policy =
        R"({"Statement":{"Effect":"Allow","Action":"*","Resource":")" + pattern + "\"}}";
    return answered(
               line(policy, "[]", R"({"action":"s3:GetObject","resource":"arn:aws:s3:::b/*"})"))
        .effect;
  };
  EXPECT_EQ(on("arn:aws:s3:::b/?"), Effect::kAllow);
  EXPECT_EQ(on("arn:aws:s3:::b/a"), Effect::kDeny);
}

TEST(LineQuestion, OnlySomeCallsOfAnActionMayBeOfItsClass) {
  STRAIT_NEEDS_PACK();
  LineQuestions questions(real_catalog().get());
  const auto all =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  const auto effect = [&](const std::string& request) {
    const auto found = questions.answer(line(all, "[]", request));
    EXPECT_TRUE(found) << found.error().message;
    return found ? found->effect : Effect::kAsk;
  };
  EXPECT_EQ(effect(R"({"action":"apigateway:GET"})"), Effect::kDeny);
  EXPECT_EQ(effect(R"({"action":"apigateway:GET","must_be_named":true})"), Effect::kDeny);
  EXPECT_EQ(effect(R"({"action":"apigateway:GET","must_be_named":false})"), Effect::kAllow);
  EXPECT_FALSE(
      questions.answer(line(all, "[]", R"({"action":"apigateway:GET","must_be_named":"no"})")));
}

TEST(LineQuestion, ErrorsSayWhere) {
  EXPECT_EQ(refused(line(R"([{},{"Statement":[]}])", "[]", R"({"action":"a:b"})")),
            "allow[0]:1:1: the policy has no Statement");
  EXPECT_EQ(refused(line("[]", R"([ {"Statement":{"Effect":"Allow","Effect":"Deny"}} ])",
                         R"({"action":"a:b"})"))
                .substr(0, 40),
            "not a line of JSON: the JSON text is ref");
  EXPECT_EQ(
      refused(line("[]", R"([{"Statement":{"Effect":"Allow","Act":"*"}}])", R"({"action":"a:b"})")),
      "ask[0]:1:32: statement 1: a statement has no element `Act`");
  EXPECT_NE(refused("{}").find("the line has no request"), std::string::npos);
  EXPECT_NE(refused(line("[1]", "[]", R"({"action":"a:b"})")).find("allow is a list of policies"),
            std::string::npos);
  EXPECT_NE(refused(line("[]", "[]", R"({"action":"GetObject"})")).find("service:Name"),
            std::string::npos);
  EXPECT_NE(refused(line("[]", "[]", R"({"action":"a:b","contxt":{}})")).find("`contxt`"),
            std::string::npos);
  EXPECT_NE(refused(line("[]", "[]", R"({"action":"a:b","principal":"kim"})")).find("is an ARN"),
            std::string::npos);
  EXPECT_NE(refused(line("[]", "[]", R"({"action":"a:b","context":{"x:y":{}}})")).find("`x:y`"),
            std::string::npos);
}

}  // namespace
}  // namespace strait::analysis
