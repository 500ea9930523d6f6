// SPDX-License-Identifier: Apache-2.0
// The words for classes of actions, as every question about policy answers them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "analysis/class_list.h"
#include "analysis/known_actions.h"
#include "analysis/line_question.h"
#include "analysis/lint.h"
#include "analysis/pack_testing.h"
#include "analysis/policy_diff.h"
#include "analysis/prove.h"
#include "analysis/score.h"
#include "analysis/session_policy.h"
#include "analysis/who_can.h"
#include "policy/can_i.h"
#include "policy/testing.h"

namespace strait::analysis {
namespace {

using catalog::Class;
using journey::Effect;
using policy::testing::document;
using policy::testing::kRole;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string statement(std::string_view effect, std::string_view actions,
                      std::string_view member = "Action") {
  return R"({"Effect":")" + std::string(effect) + R"(",")" + std::string(member) + R"(":[)" +
         std::string(actions) + R"(],"Resource":"*"})";
}

policy::RoleSource role(const std::string& allow, const std::string& ask = "") {
  policy::RoleSource source{kRole, {}, {}};
  if (!allow.empty()) source.allow.push_back({"allow.json", document(allow)});
  if (!ask.empty()) source.ask.push_back({"ask.json", document(ask)});
  return source;
}

class ClassWords : public PackTest {
 protected:
  static std::string all_of(Class which) {
    std::string text;
    for (const auto& action : actions_of(which, known_actions(words().catalog())).some)
      text += (text.empty() ? "\"" : ",\"") + action + "\"";
    return text;
  }
  static Proof proof_of(const policy::RoleSource& bound, const policy::RoleSource& policy) {
    auto proof = prove(bound, policy, known_actions(words().catalog()),
                       [] { return std::chrono::seconds(60); });
    EXPECT_TRUE(proof.has_value()) << (proof ? "" : proof.error().message);
    return proof ? *proof : Proof{};
  }
  static std::vector<std::string> rules(const policy::RoleSource& source) {
    std::vector<std::string> out;
    for (const auto& one : lint({source}, words())) out.emplace_back(one.rule);
    return out;
  }
  static Effect who(const std::string& allow, const std::string& action) {
    const auto answers = who_can({role(allow)}, action, "*", words());
    EXPECT_TRUE(answers.has_value());
    return answers ? answers->front().effect : Effect::kDeny;
  }
};

TEST_F(ClassWords, TheDocumentedListIsThatOfTheCatalog) {
  std::ifstream file(STRAIT_CLASSES_FILE, std::ios::binary);
  const std::string written(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(written == list_classes(words().catalog()))
      << "docs/action-classes.md is not what the catalog says: write the output of `strait aws "
         "classes` over it";
}

TEST_F(ClassWords, EveryActionThatMustBeNamedIsOfAClassAndNoOtherIs) {
  const auto known = known_actions(words().catalog());
  std::set<std::string> listed;
  for (const auto which : catalog::kClasses) {
    const auto actions = actions_of(which, known);
    EXPECT_THAT(actions.some, Not(IsEmpty())) << name(which);
    EXPECT_LE(actions.only.size(), actions.some.size());
    listed.insert(actions.some.begin(), actions.some.end());
  }
  for (std::uint32_t at = 0; at < words().action_count(); ++at) {
    EXPECT_EQ(words().must_be_named(at), listed.contains(std::string(words().action(at))))
        << words().action(at);
  }
  const auto credentials = actions_of(Class::kReturnsCredentials, known);
  EXPECT_THAT(credentials.some, Contains("apigateway:GET"));
  EXPECT_THAT(credentials.only, Not(Contains("apigateway:GET"))) << "most GETs are of no class";
}

TEST_F(ClassWords, WhoCanReadsThem) {
  const auto word = statement("Allow", R"("strait:class/pass-role")");
  EXPECT_EQ(who(word, "iam:PassRole"), Effect::kAllow);
  EXPECT_EQ(who(word, "ssm:SendCommand"), Effect::kDeny);
  EXPECT_EQ(who(word, "s3:GetObject"), Effect::kDeny);
  EXPECT_EQ(who(statement("Allow", R"("iam:PassRole")") + "," +
                    statement("Deny", R"("strait:class/pass-role")"),
                "iam:PassRole"),
            Effect::kDeny);
}

TEST_F(ClassWords, CheckOffersTheWordAndTakesItForANaming) {
  const auto all = lint({role(statement("Allow", R"("lambda:*")"))}, words());
  const auto finding = std::ranges::find(all, "wildcard-misses-named", &Finding::rule);
  ASSERT_NE(finding, all.end());
  EXPECT_THAT(finding->advice, HasSubstr("strait:class/run-code"));
  EXPECT_THAT(finding->advice, HasSubstr("strait:class/edit-policy"));
  EXPECT_THAT(finding->advice, Not(HasSubstr("strait:class/pass-role")));
  const auto named = statement("Allow", R"("iam:PassRol*","strait:class/pass-role")");
  EXPECT_THAT(rules(role(named)), Not(Contains("wildcard-reaches-nothing")));
  EXPECT_THAT(rules(role(named)), Not(Contains("unknown-action")));
}

TEST_F(ClassWords, CheckSaysWhichClassWasMeant) {
  const auto all = lint({role(statement("Allow", R"("strait:class/edit-polcy")"))}, words());
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].rule, "grammar");
  EXPECT_THAT(all[0].message, HasSubstr("did you mean `strait:class/edit-policy`?"));
}

TEST_F(ClassWords, AWildcardDoesNotShadowAClassNorAClassAName) {
  EXPECT_THAT(rules(role(statement("Allow", R"("*")") + "," +
                         statement("Allow", R"("strait:class/run-code")"))),
              Not(Contains("redundant-statement")));
  EXPECT_THAT(
      rules(role(statement("Allow", R"("strait:class/run-code")"), statement("Allow", R"("*")"))),
      Not(Contains("shadowed-statement")));
  const auto denied = rules(
      role(statement("Deny", R"("*")") + "," + statement("Allow", R"("strait:class/run-code")")));
  EXPECT_THAT(denied, Contains("shadowed-statement"));
  EXPECT_THAT(rules(role(statement("Deny", R"("s*:*")") + "," +
                         statement("Allow", R"("strait:class/run-code")"))),
              Not(Contains("shadowed-statement")))
      << "a class is no text that a pattern matches";
  EXPECT_THAT(rules(role(statement("Deny", R"("strait:class/pass-role")", "NotAction") + "," +
                         statement("Allow", R"("iam:PassRole")"))),
              Not(Contains("shadowed-statement")));
}

TEST_F(ClassWords, DiffAndScoreCountWhatIsOfThem) {
  const auto read = statement("Allow", R"("s3:GetObject")");
  const auto made =
      diff({role(read)}, {role(read + "," + statement("Allow", R"("strait:class/pass-role")"))},
           words());
  ASSERT_TRUE(made);
  ASSERT_EQ(made->access.size(), 1u);
  EXPECT_THAT(made->access[0].actions, ::testing::ElementsAre("iam:PassRole"));
  EXPECT_EQ(made->access[0].allow, Extent::kWider);
  const auto scored =
      score(role(statement("Allow", R"("strait:class/pass-role")")), {}, words().catalog());
  ASSERT_TRUE(scored);
  EXPECT_THAT(scored->unused, ::testing::ElementsAre("iam:PassRole"));
}

TEST_F(ClassWords, WithoutTheGatewayTheyAreRefusedAndWithItTheyHold) {
  const auto line = R"({"allow":)" + document(statement("Allow", R"("strait:class/pass-role")")) +
                    R"(,"request":{"action":"iam:PassRole","resource":"arn:aws:iam::1:role/r"}})";
  const auto iam = LineQuestions(nullptr).answer(line);
  ASSERT_FALSE(iam.has_value());
  EXPECT_THAT(iam.error().message, HasSubstr("which IAM does not have"));
  EXPECT_THAT(iam.error().message, HasSubstr("--strict"));
  const auto strict = LineQuestions(&words().catalog()).answer(line);
  ASSERT_TRUE(strict.has_value());
  EXPECT_EQ(strict->effect, Effect::kAllow);
}

TEST_F(ClassWords, AClassIsProvedToBeItsActions) {
  for (const auto which : catalog::kClasses) {
    const auto word = role(statement("Allow", "\"strait:class/" + std::string(name(which)) + "\""));
    const auto actions = role(statement("Allow", all_of(which)));
    EXPECT_EQ(proof_of(actions, word).answer, Proof::kProved) << name(which);
    const bool same = actions_of(which, known_actions(words().catalog())).some ==
                      actions_of(which, known_actions(words().catalog())).only;
    EXPECT_EQ(proof_of(word, actions).answer, same ? Proof::kProved : Proof::kCounterExample)
        << name(which) << ": some actions are of it in some calls only";
  }
}

TEST_F(ClassWords, OneMoreClassIsShownByOneOfItsActions) {
  const auto read = statement("Allow", R"("s3:GetObject")");
  for (const auto which : catalog::kClasses) {
    const auto proof = proof_of(
        role(read),
        role(read + "," + statement("Allow", "\"strait:class/" + std::string(name(which)) + "\"")));
    ASSERT_EQ(proof.answer, Proof::kCounterExample) << name(which) << proof.reason;
    EXPECT_TRUE(proof.known_action);
    EXPECT_NE(proof.call.classes & static_cast<catalog::Classes>(which), 0);
  }
}

TEST_F(ClassWords, ADenyOnAClassThatGoesIsNewAccess) {
  const auto named = statement("Allow", R"("iam:PassRole","s3:*")");
  const auto deny = statement("Deny", R"("strait:class/pass-role")");
  EXPECT_EQ(proof_of(role(named + "," + deny), role(named)).answer, Proof::kCounterExample);
  EXPECT_EQ(proof_of(role(named), role(named + "," + deny)).answer, Proof::kProved);
  EXPECT_EQ(
      proof_of(role(named + "," + deny), role(named + "," + statement("Deny", R"("iam:PassRole")")))
          .answer,
      Proof::kProved);
}

// The attack: every kind of a call under one action is told apart, so that a Deny on the kind with
// a class is no proof about the other.
TEST_F(ClassWords, ADenyOnAClassIsNoProofAboutOtherCallsOfTheSameAction) {
  const auto get = statement("Allow", R"("apigateway:GET")");
  const auto deny = statement("Deny", R"("strait:class/returns-credentials")");
  const auto proof =
      proof_of(role(statement("Allow", R"("s3:GetObject")")), role(get + "," + deny));
  ASSERT_EQ(proof.answer, Proof::kCounterExample);
  EXPECT_EQ(proof.call.action, "apigateway:GET");
  EXPECT_EQ(proof.call.classes, 0);
}

// The second lock. AWS, for one session policy.
bool aws_allows(const journey::SessionPolicies& policies, const std::string& action,
                bool via_service = false) {
  if (policies == nullptr) return false;
  const auto set = policy::compile({{kRole, {{"session.json", policies->front().json}}, {}}});
  EXPECT_TRUE(set.has_value()) << policies->front().json;
  if (!set) return false;
  policy::Question question{
      .role = kRole, .action = action, .resource = "*", .context = {}, .missing_is_absent = true};
  if (via_service) question.context.push_back({"aws:ViaAWSService", {"true"}});
  return policy::can_i(*set, question).effect == Effect::kAllow;
}

TEST_F(ClassWords, AwsIsToldTheActions) {
  const auto mine = RoleScope::compile(
      role(statement("Allow", R"("s3:GetObject","strait:class/pass-role")")), &words().catalog());
  ASSERT_TRUE(mine);
  EXPECT_THAT(mine->for_role()->front().json, Not(HasSubstr("strait:")));
  EXPECT_TRUE(aws_allows(mine->for_role(), "iam:PassRole"));
  EXPECT_TRUE(aws_allows(mine->for_role(), "s3:GetObject"));
  EXPECT_FALSE(aws_allows(mine->for_role(), "ssm:SendCommand"));
}

TEST_F(ClassWords, AClassTooLongForAwsIsCutToTheServiceAndLeftOutOfAnExactCall) {
  const auto mine = RoleScope::compile(
      role(statement("Allow", R"("kms:Describe*","strait:class/returns-credentials")")),
      &words().catalog());
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->for_role(), nullptr) << "2,048 characters";
  EXPECT_TRUE(aws_allows(mine->for_service("kms"), "kms:Decrypt"));
  EXPECT_FALSE(aws_allows(mine->for_service("kms"), "kms:Encrypt"));
  auto get = policy::testing::need("secretsmanager:GetSecretValue", "*");
  get.classes = static_cast<catalog::Classes>(Class::kReturnsCredentials);
  const auto exact = mine->for_call({&get, 1});
  EXPECT_EQ(exact->front().mark_text(), "exact");
  EXPECT_TRUE(aws_allows(exact, "secretsmanager:GetSecretValue"));
  EXPECT_FALSE(aws_allows(exact, "secretsmanager:BatchGetSecretValue"));
  EXPECT_TRUE(aws_allows(exact, "kms:DescribeKey", true)) << "the rest of the role is still there";
}

TEST_F(ClassWords, ADenyThatAwsCannotTellApartStaysWithStrait) {
  const auto mine = RoleScope::compile(
      role(statement("Allow", R"("apigateway:GET","apigateway:DELETE","kms:Decrypt")") + "," +
           statement("Deny", R"("strait:class/returns-credentials")")),
      &words().catalog());
  ASSERT_TRUE(mine);
  const auto gateway = mine->for_service("apigateway");
  EXPECT_TRUE(aws_allows(gateway, "apigateway:GET")) << "most GETs are of no class";
  EXPECT_THAT(gateway->front().mark_text(), HasSubstr("widened"));
  EXPECT_FALSE(aws_allows(mine->for_service("kms"), "kms:Decrypt"));
}

TEST_F(ClassWords, WhatNotActionExceptsIsSpelledOutToo) {
  const auto mine =
      RoleScope::compile(role(statement("Allow", R"("iam:PassRole","s3:GetObject")") + "," +
                              statement("Deny", R"("strait:class/pass-role","s3:*")", "NotAction")),
                         &words().catalog());
  ASSERT_TRUE(mine);
  EXPECT_TRUE(aws_allows(mine->for_service("iam"), "iam:PassRole"));
  EXPECT_FALSE(aws_allows(mine->for_service("iam"), "iam:GetRole"));
  EXPECT_TRUE(aws_allows(mine->for_service("s3"), "s3:GetObject"));
}

TEST(ClassWordsAlone, WithoutACatalogAwsCannotBeToldAndThatIsSaid) {
  const auto mine =
      RoleScope::compile(role(statement("Allow", R"("strait:class/pass-role")")), nullptr);
  ASSERT_FALSE(mine.has_value());
  EXPECT_THAT(mine.error().message, HasSubstr("without a catalog"));
}

}  // namespace
}  // namespace strait::analysis
