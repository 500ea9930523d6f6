// SPDX-License-Identifier: Apache-2.0
#include "analysis/prove.h"

#include <gtest/gtest.h>

namespace strait::analysis {
namespace {

using journey::Effect;

std::string document(const std::string& statements) {
  return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

std::string allow(const std::string& rest) { return R"({"Effect":"Allow",)" + rest + "}"; }
std::string deny(const std::string& rest) { return R"({"Effect":"Deny",)" + rest + "}"; }

struct Policies {
  std::string allow, ask;
};

Proof proof_of(const Policies& bound, const Policies& policy,
               std::chrono::milliseconds time = std::chrono::seconds(20),
               std::size_t action_states_max = kActionStatesMax) {
  const std::vector<KnownAction> known{
      {"s3:GetObject", 0}, {"s3:PutObject", 0}, {"ec2:RunInstances", 0}, {"iam:PassRole", 2}};
  const auto source = [](const std::string& arn, const Policies& files) {
    policy::RoleSource role{arn, {}, {}};
    if (!files.allow.empty()) role.allow.push_back({"allow.json", document(files.allow)});
    if (!files.ask.empty()) role.ask.push_back({"ask.json", document(files.ask)});
    return role;
  };
  auto proof = prove(
      source("bound", bound), source("policy", policy), known, [time] { return time; },
      action_states_max);
  EXPECT_TRUE(proof.has_value()) << (proof ? "" : proof.error().message);
  return proof ? *proof : Proof{};
}

Proof proof_of(const std::string& bound, const std::string& policy) {
  return proof_of(Policies{bound, ""}, Policies{policy, ""});
}

void expect_proved(const std::string& bound, const std::string& policy) {
  const auto proof = proof_of(bound, policy);
  EXPECT_EQ(proof.answer, Proof::kProved)
      << proof.reason << " " << proof.call.action << " " << proof.call.resource;
}

Proof expect_freer(const std::string& bound, const std::string& policy) {
  auto proof = proof_of(bound, policy);
  EXPECT_EQ(proof.answer, Proof::kCounterExample) << proof.reason;
  EXPECT_NE(proof.bound.effect, Effect::kAllow);
  EXPECT_EQ(proof.policy.effect, Effect::kAllow);
  return proof;
}

const std::string kAll = allow(R"("Action":"*","Resource":"*")");

std::string s3(const std::string& conditions) {
  return allow(R"("Action":"s3:*","Resource":"*","Condition":{)" + conditions + "}");
}

TEST(Prove, OneMoreActionIsShown) {
  const auto proof =
      expect_freer(allow(R"("Action":"s3:GetObject","Resource":"*")"),
                   allow(R"("Action":["s3:GetObject","s3:PutObject"],"Resource":"*")"));
  EXPECT_EQ(proof.call.action, "s3:PutObject");
  EXPECT_TRUE(proof.known_action);
  EXPECT_TRUE(proof.call.context.empty());
}

TEST(Prove, ActionsThatAwsDoesNotHaveYetCount) {
  const auto proof =
      expect_freer(allow(R"("Action":["s3:GetObject","s3:PutObject"],"Resource":"*")"),
                   allow(R"("Action":"s3:*","Resource":"*")"));
  EXPECT_FALSE(proof.known_action);
  expect_proved(allow(R"("Action":"s3:*","Resource":"*")"),
                allow(R"("Action":["s3:Get*","S3:?utObject"],"Resource":"*")"));
}

// The automaton of so many has more states than there is room for; here there is room for few.
TEST(Prove, DozensOfActionsFullOfStarsAreDecided) {
  std::string old_actions, new_actions;
  const std::string_view letters = "abcdegnprt";
  for (int i = 0; i < 48; ++i) {
    std::string pattern = "*:*";
    for (int j = 0, n = i + 7; j < 3; ++j, n = n * 7 + 3)
      pattern += std::string(1, letters[static_cast<std::size_t>(n) % letters.size()]) + "*";
    const auto before = i == 0 ? "" : ",";
    old_actions += before + ("\"" + pattern + "\"");
    new_actions += before + ("\"" + pattern + "z\"");  // ends in z
  }
  const auto old_policy = allow(R"("Action":[)" + old_actions + R"(],"Resource":"*")");
  const auto new_policy = allow(R"("Action":[)" + new_actions + R"(],"Resource":"*")");
  const auto asked = [](const std::string& bound, const std::string& policy) {
    return proof_of({bound, ""}, {policy, ""}, std::chrono::seconds(60), 2'000);
  };
  EXPECT_EQ(asked(old_policy, new_policy).answer, Proof::kProved);
  const auto proof = asked(new_policy, old_policy);
  ASSERT_EQ(proof.answer, Proof::kCounterExample) << proof.reason;
  EXPECT_FALSE(proof.call.action.ends_with("z")) << proof.call.action;
  EXPECT_NE(proof.call.action.find(':'), std::string::npos);
  const auto but = deny(R"("NotAction":[)" + new_actions + R"(],"Resource":"*")");
  EXPECT_EQ(asked(new_policy, old_policy + "," + but).answer, Proof::kProved);
}

TEST(Prove, ActionsTogetherCoverWhatNoneCoversAlone) {
  expect_proved(allow(R"("NotAction":"s3:*","Resource":"*")") + "," +
                    allow(R"("Action":"s3:G*","Resource":"*")"),
                allow(R"("NotAction":["s3:A*","s3:P*","s3:?*"],"Resource":"*")") + "," +
                    allow(R"("Action":"s3:Get*","Resource":"*")"));
  const auto proof = expect_freer(allow(R"("NotAction":["s3:*","ec2:*"],"Resource":"*")"),
                                  allow(R"("NotAction":["s3:*","ec2:Run*"],"Resource":"*")"));
  EXPECT_TRUE(proof.call.action.starts_with("ec2:"));
}

TEST(Prove, ResourcesTogetherCoverWhatNoneCoversAlone) {
  const auto on = [](const std::string& resources) {
    return allow(R"("Action":"s3:GetObject",)" + resources);
  };
  expect_proved(on(R"("Resource":["arn:aws:s3:::b/?","arn:aws:s3:::b/??*"])"),
                on(R"("Resource":"arn:aws:s3:::b/?*")"));
  expect_proved(on(R"("NotResource":"arn:aws:s3:::secret/*")"),
                on(R"("NotResource":"arn:aws:s3:::s*")"));
  const auto proof = expect_freer(on(R"("NotResource":"arn:aws:s3:::s*")"),
                                  on(R"("NotResource":"arn:aws:s3:::secret/*")"));
  EXPECT_TRUE(proof.call.resource.starts_with("arn:aws:s3:::s")) << proof.call.resource;
  expect_freer(on(R"("Resource":"arn:*")"), on(R"("Resource":"*")"));
  // A star between colons stays there, unless it ends its part.
  expect_freer(on(R"("Resource":"arn:aws:s3:a*b::x")"), on(R"("Resource":"arn:aws:s3:a*:x")"));
}

TEST(Prove, AStarThatIsMeantAsACharacterIsOne) {
  const auto proof =
      expect_freer(allow(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/a")"),
                   allow(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/${*}")"));
  EXPECT_EQ(proof.call.resource, "arn:aws:s3:::b/${*}");
}

TEST(Prove, ARemovedDenyIsShown) {
  const auto wall = deny(R"("Action":"s3:PutObject","Resource":"arn:aws:s3:::prod/*")");
  const auto proof = expect_freer(kAll + "," + wall, kAll);
  EXPECT_EQ(proof.call.action, "s3:PutObject");
  expect_proved(kAll, kAll + "," + wall);
  expect_proved(kAll + "," + wall, kAll + "," + deny(R"("Action":"s3:P*","Resource":"*")"));
}

TEST(Prove, ADenyOfUncertainConditionDenies) {
  const auto wall = [](const std::string& op) {
    return kAll + "," +
           deny(R"("Action":"*","Resource":"*","Condition":{")" + op +
                R"(":{"aws:PrincipalTag/x":"a"}})");
  };
  // Several values where one is compared: no certain answer, so the first denies.
  const auto proof = expect_freer(wall("StringEquals"), wall("ForAnyValue:StringEquals"));
  EXPECT_EQ(proof.call.context.at(0).values.size(), 2U);
  expect_proved(wall("ForAnyValue:StringEquals"), wall("StringEquals"));
}

TEST(Prove, ADroppedOrWiderConditionIsShown) {
  const auto region = s3(R"("StringEquals":{"aws:RequestedRegion":["eu-west-1","eu-west-3"]})");
  expect_freer(region, s3(R"("StringLike":{"aws:RequestedRegion":"eu-*"})"));
  expect_proved(s3(R"("StringLike":{"aws:RequestedRegion":"eu-*"})"), region);
  const auto proof = expect_freer(s3(R"("Bool":{"aws:SecureTransport":"true"})"), s3(""));
  EXPECT_TRUE(proof.call.context.empty());  // absent is enough
  expect_freer(s3(R"("NumericLessThan":{"s3:max-keys":"10"})"),
               s3(R"("NumericLessThanEquals":{"s3:max-keys":"10.0"})"));
  expect_proved(s3(R"("NumericLessThanEquals":{"s3:max-keys":"10"})"),
                s3(R"("NumericLessThan":{"s3:max-keys":"10.000"})"));
  expect_freer(s3(R"("DateLessThan":{"aws:CurrentTime":"2026-01-01"})"),
               s3(R"("DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:01Z"})"));
  expect_freer(s3(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})"),
               s3(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/7"})"));
  expect_proved(s3(R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})"),
                s3(R"("IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/10"]})"));
}

TEST(Prove, HalvesOfANetworkAreTheNetworkOnlyForAddresses) {
  const auto whole = [](const std::string& key) {
    return s3(R"("IpAddress":{")" + key + R"(":"10.0.0.0/8"})");
  };
  const auto halves = [](const std::string& key) {
    return s3(R"("IpAddress":{")" + key + R"(":["10.0.0.0/9","10.128.0.0/9"]})");
  };
  expect_proved(halves("aws:SourceIp"), whole("aws:SourceIp"));
  const auto proof = expect_freer(halves("strait:param/Cidr"), whole("strait:param/Cidr"));
  EXPECT_EQ(proof.call.context.at(0).values.at(0), "10.0.0.0/8");
}

TEST(Prove, AbsentKeysCount) {
  const auto strict = s3(R"("StringEquals":{"s3:prefix":"a"})");
  const auto lax = s3(R"("StringEqualsIfExists":{"s3:prefix":"a"})");
  EXPECT_TRUE(expect_freer(strict, lax).call.context.empty());
  expect_proved(lax, strict);
  expect_proved(lax, strict + "," + s3(R"("Null":{"s3:prefix":"true"})"));
  expect_proved(strict + "," + s3(R"("Null":{"s3:prefix":true})"), lax);
}

TEST(Prove, SetsOfValuesCount) {
  const auto any = s3(R"("ForAnyValue:StringEquals":{"aws:TagKeys":["a","b"]})");
  const auto all = s3(R"("ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]})");
  EXPECT_TRUE(expect_freer(any, all).call.context.empty());
  EXPECT_EQ(expect_freer(all, any).call.context.at(0).values.size(), 2U);
  const auto there = R"("Null":{"aws:TagKeys":"false"},)";
  expect_proved(
      any, s3(there + std::string(R"("ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]})")));
  // Three values are needed: one each, and one that is none of them.
  const auto each = R"("ForAnyValue:StringEquals":{"aws:TagKeys":"a"},
    "ForAnyValue:StringLike":{"aws:TagKeys":"b"},"ForAnyValue:ArnLike":{"aws:TagKeys":"arn:p:s:::c"})";
  const auto proof = expect_freer(
      s3(each + std::string(R"(,"ForAnyValue:StringNotLike":{"aws:TagKeys":"*"})")), s3(each));
  EXPECT_EQ(proof.call.context.at(0).values.size(), 3U);
}

TEST(Prove, PolicyVariables) {
  const auto home = [](const std::string& tail) {
    return allow(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::home/)" + tail + "\"");
  };
  expect_proved(home("*"), home("${aws:username}/*"));
  expect_proved(home("${aws:username}/*"), home("${aws:username}/docs/*"));
  expect_proved(home("${aws:username}/*"), home("${AWS:UserName}/?*"));
  const auto proof = expect_freer(home("${aws:username}/*"), home("*"));
  EXPECT_TRUE(proof.call.resource.starts_with("arn:aws:s3:::home/"));
  expect_freer(home("bob/*"), home("${aws:username}/*"));
  expect_freer(home("${aws:username}"), home("${aws:username, 'guest'}"));
  expect_freer(home("${aws:username}"), home("${aws:userid}"));
  const auto owner = [](const std::string& value) {
    return s3(R"("StringEquals":{"s3:ExistingObjectTag/owner":")" + value + "\"}");
  };
  expect_proved(owner("${aws:username}"), owner("${aws:username}"));
  expect_freer(owner("${aws:username}"), owner("${aws:PrincipalTag/team}"));
  expect_freer(owner("bob"), owner("${aws:username}"));
}

TEST(Prove, AnActionWithAClassMustBeNamed) {
  const auto pass = allow(R"("Action":"iam:PassRole","Resource":"*")");
  const auto proof = expect_freer(kAll, pass);
  EXPECT_EQ(proof.call.action, "iam:PassRole");
  expect_proved(kAll + "," + pass, pass);
  expect_proved(pass, allow(R"("Action":"IAM:passrole","Resource":"arn:aws:iam::1:role/x")"));
}

TEST(Prove, AskingIsLessThanAllowingAndMoreThanNothing) {
  const auto get = allow(R"("Action":"s3:GetObject","Resource":"*")");
  EXPECT_EQ(proof_of({"", get}, {get, ""}).answer, Proof::kCounterExample);
  EXPECT_EQ(proof_of({get, ""}, {"", get}).answer, Proof::kProved);
  EXPECT_EQ(proof_of({get, ""}, {get, get}).answer, Proof::kProved);
  EXPECT_EQ(proof_of({get, get}, {get, ""}).answer, Proof::kCounterExample);
  const auto more = proof_of({get, ""}, {get, allow(R"("Action":"s3:PutObject","Resource":"*")")});
  EXPECT_EQ(more.answer, Proof::kCounterExample);
  EXPECT_EQ(more.policy.effect, Effect::kAsk);
}

TEST(Prove, WithoutTimeNothingIsProved) {
  const auto proof = proof_of(Policies{kAll, ""}, Policies{kAll, ""}, std::chrono::milliseconds(0));
  EXPECT_EQ(proof.answer, Proof::kUnknown);
  EXPECT_FALSE(proof.reason.empty());
}

TEST(Prove, APolicyThatDoesNotLoadIsAnError) {
  const policy::RoleSource good{"a", {{"a.json", document(kAll)}}, {}};
  const policy::RoleSource bad{"b", {{"b.json", "{}"}}, {}};
  const auto proof = prove(good, bad, {}, [] { return std::chrono::seconds(1); });
  ASSERT_FALSE(proof.has_value());
  EXPECT_TRUE(proof.error().message.starts_with("b.json:")) << proof.error().message;
}

}  // namespace
}  // namespace strait::analysis
