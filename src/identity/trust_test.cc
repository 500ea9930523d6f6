// SPDX-License-Identifier: Apache-2.0
#include "identity/trust.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace strait::identity {
namespace {

std::string statement(std::string_view condition, std::string_view effect = "Allow",
                      std::string_view issuer = "idp.example") {
  return R"({"Effect":")" + std::string(effect) + R"(","Principal":{"Federated":")" +
         std::string(issuer) + R"("},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{)" +
         std::string(condition) + "}}";
}

std::string policy(std::initializer_list<std::string> statements) {
  std::string out = R"({"Version":"2012-10-17","Statement":[)";
  for (const auto& text : statements) out.append(out.back() == '[' ? "" : ",").append(text);
  return out + "]}";
}

journey::Principal principal(std::vector<std::pair<std::string, std::vector<std::string>>> claims,
                             std::string issuer = "https://idp.example") {
  std::ranges::sort(claims);
  return {std::move(issuer), "s", std::move(claims)};
}

const std::string kSub = R"("StringEquals":{"idp.example:sub":"alice"})";

bool trusts(const std::string& text, const journey::Principal& who) {
  const auto parsed = parse_trust(text, "trust.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed && evaluate(*parsed, who);
}

// A policy with one more condition beside the one on sub.
bool holds(std::string_view condition,
           std::vector<std::pair<std::string, std::vector<std::string>>> claims) {
  claims.push_back({"sub", {"alice"}});
  return trusts(policy({statement(R"("ForAnyValue:StringLike":{"idp.example:sub":"ali*"},)" +
                                  std::string(condition))}),
                principal(std::move(claims)));
}

void refuses(const std::string& text, std::string_view why) {
  const auto parsed = parse_trust(text, "trust.json");
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidConfiguration);
  EXPECT_TRUE(parsed.error().message.starts_with("trust.json:"))
      << parsed.error().message;
  EXPECT_NE(parsed.error().message.find(why), std::string::npos) << parsed.error().message;
}

TEST(Trust, IsGivenToTheIssuerAndSubjectNamed) {
  const auto text = policy({statement(kSub)});
  EXPECT_TRUE(trusts(text, principal({{"sub", {"alice"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"bob"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"Alice"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"alice"}}}, "https://other.example")));
  EXPECT_FALSE(trusts(text, principal({})));
}

TEST(Trust, TakesTheProviderArnOfAws) {
  const auto text =
      policy({statement(R"("StringEquals":{"idp.example:8443/realms/a:sub":"alice"})", "Allow",
                        "arn:aws:iam::123456789012:oidc-provider/idp.example:8443/realms/a")});
  EXPECT_TRUE(trusts(text, principal({{"sub", {"alice"}}}, "https://idp.example:8443/realms/a")));
}

TEST(Trust, SaysWhichConditionFailed) {
  const auto parsed = parse_trust(policy({statement(kSub)}), "roles/ci.trust.json");
  const auto refused = evaluate(*parsed, principal({{"sub", {"mallory"}}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
  EXPECT_EQ(refused.error().message,
            "the role's trust policy does not trust this identity: StringEquals on sub does not "
            "hold: the token says "
            "`mallory` (roles/ci.trust.json#1)");
}

TEST(Trust, AnExplicitDenyWins) {
  const auto text =
      policy({statement(kSub), statement(R"("StringEquals":{"idp.example:env":"prod"})", "Deny")});
  EXPECT_TRUE(trusts(text, principal({{"sub", {"alice"}}, {"env", {"dev"}}})));
  EXPECT_TRUE(trusts(text, principal({{"sub", {"alice"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"alice"}}, {"env", {"prod"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"alice"}}, {"env", {"dev", "prod"}}})))
      << "a Deny fits with any value";
}

TEST(Trust, ThatDoesNotConstrainTheSubjectDoesNotLoad) {
  for (const auto* condition : {
           "",
           R"("StringEquals":{"idp.example:aud":"strait"})",
           R"("StringLike":{"idp.example:sub":"*"})",
           R"("StringLike":{"idp.example:sub":"?*"})",
           R"("StringLike":{"idp.example:sub":["alice","*:admin"]})",
           R"("StringNotEquals":{"idp.example:sub":"mallory"})",
           R"("ForAllValues:StringEquals":{"idp.example:sub":"alice"})",
           R"("Null":{"idp.example:sub":"false"})",
           R"("StringEquals":{"idp.example:sub":""})",
       })
    refuses(policy({statement(condition)}), "constrain");
  refuses(policy({statement(kSub), statement(R"("StringEquals":{"idp.example:aud":"strait"})")}),
          "statement 2");
  EXPECT_TRUE(parse_trust(policy({statement("", "Deny"), statement(kSub)}), "t"))
      << "a Deny needs no subject";
}

TEST(Trust, MayNameTheSubjectByAnotherClaimOnlyWhenTold) {
  const auto text = policy({statement(R"("StringEquals":{"idp.example:email":"a@example.com"})")});
  refuses(text, "constrain");
  EXPECT_TRUE(parse_trust(text, "t", {.subject_claims = {"sub", "email"}}));
}

TEST(Trust, OfGitHubMustNameTheOwner) {
  const auto github = [](std::string_view pattern) {
    return policy({statement(R"("StringLike":{"token.actions.githubusercontent.com:sub":")" +
                                 std::string(pattern) + "\"}",
                             "Allow", "token.actions.githubusercontent.com")});
  };
  for (const auto* pattern : {"repo:*", "repo:*/app:*", "r*", "repo:acme*",
                              "repo:ac?e/app:ref:refs/heads/main", "repository_owner_id:*"})
    refuses(github(pattern), "constrain");
  for (const auto* pattern : {"repo:acme/*", "repo:acme/app:ref:refs/heads/*",
                              "repo:acme/app:environment:prod", "repository_owner_id:1234:*"})
    EXPECT_TRUE(parse_trust(github(pattern), "t")) << pattern;
}

TEST(Trust, OperatorsAreThoseOfIam) {
  EXPECT_TRUE(holds(R"("StringEqualsIgnoreCase":{"idp.example:env":"DEV"})", {{"env", {"dev"}}}));
  EXPECT_TRUE(holds(R"("StringEquals":{"idp.example:env":["dev","test"]})", {{"env", {"test"}}}));
  EXPECT_FALSE(holds(R"("StringEquals":{"idp.example:env":"d*"})", {{"env", {"dev"}}}));
  EXPECT_TRUE(holds(R"("StringLike":{"idp.example:env":"d?v"})", {{"env", {"dev"}}}));
  EXPECT_TRUE(holds(R"("StringLike":{"idp.example:env":"*a*b*c"})", {{"env", {"xxaxbxxbxc"}}}));
  EXPECT_FALSE(holds(R"("StringLike":{"idp.example:env":"*a*b*c"})", {{"env", {"xxaxbxxbx"}}}));
  EXPECT_FALSE(holds(R"("StringNotEquals":{"idp.example:env":"prod"})", {{"env", {"prod"}}}));
  EXPECT_TRUE(holds(R"("StringNotEquals":{"idp.example:env":"prod"})", {}));
  EXPECT_FALSE(holds(R"("StringNotLike":{"idp.example:env":["p*","q*"]})", {{"env", {"qa"}}}));
  EXPECT_TRUE(holds(R"("Null":{"idp.example:env":"true"})", {}));
  EXPECT_FALSE(holds(R"("Null":{"idp.example:env":true})", {{"env", {"dev"}}}));
  EXPECT_FALSE(holds(R"("StringEquals":{"idp.example:env":"dev"})", {}));
}

TEST(Trust, IfExistsHoldsForAClaimThatIsAbsentAndConstrainsNobody) {
  constexpr auto kEnv = R"("StringEqualsIfExists":{"idp.example:env":"prod"})";
  EXPECT_TRUE(holds(kEnv, {}));
  EXPECT_TRUE(holds(kEnv, {{"env", {"prod"}}}));
  EXPECT_FALSE(holds(kEnv, {{"env", {"dev"}}}));
  EXPECT_FALSE(holds(R"("ForAnyValue:StringEqualsIfExists":{"idp.example:env":"prod"})", {}));
  EXPECT_FALSE(
      holds(R"("StringNotEqualsIgnoreCase":{"idp.example:env":"PROD"})", {{"env", {"prod"}}}));
  EXPECT_TRUE(
      holds(R"("StringNotEqualsIgnoreCase":{"idp.example:env":"PROD"})", {{"env", {"dev"}}}));
  EXPECT_FALSE(parse_trust(
      policy({statement(R"("StringEqualsIfExists":{"idp.example:sub":"alice"})")}), "t"));
}

TEST(Trust, SetOperatorsAreThoseOfIam) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> groups = {
      {"groups", {"dev", "ops"}}};
  EXPECT_TRUE(holds(R"("ForAnyValue:StringEquals":{"idp.example:groups":"ops"})", groups));
  EXPECT_FALSE(holds(R"("ForAnyValue:StringEquals":{"idp.example:groups":"admin"})", groups));
  EXPECT_FALSE(holds(R"("ForAnyValue:StringNotEquals":{"idp.example:groups":"ops"})", {}));
  EXPECT_TRUE(holds(R"("ForAllValues:StringLike":{"idp.example:groups":["d*","o*"]})", groups));
  EXPECT_FALSE(holds(R"("ForAllValues:StringEquals":{"idp.example:groups":"dev"})", groups));
  EXPECT_TRUE(holds(R"("ForAllValues:StringEquals":{"idp.example:groups":"dev"})", {}));
  EXPECT_FALSE(holds(R"("StringEquals":{"idp.example:groups":"dev"})", groups))
      << "an Allow fits with every value";
}

TEST(Trust, AudIsAzpWhenThereIsOneAndOaudIsAlwaysAud) {
  EXPECT_TRUE(holds(R"("StringEquals":{"idp.example:aud":"strait"})", {{"aud", {"strait"}}}));
  EXPECT_TRUE(holds(R"("StringEquals":{"idp.example:aud":"app"})",
                    {{"aud", {"strait"}}, {"azp", {"app"}}}));
  EXPECT_FALSE(holds(R"("StringEquals":{"idp.example:aud":"strait"})",
                     {{"aud", {"strait"}}, {"azp", {"app"}}}));
  EXPECT_TRUE(holds(R"("StringEquals":{"idp.example:oaud":"strait"})",
                    {{"aud", {"strait"}}, {"azp", {"app"}}}));
}

TEST(Trust, AClaimOfAnotherIssuerIsAbsent) {
  const auto text =
      policy({R"({"Effect":"Allow","Principal":{"Federated":["idp.example","idp.two"]},)"
              R"("Action":["sts:AssumeRoleWithWebIdentity"],)"
              R"("Condition":{"StringEquals":{"idp.example:sub":"alice"}}})"});
  EXPECT_TRUE(trusts(text, principal({{"sub", {"alice"}}})));
  EXPECT_FALSE(trusts(text, principal({{"sub", {"alice"}}}, "https://idp.two")));
}

TEST(Trust, ErrorsSayWhere) {
  const auto said = [](const std::string& text) {
    const auto parsed = parse_trust(text, "t.json");
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_EQ(said("{\n \"Version\": \"2012-10-17\",\n \"Version\": 1}").substr(0, 12),
            "t.json:3:2: ");
  EXPECT_EQ(said("{\n \"Statements\": []}"),
            "t.json:2:2: trust policy: it has the unknown member `Statements`");
  EXPECT_EQ(said("{\"Statement\": [\n{\"Effect\": \"Allow\",\n \"Principle\": {}}]}").substr(0, 12),
            "t.json:3:2: ");
  EXPECT_EQ(said(R"({"Statement": {"Effect": "Allow", "Principal": {"Federated": "idp.example"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {"StringEquals":
      {"idp.example:sub": "a", "other.example:sub": "b"}}}})")
                .substr(0, 13),
            "t.json:4:32: ");
}

TEST(Trust, WhatIsNotUnderstoodDoesNotLoad) {
  refuses("", "");
  refuses("[]", "object");
  refuses("{}", "Statement");
  refuses(policy({}), "Statement");
  refuses(R"({"Statement":[],"Statement":[]})", "");
  refuses(R"({"Version":"2020-10-17","Statement":[]})", "Version");
  refuses(R"({"Version":"2012-10-17","Statements":[]})", "`Statements`");
  refuses(policy({statement(kSub, "allow")}), "Effect");
  refuses(policy({statement(kSub, "Allow", "https://idp.example")}), "without https://");
  refuses(policy({statement(kSub, "Allow", "*")}), "pattern");
  refuses(policy({statement(kSub, "Allow", "arn:aws:iam::123456789012:role/x")}), "oidc-provider");
  refuses(
      policy({R"({"Effect":"Allow","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity"})"}),
      "Principal");
  refuses(policy({R"({"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"})"}),
          "Principal");
  refuses(
      policy({R"({"Effect":"Allow","Principal":{"Federated":"idp.example"},"Action":"sts:*"})"}),
      "Action");
  refuses(policy({R"({"Effect":"Allow","Principal":{"Federated":"idp.example"},"NotAction":"a"})"}),
          "`NotAction`");
  for (const auto* condition : {
           R"("NullIfExists":{"idp.example:sub":"true"})",
           R"("IpAddress":{"aws:SourceIp":"10.0.0.0/8"})",
           R"("stringequals":{"idp.example:sub":"alice"})",
           R"("ForAnyValue:Null":{"idp.example:sub":"true"})",
       })
    refuses(policy({statement(condition)}), "condition operator");
  refuses(policy({statement(kSub + R"(,"StringLike":{"aws:SourceIp":"10.*"})")}), "condition key");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:":"10.*"})")}), "condition key");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:Sub":"a*"})")}),
          "must be written `sub`");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":"${aws:username}"})")}),
          "variables");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":[]})")}), "list of strings");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":7})")}), "list of strings");
  refuses(policy({statement(kSub + R"(,"Null":{"idp.example:env":"yes"})")}), "Null");
}

}  // namespace
}  // namespace strait::identity
