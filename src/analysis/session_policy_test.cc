// SPDX-License-Identifier: Apache-2.0
#include "analysis/session_policy.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "analysis/policy_resource.h"
#include "codec/json.h"
#include "policy/can_i.h"
#include "policy/testing.h"
#include "wire/ask_test.h"

namespace strait::analysis {
namespace {

using journey::Need;
using journey::ScopeMark;
using wire::Ask;
using wire::dynamodb;
using wire::query;
using wire::real_catalog;

constexpr auto kRole = policy::testing::kRole;

policy::RoleSource role(const std::string& allow, const std::string& ask = "") {
  policy::RoleSource source{kRole, {}, {}};
  if (!allow.empty()) source.allow.push_back({"allow.json", policy::testing::document(allow)});
  if (!ask.empty()) source.ask.push_back({"ask.json", policy::testing::document(ask)});
  return source;
}

RoleScope scope(const std::string& allow, const std::string& ask = "") {
  auto made = RoleScope::compile(role(allow, ask), real_catalog().get());
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return made ? *made : RoleScope();
}

// AWS, for one session policy: everything not in `context` is absent.
class Aws {
 public:
  explicit Aws(const std::string& json) {
    auto compiled = policy::compile({{kRole, {{"session.json", json}}, {}}});
    EXPECT_TRUE(compiled) << json << "\n" << (compiled ? "" : compiled.error().message);
    if (compiled) set_ = *compiled;
  }
  bool allows(const std::string& action, const std::string& resource,
              std::vector<journey::ContextEntry> context = {}) const {
    const auto verdict = policy::can_i(set_, {.role = kRole,
                                              .action = action,
                                              .resource = resource,
                                              .context = std::move(context),
                                              .missing_is_absent = true});
    return verdict.effect == journey::Effect::kAllow;
  }

 private:
  policy::PolicySet set_;
};

Ask json(const std::string& service, std::string target, std::string body,
         const std::string& version = "1.1") {
  return Ask("POST", "/")
      .signed_for(service)
      .target(std::move(target), version)
      .body(std::move(body));
}
Ask s3(std::string method, std::string target) {
  return Ask(std::move(method), std::move(target)).signed_for("s3");
}
Ask ec2(const std::string& form) { return query("ec2", "Version=2016-11-15&" + form); }
Ask iam(const std::string& form) { return query("iam", "Version=2010-05-08&" + form); }

// Fifty calls of all kinds: every protocol, patterns, several resources, none, odd characters, and
// those that must be named.
std::vector<Ask> representative_calls() {
  const std::string secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
  std::vector<Ask> calls;
  for (const auto* key : {"/media/plain.txt", "/media/with%20blank", "/media/star%2A%3Fmark",
                          "/media/%24%7Baws%3Ausername%7D", "/media/quote%22back%5Cslash",
                          "/media/%E6%97%A5%E6%9C%AC", "/media/%F0%9F%98%80", "/media/a/../b"})
    calls.push_back(s3("GET", key));
  for (const auto* target : {"/media?list-type=2&prefix=logs%2F", "/media?acl", "/media?versioning",
                             "/media/a?versionId=v1", "/", "/media/a?tagging"})
    calls.push_back(s3("GET", target));
  for (const auto* target : {"/media/old.log", "/media/old?versionId=v2", "/media"})
    calls.push_back(s3("DELETE", target));
  calls.push_back(s3("PUT", "/media/copy").header("x-amz-copy-source", "/attic/original%2A"));
  calls.push_back(s3("POST", "/media?delete")
                      .body("<Delete><Object><Key>one</Key></Object><Object><Key>t*o</Key></Object>"
                            "<Object><Key>three</Key></Object></Delete>"));
  calls.push_back(dynamodb("GetItem", R"({"TableName":"orders","Key":{"id":{"S":"1"}}})"));
  for (const auto* operation : {"DescribeTable", "DeleteTable", "Scan"})
    calls.push_back(dynamodb(operation, R"({"TableName":"orders"})"));
  calls.push_back(dynamodb("ListTables", "{}"));
  calls.push_back(dynamodb("BatchGetItem", R"({"RequestItems":{"a":{"Keys":[{"id":{"S":"1"}}]},)"
                                           R"("b":{"Keys":[{"id":{"S":"2"}}]}}})"));
  for (const auto* form :
       {"Action=StartInstances&InstanceId.1=i-0123456789abcdef0",
        "Action=TerminateInstances&InstanceId.1=i-0123456789abcdef0&InstanceId.2=i-"
        "0aaaaaaaaaaaaaaa0",
        "Action=DescribeInstances", "Action=CreateVpc&CidrBlock=10.0.0.0%2F16",
        "Action=RunInstances&ImageId=ami-0123456789abcdef0&MinCount=1&MaxCount=1",
        "Action=DeleteSecurityGroup&GroupId=sg-0123456789abcdef0"})
    calls.push_back(ec2(form));
  for (const auto* form : {"Action=GetUser&UserName=kim", "Action=DeleteRole&RoleName=admin",
                           "Action=ListRoles", "Action=CreateAccessKey&UserName=kim",
                           "Action=AttachRolePolicy&RoleName=app&PolicyArn=arn%3Aaws%3Aiam%3A%"
                           "3Aaws%3Apolicy%2FReadOnlyAccess",
                           "Action=PutUserPolicy&UserName=kim&PolicyName=p&PolicyDocument=%7B%7D"})
    calls.push_back(iam(form));
  calls.push_back(
      json("secretsmanager", "secretsmanager.GetSecretValue", R"({"SecretId":"prod/db"})"));
  calls.push_back(
      json("secretsmanager", "secretsmanager.GetSecretValue", R"({"SecretId":")" + secret + "\"}"));
  calls.push_back(json("secretsmanager", "secretsmanager.DeleteSecret", R"({"SecretId":"old"})"));
  calls.push_back(json("secretsmanager", "secretsmanager.ListSecrets", "{}"));
  calls.push_back(json("ssm", "AmazonSSM.GetParameter", R"({"Name":"/app/db"})"));
  calls.push_back(json("ssm", "AmazonSSM.GetParameters", R"({"Names":["/app/a","/app/b"]})"));
  calls.push_back(json("kms", "TrentService.DescribeKey",
                       R"({"KeyId":"0d990263-018e-4e65-a703-eff731de951e"})"));
  calls.push_back(json("logs", "Logs_20140328.DeleteLogGroup", R"({"logGroupName":"/app/web"})"));
  calls.push_back(json("ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", "{}"));
  calls.push_back(Ask("POST", "/2015-03-31/functions/f/invocations").signed_for("lambda"));
  calls.push_back(Ask("DELETE", "/2015-03-31/functions/f").signed_for("lambda"));
  calls.push_back(query("sqs", "Version=2012-11-05&Action=ListQueues"));
  calls.push_back(query("sns",
                        "Version=2010-03-31&Action=Publish&Message=m&TopicArn=arn%3Aaws%3Asns%3Aus-"
                        "east-1%3A123456789012%3Aalerts"));
  calls.push_back(query("cloudformation",
                        "Version=2010-05-15&Action=CreateStack&StackName=web&TemplateBody=%7B%7D&"
                        "RoleARN=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fcfn"));
  calls.push_back(
      query("cloudformation", "Version=2010-05-15&Action=DescribeStacks&StackName=web"));
  return calls;
}

std::string literal(const std::string& resource) {
  Need need;
  need.resource = resource;
  return policy_resource(need);
}

// One thing, as can_i wants it: a text with a wildcard in it is a pattern there.
std::string one_thing(const std::string& resource) {
  return resource == "*" || resource.find_first_of("*?") == std::string::npos ? resource
                                                                              : literal(resource);
}

// Whether a question about `action` on the one thing `resource` is this need's own.
bool is_of(const Need& need, const std::string& action, const std::string& resource) {
  if (!std::ranges::equal(need.action, action,
                          [](char a, char b) { return std::tolower(a) == std::tolower(b); }))
    return false;
  if (need.resource == "*") return true;
  // Of a pattern, all that begins as it does is left aside.
  return need.pattern
             ? resource.starts_with(need.resource.substr(0, need.resource.find_first_of("*?$")))
             : resource == need.resource;
}

// Calls that are nearly the one with these needs: another action, another thing, a letter more or
// less, a wildcard where there was none.
class Neighbours {
 public:
  Neighbours(std::span<const Need> needs, std::span<const Need> others) : needs_(needs) {
    for (const auto& need : others) foreign_.push_back(&need);
  }

  // Each different from the others and from the call; (action, resource as asked).
  std::set<std::pair<std::string, std::string>> take(std::size_t count) {
    std::set<std::pair<std::string, std::string>> out;
    for (int tries = 0; out.size() < count && tries < 400'000; ++tries) {
      auto action = any_action();
      auto resource = any_resource();
      const bool wide = random_() % 16 == 0 && resource != "*";
      const bool own = std::ranges::any_of(
          needs_, [&](const Need& need) { return is_of(need, action, resource); });
      if (own && !wide) continue;
      // Wider than anything that is needed, unless any resource will do.
      if (wide && std::ranges::any_of(needs_, [&](const Need& need) {
            return is_of(need, action, resource) && (need.resource == "*" || need.pattern);
          }))
        continue;
      out.emplace(action, wide ? literal(resource) + "*" : one_thing(resource));
    }
    return out;
  }

 private:
  const Need& own() { return needs_[random_() % needs_.size()]; }
  std::string any_action() {
    switch (random_() % 4) {
      case 0: return foreign_[random_() % foreign_.size()]->action;
      case 1: return own().action + "s";
      case 2: {
        auto action = own().action;
        action.pop_back();
        return action;
      }
      default: return own().action;
    }
  }
  std::string any_resource() {
    auto text =
        random_() % 3 == 0 ? foreign_[random_() % foreign_.size()]->resource : own().resource;
    if (text == "*") text = "arn:aws:s3:::media/x";
    const std::string letters = "abcxyz0189/:-_.*?$\"\\{}";
    const auto letter = letters[random_() % letters.size()];
    const auto at = random_() % text.size();
    switch (random_() % 6) {
      case 0: return text;
      case 1: return text + letter;
      case 2: return text.substr(0, text.size() - 1);
      case 3: text[at] = letter; return text;
      case 4: text.insert(at, 1, letter); return text;
      default: text.erase(at, 1); return text;
    }
  }

  std::span<const Need> needs_;
  std::vector<const Need*> foreign_;
  std::mt19937_64 random_{7};
};

class SessionPolicyTest : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

TEST_F(SessionPolicyTest, FiftyCallsEachAllowThemselvesAndNoneOfFiveThousandNeighbours) {
  const auto mine = scope(R"({"Effect":"Allow","Action":["s3:*","kms:Decrypt"],"Resource":"*"})");
  std::vector<std::vector<Need>> calls;
  std::vector<Need> all;
  for (const auto& ask : representative_calls()) {
    const auto call = ask.read();
    ASSERT_TRUE(call) << calls.size() << ": " << (call ? "" : call.error().message);
    ASSERT_FALSE(call->needs.empty()) << calls.size();
    calls.push_back(call->needs);
    all.insert(all.end(), call->needs.begin(), call->needs.end());
  }
  ASSERT_GE(calls.size(), 50U);
  for (const auto& needs : calls) {
    const auto policies = mine.for_call(needs);
    for (const auto& made : *policies) {
      if (made.mark != ScopeMark::kExact) continue;
      ASSERT_LE(made.json.size(), journey::kSessionPolicyCharsMax);
      const Aws aws(made.json);
      for (const auto& need : needs)
        EXPECT_TRUE(
            aws.allows(need.action, need.pattern ? need.resource : one_thing(need.resource)))
            << need.action << made.json;
      const std::size_t count = &made == &policies->front() ? 5000 : 500;
      const auto neighbours = Neighbours(needs, all).take(count);
      ASSERT_EQ(neighbours.size(), count) << made.json;
      for (const auto& [action, resource] : neighbours)
        ASSERT_FALSE(aws.allows(action, resource)) << action << " " << resource << "\n"
                                                   << made.json;
    }
    EXPECT_EQ(policies->front().mark, ScopeMark::kExact);
  }
}

Need need(std::string action, std::string resource) {
  return policy::testing::need(std::move(action), std::move(resource));
}

TEST(SessionPolicy, OfACallActsThroughServicesAsTheRoleMay) {
  const auto mine =
      scope(R"({"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:*:*:key/app"},)"
            R"({"Effect":"Deny","Action":"kms:*","Resource":"arn:aws:kms:*:*:key/other"})");
  const std::vector<Need> needs{
      need("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:s")};
  const Aws aws(mine.for_call(needs)->front().json);
  const std::vector<journey::ContextEntry> via{{"aws:ViaAWSService", {"true"}}};
  EXPECT_TRUE(aws.allows("kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/app", via));
  EXPECT_FALSE(aws.allows("kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/app"));
  EXPECT_FALSE(aws.allows("kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/other", via));
}

TEST(SessionPolicy, ResourceNamesCannotAddToIt) {
  for (const std::string key :
       {"*", "?", "${*}", "${aws:PrincipalArn}", "\",\"arn:aws:s3:::*", "\"}],\"Statement\":[{",
        "\\", "\\\"", "a\nb", "\x01", "日本", "\xff\xfe", "${", "$", "x${?}y*"}) {
    const std::vector<Need> needs{need("s3:GetObject", "arn:aws:s3:::media/" + key)};
    const auto made = RoleScope().for_call(needs)->front();
    EXPECT_EQ(made.mark, ScopeMark::kExact);
    EXPECT_TRUE(std::ranges::all_of(made.json, [](char c) { return c >= 0x20 && c < 0x7f; }));
    const auto parsed = codec::parse_json(made.json);
    ASSERT_TRUE(parsed) << made.json;
    ASSERT_EQ(parsed->find("Statement")->list()->size(), 1U) << made.json;
    const Aws aws(made.json);
    EXPECT_FALSE(aws.allows("s3:GetObject", "arn:aws:s3:::media/other")) << made.json;
    EXPECT_FALSE(aws.allows("s3:GetObject", "arn:aws:s3:::media/otherX")) << made.json;
    EXPECT_FALSE(aws.allows("s3:PutObject", one_thing("arn:aws:s3:::media/" + key))) << made.json;
    if (key.find('\xff') == std::string::npos) {
      EXPECT_TRUE(aws.allows("s3:GetObject", one_thing("arn:aws:s3:::media/" + key))) << made.json;
    }
  }
}

TEST(SessionPolicy, WhatDoesNotFitIsCoarsenedAndSaysSo) {
  std::vector<Need> needs;
  for (int i = 0; i < 1000; ++i)
    needs.push_back(need("s3:DeleteObject", "arn:aws:s3:::media/logs/" + std::to_string(i)));
  const auto policies = RoleScope().for_call(needs);
  EXPECT_EQ(policies->front().mark, ScopeMark::kCoarse);
  EXPECT_EQ(policies->front().mark_text(), "coarse");
  const Aws aws(policies->front().json);
  for (const auto& one : needs) EXPECT_TRUE(aws.allows(one.action, one.resource));
  EXPECT_FALSE(aws.allows("s3:DeleteObject", "arn:aws:s3:::media/data/1"));
  EXPECT_FALSE(aws.allows("s3:PutObject", "arn:aws:s3:::media/logs/1"));
  for (const auto& made : *policies) EXPECT_LE(made.json.size(), journey::kSessionPolicyCharsMax);
}

TEST(SessionPolicy, ACoarsenedPatternDoesNotCutThroughAnEscape) {
  std::vector<Need> needs;
  for (int i = 0; i < 200; ++i)
    needs.push_back(
        need("s3:DeleteObject",
             "arn:aws:s3:::media/a" + std::string(i % 2 == 0 ? "*" : "?") + std::to_string(i)));
  const auto made = RoleScope().for_call(needs)->front();
  EXPECT_NE(made.json.find("arn:aws:s3:::media/a*"), std::string::npos) << made.json;
}

TEST(SessionPolicy, ALongNameOfOneThingLeavesItsAction) {
  const std::vector<Need> needs{
      need("s3:GetObject", "arn:aws:s3:::media/" + std::string(3000, 'k'))};
  const auto made = RoleScope().for_call(needs)->front();
  EXPECT_EQ(made.mark, ScopeMark::kCoarse);
  EXPECT_FALSE(Aws(made.json).allows("s3:PutObject", "arn:aws:s3:::media/k"));
}

TEST(SessionPolicy, OfARoleIsItsAllowFilesLessItsDenies) {
  const auto mine =
      scope(R"({"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::media/*"},)"
            R"({"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::media/secret/*"})",
            R"({"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*"})");
  ASSERT_TRUE(mine.for_role());
  const auto& made = mine.for_role()->front();
  EXPECT_EQ(made.mark_text(), "role");
  const Aws aws(made.json);
  EXPECT_TRUE(aws.allows("s3:GetObject", "arn:aws:s3:::media/a"));
  EXPECT_FALSE(aws.allows("s3:GetObject", "arn:aws:s3:::media/secret/a"));
  EXPECT_FALSE(aws.allows("s3:DeleteObject", "arn:aws:s3:::media/a")) << "that takes people";
}

TEST(SessionPolicy, ConditionsThatAwsJudgesAlikeStay) {
  const auto mine = scope(
      R"({"Effect":"Allow","Action":"ec2:StartInstances","Resource":"*",)"
      R"("Condition":{"StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-2"],"ec2:Owner":"me"}}})");
  const auto& made = mine.for_role()->front();
  EXPECT_EQ(made.mark_text(), "role");
  const Aws aws(made.json);
  const std::vector<journey::ContextEntry> here{{"aws:RequestedRegion", {"eu-west-2"}},
                                                {"ec2:Owner", {"me"}}};
  const std::vector<journey::ContextEntry> there{{"aws:RequestedRegion", {"us-east-1"}},
                                                 {"ec2:Owner", {"me"}}};
  EXPECT_TRUE(aws.allows("ec2:StartInstances", "arn:aws:ec2:eu-west-2:1:instance/i-1", here));
  EXPECT_FALSE(aws.allows("ec2:StartInstances", "arn:aws:ec2:us-east-1:1:instance/i-1", there));
}

TEST(SessionPolicy, WhoAsksIsLeftOutOfAnAllowAndTakesADenyWithIt) {
  const auto mine = scope(
      R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${strait:session/name}/*",)"
      R"("Condition":{"StringEquals":{"strait:claim/team":"web"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}},)"
      R"({"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x":"y"}}})");
  const auto& made = mine.for_role()->front();
  EXPECT_EQ(made.mark_text(), "role-widened");
  EXPECT_EQ(made.json,
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",)"
            R"("Resource":"arn:aws:s3:::home/*/*"}]})");
}

TEST(SessionPolicy, ExceptionsDoNotGrowByAVariable) {
  const auto mine =
      scope(R"({"Effect":"Allow","Action":"s3:GetObject",)"
            R"("NotResource":["arn:aws:s3:::home/${aws:username}/*","arn:aws:s3:::attic/*"]})");
  const Aws aws(mine.for_role()->front().json);
  EXPECT_TRUE(aws.allows("s3:GetObject", "arn:aws:s3:::home/kim/a"));
  EXPECT_FALSE(aws.allows("s3:GetObject", "arn:aws:s3:::attic/a"));
}

TEST(SessionPolicy, TheOldDialectKeepsItsDollars) {
  policy::RoleSource source{kRole, {}, {}};
  source.allow.push_back(
      {"old.json",
       R"({"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${aws:username}/*"}]})"});
  const auto mine = RoleScope::compile(source, nullptr);
  ASSERT_TRUE(mine);
  const Aws aws(mine->for_role()->front().json);
  EXPECT_TRUE(aws.allows("s3:GetObject", one_thing("arn:aws:s3:::b/${aws:username}/x")));
  EXPECT_FALSE(aws.allows("s3:GetObject", "arn:aws:s3:::b/kim/x"));
}

TEST(SessionPolicy, ARoleThatSaysEverythingIsCutToTheServiceOfTheCall) {
  const auto mine = scope(R"({"Effect":"Allow","Action":["*","s*:Get*"],"Resource":"*"},)"
                          R"({"Effect":"Allow","NotAction":["iam:*","s3:Delete*"],"Resource":"*"},)"
                          R"({"Effect":"Deny","Action":"s3:DeleteBucket","Resource":"*"})");
  EXPECT_EQ(mine.for_role(), nullptr);
  const auto policies = mine.for_service("s3");
  ASSERT_TRUE(policies);
  EXPECT_EQ(policies->front().mark_text(), "service");
  const auto only = scope(R"({"Effect":"Allow","Action":"*","Resource":"*"})").for_service("sqs");
  const Aws aws(only->front().json);
  EXPECT_TRUE(aws.allows("sqs:SendMessage", "arn:aws:sqs:r:1:q"));
  EXPECT_FALSE(aws.allows("iam:CreateUser", "arn:aws:iam::1:user/x"));
  const auto but = scope(R"({"Effect":"Allow","NotAction":["iam:*","s3:Delete*"],"Resource":"*"})");
  EXPECT_EQ(but.for_service("iam"), nullptr);
  const Aws sqs(but.for_service("sqs")->front().json);
  EXPECT_TRUE(sqs.allows("sqs:SendMessage", "arn:aws:sqs:r:1:q"));
  EXPECT_FALSE(sqs.allows("ec2:RunInstances", "*"));
  const Aws s3(but.for_service("s3")->front().json);
  EXPECT_TRUE(s3.allows("s3:GetObject", "arn:aws:s3:::b/k"));
  EXPECT_FALSE(s3.allows("s3:DeleteObject", "arn:aws:s3:::b/k"));
}

TEST(SessionPolicy, ALargeRoleIsCutByServiceAndALargeServiceToItsActions) {
  std::string statements;
  for (int i = 0; i < 60; ++i) {
    const auto n = std::to_string(i);
    statements +=
        std::string(i == 0 ? "" : ",") +
        R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-number-)" + n +
        R"(/*","Condition":{"StringEquals":{"s3:ExistingObjectTag/team":")" + n + R"("}}})";
  }
  statements += R"(,{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:*:*:q"})";
  const auto mine = scope(statements);
  EXPECT_EQ(mine.for_role(), nullptr);
  EXPECT_EQ(mine.for_service("sqs")->front().mark_text(), "service");
  const auto s3 = mine.for_service("s3")->front();
  EXPECT_EQ(s3.mark_text(), "coarse");
  EXPECT_FALSE(Aws(s3.json).allows("s3:PutObject", "arn:aws:s3:::bucket-number-1/a"));
  EXPECT_EQ(mine.for_service("ec2"), nullptr);
}

TEST(SessionPolicy, CallsThatMustBeNamedAreForThemselvesAlone) {
  auto classed = need("iam:PassRole", "arn:aws:iam::1:role/x");
  classed.classes = 1;
  auto vague = need("ec2:StartInstances", "arn:aws:ec2:*:*:instance/*");
  vague.derived = false;
  auto more = need("s3:GetObjectTagging", "arn:aws:s3:::b/k");
  more.deny_only = true;
  auto besides = need("s3:GetObject", "arn:aws:s3:::b/other");
  besides.deny_only = true;
  const auto plain = need("s3:GetObject", "arn:aws:s3:::b/k");
  EXPECT_TRUE(RoleScope::wants_exact(std::vector{plain, classed}));
  EXPECT_TRUE(RoleScope::wants_exact(std::vector{vague}));
  EXPECT_TRUE(RoleScope::wants_exact(std::vector{plain, more}));
  EXPECT_FALSE(RoleScope::wants_exact(std::vector{plain, besides}));
  EXPECT_FALSE(RoleScope::wants_exact(std::vector{plain}));
  EXPECT_EQ(service_of(std::vector{plain, classed}), "");
  EXPECT_EQ(service_of(std::vector{plain, besides}), "s3");
}

}  // namespace
}  // namespace strait::analysis
