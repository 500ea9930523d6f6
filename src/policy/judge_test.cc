// SPDX-License-Identifier: Apache-2.0
#include "policy/judge.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

// The one room that may make an AuthenticatedCall is not linked here; the test stands in for it.
namespace strait::sigv4 {
class Verifier {
 public:
  static journey::AuthenticatedCall authenticate(journey::Call call, journey::Session session) {
    return journey::AuthenticatedCall({}, {}, std::move(call), std::move(session));
  }
};
}  // namespace strait::sigv4

namespace strait::policy {
namespace {

using journey::Effect;
using namespace testing;

constexpr auto kReadAll =
    R"({"Sid":"Read","Effect":"Allow","Action":["s3:Get*","s3:List*"],"Resource":"*"})";
constexpr auto kDeleteLogs =
    R"({"Sid":"Deletes","Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::logs/*"})";

journey::Verdict judge(const PolicySet& set, journey::Call call) {
  return Judge::evaluate(set, kRole, call, session());
}
journey::Verdict judge(const PolicySet& set, std::string action, std::string resource) {
  return judge(set, call({need(std::move(action), std::move(resource))}));
}

TEST(Judge, NothingMatchedIsDeniedInOurWords) {
  const auto verdict = judge(policies(kReadAll), "s3:DeleteObject", "arn:aws:s3:::logs/a");
  EXPECT_EQ(verdict.effect, Effect::kDeny);
  EXPECT_TRUE(verdict.decided_by.empty());
  EXPECT_EQ(verdict.why, "no strait policy allows the s3:DeleteObject action");
  EXPECT_EQ(verdict.action, "s3:DeleteObject");
  EXPECT_EQ(verdict.resource, "arn:aws:s3:::logs/a");
  EXPECT_EQ(verdict.policy_hash.size(), 64u);
}

TEST(Judge, AllowNamesItsStatement) {
  const auto verdict = judge(policies(kReadAll), "S3:getobject", "arn:aws:s3:::logs/a");
  EXPECT_EQ(verdict.effect, Effect::kAllow);
  ASSERT_EQ(verdict.decided_by.size(), 1u);
  EXPECT_EQ(verdict.decided_by[0].str(), "allow.json#Read");
}

TEST(Judge, AskBeatsAllowAndDenyBeatsAsk) {
  constexpr auto kAll = R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})";
  const auto asked = judge(policies(kAll, kDeleteLogs), "s3:DeleteObject", "arn:aws:s3:::logs/a");
  EXPECT_EQ(asked.effect, Effect::kAsk);
  EXPECT_EQ(asked.why, "it needs approval");
  EXPECT_EQ(asked.decided_by.at(0).str(), "ask.json#Deletes");
  for (const bool deny_in_ask_file : {false, true}) {
    const std::string deny = R"({"Sid":"No","Effect":"Deny","Action":"s3:Delete*","Resource":"*"})";
    const auto set = deny_in_ask_file ? policies(kAll, deny + "," + kDeleteLogs)
                                      : policies(kAll + ("," + deny), kDeleteLogs);
    const auto denied = judge(set, "s3:DeleteObject", "arn:aws:s3:::logs/a");
    EXPECT_EQ(denied.effect, Effect::kDeny);
    EXPECT_EQ(denied.why, std::string("of an explicit deny in strait policy ") +
                              (deny_in_ask_file ? "ask" : "allow") + ".json#No");
  }
}

TEST(Judge, EveryNeedMustPassAtEveryPosition) {
  const auto set = policies(kReadAll, kDeleteLogs);
  const auto good = need("s3:GetObject", "arn:aws:s3:::logs/a");
  const auto bad = need("s3:PutObject", "arn:aws:s3:::logs/a");
  const auto ask = need("s3:DeleteObject", "arn:aws:s3:::logs/a");
  for (std::size_t at = 0; at < 25; ++at) {
    std::vector<journey::Need> needs(25, good);
    EXPECT_EQ(judge(set, call(needs)).effect, Effect::kAllow);
    needs[at] = ask;
    EXPECT_EQ(judge(set, call(needs)).effect, Effect::kAsk);
    EXPECT_EQ(judge(set, call(needs)).action, "s3:DeleteObject");
    needs[24 - at] = bad;
    EXPECT_EQ(judge(set, call(needs)).effect, Effect::kDeny) << at;
  }
}

TEST(Judge, ACallWithoutNeedsIsRefused) {
  const auto set = policies(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  EXPECT_EQ(judge(set, call({})).effect, Effect::kDeny);
  auto only_denies = need("s3:GetObject", "*");
  only_denies.deny_only = true;
  EXPECT_EQ(judge(set, call({only_denies})).effect, Effect::kDeny);
}

TEST(Judge, ADenyOnlyNeedDeniesAndNothingElse) {
  auto may = need("kms:Decrypt", "*");
  may.deny_only = true;
  const auto read = need("s3:GetObject", "arn:aws:s3:::logs/a");
  EXPECT_EQ(judge(policies(kReadAll), call({read, may})).effect, Effect::kAllow);
  EXPECT_EQ(judge(policies(kReadAll), call({may, read})).action, "s3:GetObject");
  const auto set =
      policies(kReadAll + std::string(R"(,{"Effect":"Deny","Action":"kms:*","Resource":"*"})"));
  EXPECT_EQ(judge(set, call({read, may})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(kReadAll, R"({"Effect":"Allow","Action":"kms:*","Resource":"*"})"),
                  call({read, may}))
                .effect,
            Effect::kAllow);
}

TEST(Judge, AThingThatTheCallMayNotBeAboutIsDeniedByItsNameOnly) {
  const auto read = need("s3:GetObject", "arn:aws:s3:::logs/a");
  auto other = need("s3:GetObject", "arn:aws:s3:eu-west-1:1:accesspoint/*");
  other.pattern = other.deny_only = true;
  other.derived = false;
  const auto with = [&](const std::string& resource) {
    return judge(policies(kReadAll + std::string(R"(,{"Effect":"Deny","Action":"s3:*",)") +
                          resource + "}"),
                 call({read, other}))
        .effect;
  };
  EXPECT_EQ(with(R"("Resource":"arn:aws:s3:eu-west-1:1:accesspoint/x")"), Effect::kDeny);
  EXPECT_EQ(with(R"("NotResource":"arn:aws:s3:::logs/*")"), Effect::kAllow);
  EXPECT_EQ(with(R"("NotResource":"arn:aws:s3:::other/*")"), Effect::kDeny);
}

TEST(Judge, AnotherRoleHasNothing) {
  const auto verdict = Judge::evaluate(policies(kReadAll), "arn:aws:iam::123456789012:role/other",
                                       call({need("s3:GetObject", "*")}), session());
  EXPECT_EQ(verdict.effect, Effect::kDeny);
  EXPECT_EQ(
      Judge::evaluate(PolicySet(), kRole, call({need("s3:GetObject", "*")}), session()).effect,
      Effect::kDeny);
}

journey::Need classed(catalog::Class kind, std::string action, std::string resource) {
  auto made = need(std::move(action), std::move(resource));
  made.classes = static_cast<catalog::Classes>(kind);
  return made;
}

TEST(Judge, WildcardsNeverReachClassedActions) {
  const auto pass =
      classed(catalog::Class::kPassRole, "iam:PassRole", "arn:aws:iam::123456789012:role/app");
  for (const auto* statement :
       {R"({"Effect":"Allow","Action":"*","Resource":"*"})",
        R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})",
        R"({"Effect":"Allow","Action":"iam:PassRol?","Resource":"*"})",
        R"({"Effect":"Allow","NotAction":"s3:*","Resource":"*"})",
        R"({"Effect":"Allow","Action":"iam:PassRole","NotResource":"arn:aws:s3:::x"})"}) {
    const auto verdict = judge(policies(statement), call({pass}));
    EXPECT_EQ(verdict.effect, Effect::kDeny) << statement;
    ASSERT_EQ(verdict.near_misses.size(), 1u);
    EXPECT_NE(verdict.near_misses[0].why.find("must be named"), std::string::npos);
    EXPECT_EQ(judge(policies("", statement), call({pass})).effect, Effect::kDeny)
        << "nor through ask";
  }
  const auto named =
      R"({"Effect":"Allow","Action":["s3:*","iam:PassRole"],"Resource":"arn:aws:iam::*:role/app"})";
  EXPECT_EQ(judge(policies(named), call({pass})).effect, Effect::kAllow);
  EXPECT_EQ(judge(policies("", named), call({pass})).effect, Effect::kAsk);
}

std::string statement(std::string_view effect, std::string_view action,
                      std::string_view more = R"("Resource":"*")") {
  return R"({"Effect":")" + std::string(effect) + R"(","Action":")" + std::string(action) +
         R"(",)" + std::string(more) + "}";
}

constexpr auto kApp = "arn:aws:iam::123456789012:role/app";

TEST(JudgeClass, AWordNamesEveryNeedOfItsClass) {
  const auto pass = classed(catalog::Class::kPassRole, "iam:PassRole", kApp);
  const auto word = statement("Allow", "strait:class/pass-role");
  EXPECT_EQ(judge(policies(word), call({pass})).effect, Effect::kAllow);
  EXPECT_EQ(judge(policies(statement("Allow", "STRAIT:Class/Pass-Role")), call({pass})).effect,
            Effect::kAllow)
      << "case does not count, as in every action";
  EXPECT_EQ(judge(policies("", word), call({pass})).effect, Effect::kAsk);
  EXPECT_EQ(judge(policies(statement("Allow", "strait:class/pass-role",
                                     R"("Resource":"arn:aws:iam::*:role/other")")),
                  call({pass}))
                .effect,
            Effect::kDeny)
      << "on the resources of its statement alone";
}

TEST(JudgeClass, AWordReachesNoOtherClassAndNothingWithoutOne) {
  using catalog::Class;
  for (const auto word : catalog::kClasses) {
    const auto set = policies(statement("Allow", "strait:class/" + std::string(name(word))));
    for (const auto other : catalog::kClasses) {
      EXPECT_EQ(judge(set, call({classed(other, "svc:Thing", "*")})).effect,
                word == other ? Effect::kAllow : Effect::kDeny)
          << name(word) << " " << name(other);
    }
    EXPECT_EQ(judge(set, call({classed(Class::kBesides, "svc:Tag", "*")})).effect, Effect::kDeny);
    EXPECT_EQ(judge(set, call({need("svc:Thing", "*")})).effect, Effect::kDeny);
    auto somewhere = need("svc:Thing", "arn:aws:svc:::*");
    somewhere.pattern = true;
    somewhere.derived = false;
    EXPECT_EQ(judge(set, call({somewhere})).effect, Effect::kDeny)
        << "what must be named for want of a resource has no word";
  }
}

TEST(JudgeClass, ANeedOfTwoClassesIsNamedByEitherWord) {
  auto shell = classed(catalog::Class::kRunCode, "ssm:StartSession", "*");
  shell.classes |= static_cast<catalog::Classes>(catalog::Class::kReturnsCredentials);
  for (const auto* word : {"strait:class/run-code", "strait:class/returns-credentials"}) {
    EXPECT_EQ(judge(policies(statement("Allow", word)), call({shell})).effect, Effect::kAllow);
    EXPECT_EQ(
        judge(policies(statement("Allow", "ssm:StartSession") + "," + statement("Deny", word)),
              call({shell}))
            .effect,
        Effect::kDeny);
  }
}

TEST(JudgeClass, ADenyOnAClassBeatsAnAllowByName) {
  const auto pass = classed(catalog::Class::kPassRole, "iam:PassRole", kApp);
  const auto named = statement("Allow", "iam:PassRole");
  const auto deny = statement("Deny", "strait:class/pass-role");
  EXPECT_EQ(judge(policies(named + "," + deny), call({pass})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(named, deny), call({pass})).effect, Effect::kDeny) << "in an ask file";
  auto may = pass;
  may.deny_only = true;
  const auto run = need("ecs:DescribeTasks", "*");
  EXPECT_EQ(judge(policies(statement("Allow", "*") + "," + deny), call({run, may})).effect,
            Effect::kDeny)
      << "AWS may check it";
  EXPECT_EQ(judge(policies(statement("Allow", "*") + "," + named), call({run, may})).effect,
            Effect::kAllow);
}

TEST(JudgeClass, AnAskOnAClassStandsBeforeAnAllowByName) {
  const auto pass = classed(catalog::Class::kPassRole, "iam:PassRole", kApp);
  EXPECT_EQ(judge(policies(statement("Allow", "iam:PassRole"),
                           statement("Allow", "strait:class/pass-role")),
                  call({pass}))
                .effect,
            Effect::kAsk);
}

TEST(JudgeClass, NotActionExceptsAClassAndNamesNothing) {
  using catalog::Class;
  const auto pass = classed(Class::kPassRole, "iam:PassRole", kApp);
  const auto run = classed(Class::kRunCode, "ssm:SendCommand", "*");
  const auto not_pass = [](std::string_view effect) {
    return R"({"Effect":")" + std::string(effect) +
           R"(","NotAction":["strait:class/pass-role","s3:*"],"Resource":"*"})";
  };
  const auto both =
      statement("Allow", "iam:PassRole") + "," + statement("Allow", "ssm:SendCommand");
  const auto denied = policies(both + "," + not_pass("Deny"));
  EXPECT_EQ(judge(denied, call({pass})).effect, Effect::kAllow);
  EXPECT_EQ(judge(denied, call({run})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(not_pass("Allow")), call({run})).effect, Effect::kDeny)
      << "all but one class is no name of another";
  EXPECT_EQ(judge(policies(not_pass("Allow")), call({need("sqs:SendMessage", "*")})).effect,
            Effect::kAllow);
}

TEST(JudgeClass, ANearMissTellsTheWord) {
  const auto pass = classed(catalog::Class::kPassRole, "iam:PassRole", kApp);
  const auto verdict = judge(policies(statement("Allow", "iam:*")), call({pass}));
  ASSERT_EQ(verdict.near_misses.size(), 1u);
  EXPECT_EQ(verdict.near_misses[0].why,
            "this action must be named, itself or by strait:class/pass-role: `*`, NotAction and "
            "NotResource do not reach it");
}

TEST(Judge, AnUnnamedAskStillStandsInTheWay) {
  const auto pass = classed(catalog::Class::kRunCode, "lambda:UpdateFunctionCode", "*");
  const auto set =
      policies(R"({"Effect":"Allow","Action":"lambda:UpdateFunctionCode","Resource":"*"})",
               R"({"Effect":"Allow","Action":"lambda:*","Resource":"*"})");
  EXPECT_EQ(judge(set, call({pass})).effect, Effect::kAsk);
}

TEST(Judge, AnUnknownResourceMustBeNamedAndCovered) {
  auto somewhere = need("ec2:StopInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/*");
  somewhere.derived = false;
  const auto with = [](std::string_view action, std::string_view resource) {
    return policies(R"({"Effect":"Allow","Action":")" + std::string(action) + R"(","Resource":")" +
                    std::string(resource) + "\"}");
  };
  EXPECT_EQ(judge(with("ec2:*", "*"), call({somewhere})).effect, Effect::kDeny);
  EXPECT_EQ(judge(with("ec2:StopInstances", "*"), call({somewhere})).effect, Effect::kAllow);
  EXPECT_EQ(
      judge(with("ec2:StopInstances", "arn:aws:ec2:*:*:instance/*"), call({somewhere})).effect,
      Effect::kAllow);
  EXPECT_EQ(
      judge(with("ec2:StopInstances", "arn:aws:ec2:*:*:instance/i-1"), call({somewhere})).effect,
      Effect::kDeny);
}

TEST(Judge, DenyAndAskApplyWhereTheyMayMatch) {
  auto somewhere = need("ec2:StopInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/*");
  somewhere.derived = false;
  constexpr auto kAllow = R"({"Effect":"Allow","Action":"ec2:StopInstances","Resource":"*"})";
  constexpr auto kOne =
      R"("Action":"ec2:StopInstances","Resource":"arn:aws:ec2:*:*:instance/i-1"})";
  const auto deny = std::string(kAllow) + R"(,{"Effect":"Deny",)" + kOne;
  EXPECT_EQ(judge(policies(deny), call({somewhere})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(kAllow, R"({"Effect":"Allow",)" + std::string(kOne)), call({somewhere}))
                .effect,
            Effect::kAsk);
}

journey::Need on_pattern(std::string action, std::string resource) {
  auto made = need(std::move(action), std::move(resource));
  made.pattern = true;
  return made;
}

TEST(Judge, ADenyOnAThingReachesEveryPatternOfIt) {
  const auto with_deny_on = [](const std::string& arn) {
    return policies(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
                    R"({"Effect":"Deny","Action":"*","Resource":")" +
                    arn + "\"}");
  };
  const auto role = on_pattern("iam:GetRole", "arn:aws:iam::1:role/*admin");
  EXPECT_EQ(judge(with_deny_on("arn:aws:iam::1:role/admin"), call({role})).effect, Effect::kDeny);
  EXPECT_EQ(judge(with_deny_on("arn:aws:iam::1:role/ops/admin"), call({role})).effect,
            Effect::kDeny);
  EXPECT_EQ(judge(with_deny_on("arn:aws:iam::1:role/reader"), call({role})).effect, Effect::kAllow);
  const auto secret =
      on_pattern("secretsmanager:DescribeSecret", "arn:aws:sm:us-east-1:1:secret:prod/db-??????");
  EXPECT_EQ(
      judge(with_deny_on("arn:aws:sm:us-east-1:1:secret:prod/db-AbCdEf"), call({secret})).effect,
      Effect::kDeny);
  EXPECT_EQ(
      judge(with_deny_on("arn:aws:sm:us-east-1:1:secret:prod/db2-AbCdEf"), call({secret})).effect,
      Effect::kAllow);
}

TEST(Judge, AnAllowMustCoverThePattern) {
  const auto allowed_on = [](const std::string& arn, const journey::Need& need) {
    return judge(policies(R"({"Effect":"Allow","Action":"iam:*","Resource":")" + arn + "\"}"),
                 call({need}))
        .effect;
  };
  const auto role = on_pattern("iam:GetRole", "arn:aws:iam::1:role/*admin");
  EXPECT_EQ(allowed_on("arn:aws:iam::1:role/*", role), Effect::kAllow);
  EXPECT_EQ(allowed_on("arn:aws:iam::1:role/*admin", role), Effect::kAllow);
  EXPECT_EQ(allowed_on("arn:aws:iam::1:role/admin", role), Effect::kDeny);
  EXPECT_EQ(allowed_on("arn:aws:iam::1:role/*/admin", role), Effect::kDeny);
}

TEST(Judge, StarsForRegionAndAccountDoNotReachIntoNames) {
  const auto met = [](const std::string& arn) {
    const auto set = policies(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
                              R"({"Effect":"Deny","Action":"*","Resource":")" +
                              arn + "\"}");
    const auto call = testing::call({on_pattern("iam:GetRole", "arn:aws:ec2:r:1:subnet/*")});
    return judge(set, call).effect == Effect::kDeny;
  };
  EXPECT_FALSE(met("arn:aws:ec2:*:*:vpc/v"));
  EXPECT_FALSE(met("arn:aws:ec2:*:123456789012:vpc/v"));
  EXPECT_TRUE(met("arn:aws:ec2:*:*:subnet/v"));
  EXPECT_TRUE(met("arn:aws:ec2:*:subnet/v")) << "one star for two parts";
  EXPECT_TRUE(met("arn:aws:ec2:*"));
  EXPECT_TRUE(met("arn:aws:*:subnet/v"));
}

TEST(Judge, AStarInANameIsNoWildcard) {
  const auto with_deny_on = [](const std::string& arn) {
    return policies(R"({"Effect":"Allow","Action":"*","Resource":"*"},)"
                    R"({"Effect":"Deny","Action":"*","Resource":")" +
                    arn + "\"}");
  };
  const auto key = need("s3:GetObject", "arn:aws:s3:::b/*");
  EXPECT_EQ(judge(with_deny_on("arn:aws:s3:::b/secret"), call({key})).effect, Effect::kAllow);
  EXPECT_EQ(judge(with_deny_on("arn:aws:s3:::b/${*}"), call({key})).effect, Effect::kDeny);
  const auto instance = need("ec2:RunInstances", "arn:aws:ec2:eu-west-1:1:instance/*");
  EXPECT_EQ(judge(with_deny_on("arn:aws:ec2:eu-west-1:1:instance/i-1"), call({instance})).effect,
            Effect::kAllow)
      << "AWS judges a thing that is yet to be made by these letters";
  const auto role = on_pattern("iam:GetRole", "arn:aws:iam::1:role/*a${*}");
  EXPECT_EQ(judge(with_deny_on("arn:aws:iam::1:role/ab"), call({role})).effect, Effect::kAllow);
  EXPECT_EQ(judge(with_deny_on("arn:aws:iam::1:role/x/a${*}"), call({role})).effect, Effect::kDeny);
}

TEST(Judge, AnUnknownConditionValueNeverAllowsAndAlwaysDenies) {
  const auto with = [](std::string_view effect) {
    return R"({"Effect":")" + std::string(effect) +
           R"(","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/env":"dev"}}})";
  };
  const auto get = need("s3:GetObject", "arn:aws:s3:::logs/a");
  EXPECT_EQ(judge(policies(with("Allow")), call({get})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(kReadAll + ("," + with("Deny"))), call({get})).effect, Effect::kDeny);
  EXPECT_EQ(judge(policies(kReadAll, with("Allow")), call({get})).effect, Effect::kAsk);
  auto tagged = get;
  tagged.context.push_back({"aws:resourcetag/env", {"dev"}});
  EXPECT_EQ(judge(policies(with("Allow")), call({tagged})).effect, Effect::kAllow);
}

TEST(Judge, ParametersClaimsAndSessionsAreConditionKeys) {
  auto run = call({need("ec2:RunInstances", "*")});
  run.input = codec::Object{
      {"InstanceType", "t3.micro"},
      {"Tags", codec::List{codec::Object{{"Key", "team"}}, codec::Object{{"Key", "env"}}}}};
  const auto allowed_if = [&](std::string_view condition) {
    return judge(
               policies(
                   R"({"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*","Condition":)" +
                   std::string(condition) + "}"),
               run)
               .effect == Effect::kAllow;
  };
  EXPECT_TRUE(allowed_if(R"({"StringLike":{"strait:param/InstanceType":"t3.*"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringLike":{"strait:param/InstanceType":"m5.*"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringLike":{"strait:param/instancetype":"*"}})"))
      << "parameters have their model's case";
  EXPECT_TRUE(
      allowed_if(R"({"ForAllValues:StringEquals":{"strait:param/Tags/Key":["team","env"]}})"));
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"strait:param/Tags/Key":["team","env"]}})"))
      << "two values need a quantifier";
  EXPECT_TRUE(allowed_if(R"({"Null":{"strait:param/UserData":"true"}})"));
  EXPECT_TRUE(allowed_if(R"({"ForAnyValue:StringEquals":{"strait:claim/groups":"oncall"}})"));
  EXPECT_TRUE(allowed_if(
      R"({"StringEquals":{"strait:session/name":"claude","aws:PrincipalAccount":"123456789012"}})"));
  EXPECT_TRUE(allowed_if(R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/developer"}})"));
  EXPECT_TRUE(allowed_if(R"({"StringEquals":{"strait:claim/team":"${strait:claim/team}"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"aws:username":"kim"}})"));
}

bool tagging_allowed_if(const journey::Call& tagging, std::string_view condition) {
  const auto statement =
      R"({"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*","Condition":)" +
      std::string(condition) + "}";
  return judge(policies(statement), tagging).effect == Effect::kAllow;
}

TEST(Judge, AFamilyThatIsListedInFullHasNoOtherKeys) {
  auto tag = call({need("ec2:CreateTags", "*")});
  const auto allowed_if = [&](auto condition) { return tagging_allowed_if(tag, condition); };
  constexpr auto kNoTeam = R"({"Null":{"aws:RequestTag/team":"true"}})";
  EXPECT_FALSE(allowed_if(kNoTeam)) << "nobody said that every tag is listed";
  tag.context.entries = {{"aws:RequestTag/env", {"dev"}}, {"aws:RequestTag/*", {}}};
  EXPECT_TRUE(allowed_if(kNoTeam));
  EXPECT_TRUE(allowed_if(R"({"StringEquals":{"aws:requesttag/env":"dev"}})"));
  // An agent may name a tag `*`; it is then the value of that tag and of no other.
  tag.context.entries = {{"aws:RequestTag/*", {"web"}}, {"aws:RequestTag/*", {}}};
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"aws:RequestTag/team":"web"}})"));
  EXPECT_TRUE(allowed_if(kNoTeam));
}

TEST(Judge, KeysThatTheContextWorksOutAnswerAsListedOnes) {
  auto tag = call({need("ec2:CreateTags", "*")});
  tag.context.source = [](const journey::Call& of, std::string_view key,
                          std::vector<journey::ContextEntry>& out) -> const std::string* {
    if (key == "aws:RequestedRegion") return &of.region;
    const bool family = key.starts_with("aws:RequestTag/");
    if (family && out.empty()) out = {{"aws:RequestTag/env", {"dev"}}, {"aws:RequestTag/*", {}}};
    if (key == "ec2:Unsure") out.push_back({"ec2:Unsure", {}, true});
    return nullptr;
  };
  const auto allowed_if = [&](auto condition) { return tagging_allowed_if(tag, condition); };
  EXPECT_TRUE(allowed_if(R"({"StringEquals":{"aws:RequestedRegion":"eu-west-1",
                                             "aws:RequestTag/env":"dev"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"aws:RequestedRegion":"us-east-1"}})"));
  EXPECT_TRUE(
      allowed_if(R"({"Null":{"aws:RequestTag/team":"true","aws:RequestTag/env":"false"}})"));
  // Unknown is not absent: of what nobody answers, and of what is said to be unknown.
  EXPECT_FALSE(allowed_if(R"({"Null":{"ec2:Unsure":"true"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringNotEquals":{"ec2:Unsure":"x"}})"));
  EXPECT_FALSE(allowed_if(R"({"Null":{"ec2:Other":"true"}})"));
  // What is listed comes first.
  tag.context.entries = {{"aws:RequestedRegion", {"us-east-1"}}};
  EXPECT_TRUE(allowed_if(R"({"StringEquals":{"aws:RequestedRegion":"us-east-1"}})"));
}

TEST(Judge, TheContextCannotSayWhoAsks) {
  auto get = call({need("s3:GetObject", "*")});
  get.context.entries = {{"aws:PrincipalArn", {"arn:aws:iam::1:role/admin"}},
                         {"strait:session/name", {"root"}},
                         {"aws:username", {"root"}}};
  const auto allowed_if = [&](std::string_view condition) {
    return judge(
               policies(R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":)" +
                        std::string(condition) + "}"),
               get)
               .effect == Effect::kAllow;
  };
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"aws:PrincipalArn":"arn:aws:iam::1:role/admin"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"strait:session/name":"root"}})"));
  EXPECT_FALSE(allowed_if(R"({"StringEquals":{"aws:username":"root"}})"));
}

TEST(Judge, AStreamedMemberIsUnknownAsAParameter) {
  auto put = call({need("s3:PutObject", "*")});
  put.stream = journey::Stream{"Body", 5, "", "", "", false};
  const auto set = policies(
      R"({"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"Null":{"strait:param/Body":"true"}}})");
  EXPECT_EQ(judge(set, put).effect, Effect::kDeny);
}

TEST(Judge, AWildcardInAClaimGainsNothing) {
  auto attacker = session();
  attacker.name = "*";
  const auto set = policies(
      R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::home/${strait:session/name}/*"})");
  const auto read = [&](std::string resource) {
    return Judge::evaluate(set, kRole, call({need("s3:GetObject", std::move(resource))}), attacker)
        .effect;
  };
  EXPECT_EQ(read("arn:aws:s3:::home/kim/secret"), Effect::kDeny);
  EXPECT_EQ(read("arn:aws:s3:::home/*/own"), Effect::kAllow);
}

TEST(Judge, NearMissesSayWhatFailed) {
  const auto set = policies(std::string(kDeleteLogs) +
                            R"(,{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"*",)"
                            R"("Condition":{"StringEquals":{"s3:prefix":"public/"}}})");
  auto erase = need("s3:DeleteObject", "arn:aws:s3:::other/a");
  erase.context.push_back({"s3:prefix", {"logs/"}});
  const auto verdict = judge(set, call({erase}));
  ASSERT_EQ(verdict.near_misses.size(), 2u);
  EXPECT_EQ(verdict.near_misses[0].statement.str(), "allow.json#Deletes");
  EXPECT_EQ(verdict.near_misses[0].why,
            "resource `arn:aws:s3:::other/a` is not `arn:aws:s3:::logs/*`");
  EXPECT_EQ(verdict.near_misses[1].statement.str(), "allow.json#2");
  EXPECT_EQ(verdict.near_misses[1].why,
            "condition StringEquals s3:prefix: `logs/` against `public/`");
}

TEST(Judge, NoSentenceOfOursLooksLikeAnIamProblem) {
  for (const auto& verdict : {judge(policies(kReadAll), "s3:PutObject", "*"),
                              judge(policies(kReadAll), "s3:GetObject", "*")}) {
    EXPECT_EQ(verdict.why.find("identity-based policy"), std::string::npos);
  }
}

TEST(Judge, TheHashChangesWithAnyTextOfTheRoleAndNoOther) {
  const RoleSource a{"arn:aws:iam::1:role/a", {{"a.json", document(kReadAll)}}, {}};
  const RoleSource b{"arn:aws:iam::1:role/b", {{"a.json", document(kReadAll)}}, {}};
  auto b2 = b;
  b2.allow[0].text += " ";
  const auto hash = [](std::vector<RoleSource> roles, const char* role) {
    return Judge::evaluate(*compile(std::move(roles)), role, call({need("s3:GetObject", "*")}),
                           session())
        .policy_hash;
  };
  EXPECT_EQ(hash({a, b}, "arn:aws:iam::1:role/a"), hash({b2, a}, "arn:aws:iam::1:role/a"));
  EXPECT_NE(hash({a, b}, "arn:aws:iam::1:role/b"), hash({a, b2}, "arn:aws:iam::1:role/b"));
  EXPECT_NE(compile({a, b})->hash(), compile({a, b2})->hash());
  auto moved = a;
  moved.ask = std::exchange(moved.allow, {});
  EXPECT_NE(compile({a})->hash(), compile({moved})->hash());
}

TEST(Judge, JudgedCallCarriesTheVerdict) {
  const auto judged =
      Judge::judge(sigv4::Verifier::authenticate(call({need("s3:GetObject", "*")}), session()),
                   policies(kReadAll));
  EXPECT_EQ(judged.verdict().effect, Effect::kAllow);
  EXPECT_EQ(judged.session().name, "claude");
}

TEST(CanI, AsIamIsExactAboutWhatIamLeavesUndefined) {
  const auto answer = [](const std::string& effect, const std::string& condition,
                         journey::ContextEntry entry) {
    const auto set =
        policies(R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":")" + effect +
                 R"(","Action":"*","Resource":"*","Condition":)" + condition + "}");
    Question question{kRole, "iam:PassRole", "arn:aws:s3:::b/*", {std::move(entry)}};
    question.as_iam = true;
    return can_i(set, question).effect;
  };
  constexpr auto kTwo = R"({"StringNotEquals":{"t:k":"x"}})";
  EXPECT_EQ(answer("Deny", kTwo, {"t:k", {"a", "b"}}), Effect::kAllow) << "no set operator";
  EXPECT_EQ(answer("Deny", kTwo, {"t:k", {"a"}, false, true}), Effect::kAllow) << "a list of one";
  EXPECT_EQ(answer("Deny", kTwo, {"t:k", {"a"}}), Effect::kDeny);
  EXPECT_EQ(answer("Deny", kTwo, {"t:other", {"a"}}), Effect::kDeny) << "absent, and negated";
  EXPECT_EQ(answer("Deny", R"({"NumericNotEquals":{"t:k":"1"}})", {"t:k", {"a"}}), Effect::kAllow);
  EXPECT_EQ(answer("Deny", R"({"StringNotLike":{"t:k":"${t:l}"}})", {"t:k", {"a"}}), Effect::kDeny);
}

TEST(CanI, AllThatDecideAreNamed) {
  const auto set = policies(std::string(kReadAll) + R"(,{"Sid":"No","Effect":"Deny","Action":"s3:*",
      "Resource":"*"},{"Effect":"Deny","NotAction":"ec2:*","Resource":"*"})");
  const Question question{kRole, "s3:GetObject", "arn:aws:s3:::b/a", {}};
  EXPECT_EQ(can_i(set, question).decided_by.size(), 1u);
  const auto all = all_deciding(set, question, Effect::kDeny);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].str(), "allow.json#No");
  EXPECT_EQ(all[1].str(), "allow.json#3");
}

TEST(CanI, AsksAboutPatternsAndMissingKeys) {
  const auto set = policies(
      std::string(kDeleteLogs) +
      R"(,{"Effect":"Allow","Action":"s3:List*","Resource":"*","Condition":{"StringNotEquals":{"x:y":"z"}}})");
  Question question{kRole, "s3:DeleteObject", "arn:aws:s3:::logs/2026/*", {}, false, 0, true};
  EXPECT_EQ(can_i(set, question).effect, Effect::kAllow);
  question.resource = "arn:aws:s3:::*";
  EXPECT_EQ(can_i(set, question).effect, Effect::kDeny);
  question = {kRole, "s3:ListBucket", "arn:aws:s3:::logs", {}, false, 0, true};
  EXPECT_EQ(can_i(set, question).effect, Effect::kDeny) << "unknown";
  question.missing_is_absent = true;
  EXPECT_EQ(can_i(set, question).effect, Effect::kAllow)
      << "a negated operator holds for an absent key";
}

}  // namespace
}  // namespace strait::policy
