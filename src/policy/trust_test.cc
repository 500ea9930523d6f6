// SPDX-License-Identifier: Apache-2.0
#include "policy/trust.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace strait::policy {
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

using Login = std::vector<journey::ContextEntry>;

bool trusts(const std::string& text, const journey::Principal& who, const Login& login = {}) {
  const auto parsed = parse_trust("trust.json", text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed && check_trust(*parsed, who, login);
}

// A policy with one more condition beside the one on sub.
bool holds(std::string_view condition,
           std::vector<std::pair<std::string, std::vector<std::string>>> claims,
           const Login& login = {}) {
  claims.push_back({"sub", {"alice"}});
  return trusts(policy({statement(R"("ForAnyValue:StringLike":{"idp.example:sub":"ali*"},)" +
                                  std::string(condition))}),
                principal(std::move(claims)), login);
}

// Whether a Deny with this condition keeps out somebody who is trusted otherwise.
bool denies(std::string_view condition,
            std::vector<std::pair<std::string, std::vector<std::string>>> claims,
            const Login& login = {}) {
  claims.push_back({"sub", {"alice"}});
  const auto text = policy({statement(kSub), statement(condition, "Deny")});
  return !trusts(text, principal(std::move(claims)), login);
}

journey::ContextEntry known(std::string key, std::string value) {
  return {.key = std::move(key), .values = {std::move(value)}};
}

void refuses(const std::string& text, std::string_view why) {
  const auto parsed = parse_trust("trust.json", text);
  ASSERT_FALSE(parsed) << text;
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidConfiguration);
  EXPECT_TRUE(parsed.error().message.starts_with("trust.json:")) << parsed.error().message;
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
  const auto parsed = parse_trust("roles/ci.trust.json", policy({statement(kSub)}));
  const auto refused = check_trust(*parsed, principal({{"sub", {"mallory"}}}), {});
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
           R"("StringEquals":{"idp.example:sub":"${idp.example:sub}"})",
           R"("StringLike":{"idp.example:sub":"${idp.example:team, 'alice'}"})",
           R"("StringEquals":{"idp.example:sub":["alice","${sts:RoleSessionName}"]})",
           R"("ArnLike":{"idp.example:sub":"arn:aws:iam::1:user/alice"})",
           R"("NumericEquals":{"idp.example:sub":7})",
           R"("StringEquals":{"sts:RoleSessionName":"alice"})",
       })
    refuses(policy({statement(condition)}), "constrain");
  refuses(policy({statement(kSub), statement(R"("StringEquals":{"idp.example:aud":"strait"})")}),
          "statement 2");
  EXPECT_TRUE(parse_trust("t", policy({statement("", "Deny"), statement(kSub)})))
      << "a Deny needs no subject";
}

TEST(Trust, MayNameTheSubjectByAnotherClaimOnlyWhenTold) {
  const auto text = policy({statement(R"("StringEquals":{"idp.example:email":"a@example.com"})")});
  refuses(text, "constrain");
  EXPECT_TRUE(parse_trust("t", text, {.subject_claims = {"sub", "email"}}));
}

TEST(Trust, OfGitHubMustNameTheOwner) {
  const auto github = [](std::string_view pattern) {
    return policy({statement(R"("StringLike":{"token.actions.githubusercontent.com:sub":")" +
                                 std::string(pattern) + "\"}",
                             "Allow", "token.actions.githubusercontent.com")});
  };
  for (const auto* pattern :
       {"repo:*", "repo:*/app:*", "r*", "repo:acme*", "repo:ac?e/app:ref:refs/heads/main",
        "repository_owner_id:*", "repo:${token.actions.githubusercontent.com:repository_owner}/*",
        "repo:${*}*/app"})
    refuses(github(pattern), "constrain");
  for (const auto* pattern : {"repo:acme/*", "repo:acme/app:ref:refs/heads/*",
                              "repo:acme/app:environment:prod", "repository_owner_id:1234:*"})
    EXPECT_TRUE(parse_trust("t", github(pattern))) << pattern;
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
      "t", policy({statement(R"("StringEqualsIfExists":{"idp.example:sub":"alice"})")})));
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
    const auto parsed = parse_trust("t.json", text);
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_EQ(said("{\n \"Version\": \"2012-10-17\",\n \"Version\": 1}").substr(0, 12),
            "t.json:3:2: ");
  EXPECT_EQ(
      said("{\n \"Statements\": []}"),
      "t.json:2:2: trust policy: a policy has no element `Statements`; it has Version, Id and "
      "Statement");
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
  refuses(policy({statement(R"("StringEquals":{"aws:SourceIp":"1.2.3.4"})", "Allow", "aws")}),
          "no issuer that condition keys can name");
  for (const auto* principal : {R"("Principal":"*")", R"("Principal":{"AWS":"*"})",
                                R"("Principal":{"Federated":"idp.example","AWS":"*"})",
                                R"("Principal":{})", R"("Principal":{"Federated":[]})",
                                R"("NotPrincipal":{"Federated":"idp.example"})", R"("Sid":"x")"}) {
    refuses(policy({R"({"Effect":"Allow",)" + std::string(principal) +
                    R"(,"Action":"sts:AssumeRoleWithWebIdentity"})"}),
            "");
  }
  const auto with = [](std::string_view members) {
    return policy({R"({"Effect":"Allow","Principal":{"Federated":"idp.example"},)" +
                   std::string(members) + "}"});
  };
  refuses(with(R"("Action":"sts:*")"), "Action");
  refuses(with(R"("Action":"sts:TagSession")"), "Action");
  refuses(with(R"("NotAction":"sts:AssumeRoleWithWebIdentity")"), "Action");
  refuses(with(R"("Action":"sts:AssumeRoleWithWebIdentity","Resource":"*")"), "no Resource");
  refuses(with(R"("Action":"sts:AssumeRoleWithWebIdentity","Conditions":{})"), "`Conditions`");
  for (const auto* condition : {
           R"("NullIfExists":{"idp.example:sub":"true"})",
           R"("ForAnyValue:Null":{"idp.example:sub":"true"})",
           R"("StringMatches":{"idp.example:sub":"alice"})",
       })
    refuses(policy({statement(condition)}), "condition operator");
  for (const std::string key : {"idp.example:", "other.example:sub", "strait:claim/sub",
                                "s3:prefix", "iam:ResourceTag/x", "sub"})
    refuses(policy({statement(kSub + R"(,"StringLike":{")" + key + R"(":"a*"})")}),
            "condition key");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:Sub":"a*"})")}),
          "must be written `sub`");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":"${aws:username"})")}), "");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":"${other.example:a}"})")}),
          "condition key");
  refuses(policy({statement(kSub + R"(,"StringLike":{"idp.example:env":[]})")}), "list");
  refuses(policy({statement(kSub + R"(,"Null":{"idp.example:env":"yes"})")}), "true or false");
  refuses(policy({statement(kSub + R"(,"IpAddress":{"aws:SourceIp":"10.0.0.0/33"})")}),
          "IP address");
  refuses(policy({statement(kSub + R"(,"NumericLessThan":{"idp.example:n":"${idp.example:m}"})")}),
          "number");
}

TEST(Trust, KeysThatDifferInCaseOnlyDoNotLoad) {
  refuses(policy({statement(kSub + R"(,"StringNotEquals":{"idp.example:env":"a"},)"
                                   R"("StringLike":{"idp.example:Env":"b"})")}),
          "case only");
  EXPECT_TRUE(
      parse_trust("t", policy({statement(kSub + R"(,"StringLike":{"aws:UserAgent":"a*"},)"
                                                R"("StringNotLike":{"aws:useragent":"ab*"})")})))
      << "aws: keys have no case";
}

TEST(Trust, NumbersTruthsDatesAndAddressesAreReadFromClaims) {
  const auto verified = [](std::string value) {
    return holds(R"("Bool":{"idp.example:email_verified":true})", {{"email_verified", {value}}});
  };
  EXPECT_TRUE(verified("true"));
  EXPECT_FALSE(verified("false"));
  const auto level = [](std::string value) {
    return holds(R"("NumericGreaterThanEquals":{"idp.example:acr":"2"})", {{"acr", {value}}});
  };
  EXPECT_TRUE(level("2.0"));
  EXPECT_TRUE(level("10"));
  EXPECT_FALSE(level("1"));
  const auto after = [](std::string value) {
    return holds(R"("DateGreaterThan":{"idp.example:auth_time":"2026-01-01T00:00:00Z"})",
                 {{"auth_time", {value}}});
  };
  EXPECT_TRUE(after("1795392000"));
  EXPECT_FALSE(after("1700000000"));
  const std::vector<std::pair<std::string, std::vector<std::string>>> at = {{"ip", {"10.1.2.3"}}};
  EXPECT_TRUE(holds(R"("IpAddress":{"idp.example:ip":["10.0.0.0/8","::1"]})", at));
  EXPECT_FALSE(holds(R"("NotIpAddress":{"idp.example:ip":"10.0.0.0/8"})", at));
  EXPECT_TRUE(holds(R"("ArnLike":{"idp.example:arn":"arn:aws:iam::*:role/ci-*"})",
                    {{"arn", {"arn:aws:iam::1:role/ci-a"}}}));
  EXPECT_TRUE(holds(R"("BinaryEquals":{"idp.example:key":"AAE="})", {{"key", {"AAE="}}}));
  EXPECT_TRUE(holds(R"("stringequals":{"idp.example:env":"dev"})", {{"env", {"dev"}}}));
  EXPECT_TRUE(holds(R"("ForAllValues:NumericLessThan":{"idp.example:levels":9})",
                    {{"levels", {"1", "8"}}}));
}

TEST(Trust, AClaimThatIsNotOfTheOperatorsTypeNeitherAllowsNorEscapesADeny) {
  for (const auto* value : {"many", "1e3", ""}) {
    EXPECT_FALSE(holds(R"("NumericLessThan":{"idp.example:n":5})", {{"n", {value}}})) << value;
    EXPECT_FALSE(holds(R"("NumericNotEquals":{"idp.example:n":5})", {{"n", {value}}})) << value;
    EXPECT_TRUE(denies(R"("NumericGreaterThan":{"idp.example:n":5})", {{"n", {value}}})) << value;
  }
  EXPECT_FALSE(denies(R"("NumericGreaterThan":{"idp.example:n":5})", {{"n", {"4"}}}));
}

TEST(Trust, VariablesAreClaimsAndTheLoginLetterForLetter) {
  constexpr auto kName = R"("StringLike":{"sts:RoleSessionName":"${idp.example:team}-*"})";
  const Login web = {known("sts:RoleSessionName", "web-1")};
  const Login ops = {known("sts:RoleSessionName", "ops-1")};
  EXPECT_TRUE(holds(kName, {{"team", {"web"}}}, web));
  EXPECT_FALSE(holds(kName, {{"team", {"web"}}}, ops));
  EXPECT_FALSE(holds(kName, {{"team", {"*"}}}, ops)) << "a claim is no pattern";
  EXPECT_FALSE(holds(kName, {{"team", {"${idp.example:env}"}}, {"env", {"ops"}}}, ops))
      << "nor a variable";
  EXPECT_FALSE(holds(kName, {}, web)) << "no claim, no value";
  EXPECT_FALSE(holds(kName, {{"team", {"web", "ops"}}}, web)) << "which of them, nobody says";
  EXPECT_FALSE(holds(kName, {{"team", {"web"}}})) << "a name that is not known";
  constexpr auto kDefault = R"("StringEquals":{"idp.example:env":"${idp.example:want, 'dev'}"})";
  EXPECT_TRUE(holds(kDefault, {{"env", {"dev"}}}));
  EXPECT_FALSE(holds(kDefault, {{"env", {"dev"}}, {"want", {"prod"}}}));
  EXPECT_TRUE(holds(R"("StringLike":{"idp.example:env":"a${*}?"})", {{"env", {"a*b"}}}));
  const auto old = R"({"Version":"2008-10-17","Statement":)" +
                   statement(kSub + R"(,"StringLike":{"idp.example:env":"${idp.example:want}"})") +
                   "}";
  EXPECT_TRUE(trusts(old, principal({{"sub", {"alice"}}, {"env", {"${idp.example:want}"}}})))
      << "before 2012 it is text";
}

TEST(Trust, KeysOfTheLoginAreWhatTheCallerKnows) {
  constexpr auto kOffice = R"("IpAddress":{"aws:SourceIp":"203.0.113.0/24"})";
  EXPECT_TRUE(holds(kOffice, {}, {known("aws:SourceIp", "203.0.113.9")}));
  EXPECT_FALSE(holds(kOffice, {}, {known("aws:SourceIp", "198.51.100.1")}));
  EXPECT_TRUE(holds(R"("DateLessThan":{"AWS:CURRENTTIME":"2027-01-01T00:00:00Z"})", {},
                    {known("aws:CurrentTime", "2026-11-23T01:02:03Z")}));
  EXPECT_TRUE(holds(R"("Bool":{"aws:ViaAWSService":"false"})", {})) << "no service logs in";
  EXPECT_TRUE(holds(R"("Null":{"aws:MultiFactorAuthPresent":"true"})", {})) << "no such thing here";
}

TEST(Trust, WhatIsNotKnownOfALoginDoesNotAllowAndDoesDeny) {
  for (const auto* condition :
       {R"("StringEquals":{"aws:RequestedRegion":"eu-west-1"})",
        R"("StringNotEquals":{"aws:PrincipalOrgID":"o-1"})",
        R"("StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"})",
        R"("ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1/*"})",
        R"("Null":{"aws:PrincipalArn":"true"})", R"("Null":{"aws:PrincipalArn":"false"})"}) {
    EXPECT_FALSE(holds(condition, {})) << condition;
    EXPECT_TRUE(denies(condition, {})) << condition;
  }
  const auto parsed = parse_trust(
      "t.json", policy({statement(kSub), statement(R"("Null":{"aws:SorceIp":"true"})", "Deny")}));
  const auto refused = check_trust(*parsed, principal({{"sub", {"alice"}}}), {});
  EXPECT_EQ(refused.error().message,
            "the role's trust policy denies this identity (t.json#2): Null on aws:SorceIp is not "
            "certain: strait cannot know it at a login");
}

TEST(Trust, SessionTagsAreThoseOfTheToken) {
  for (const std::string head : {"https://aws.amazon.com/tags.principal_tags.",
                                 "https://aws.amazon.com/tags/principal_tags/"}) {
    const std::vector<std::pair<std::string, std::vector<std::string>>> tagged = {
        {head + "Team", {"web"}}};
    EXPECT_TRUE(holds(R"("StringEquals":{"aws:RequestTag/team":"web"})", tagged));
    EXPECT_FALSE(holds(R"("StringEquals":{"aws:RequestTag/team":"ops"})", tagged));
    EXPECT_TRUE(holds(R"("ForAllValues:StringEquals":{"aws:TagKeys":["Team","Env"]})", tagged));
    EXPECT_TRUE(denies(R"("ForAnyValue:StringEquals":{"aws:TagKeys":"Team"})", tagged));
    auto twice = tagged;
    twice.push_back({head + "team", {"web"}});
    EXPECT_FALSE(holds(R"("StringEquals":{"aws:RequestTag/team":"web"})", twice));
    EXPECT_TRUE(denies(R"("StringEquals":{"aws:RequestTag/team":"ops"})", twice));
  }
  EXPECT_TRUE(holds(R"("Null":{"aws:RequestTag/team":"true","aws:TagKeys":"true"})", {}));
  EXPECT_TRUE(holds(R"("StringEquals":{"sts:SourceIdentity":"alice"})",
                    {{"https://aws.amazon.com/source_identity", {"alice"}}}));
  EXPECT_TRUE(denies(R"("ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":"Team"})",
                     {{"https://aws.amazon.com/tags.transitive_tag_keys", {"Team"}}}));
}

TEST(Trust, SeveralValuesWithoutASetFitAllInAnAllowAndAnyInADeny) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> levels = {
      {"levels", {"2", "7"}}};
  EXPECT_TRUE(holds(R"("NumericLessThan":{"idp.example:levels":9})", levels));
  EXPECT_FALSE(holds(R"("NumericLessThan":{"idp.example:levels":5})", levels));
  EXPECT_TRUE(denies(R"("NumericLessThan":{"idp.example:levels":5})", levels));
  EXPECT_FALSE(denies(R"("NumericLessThan":{"idp.example:levels":1})", levels));
}

}  // namespace
}  // namespace strait::policy
