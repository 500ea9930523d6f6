// SPDX-License-Identifier: Apache-2.0
#include "policy/document.h"

#include <gtest/gtest.h>

namespace strait::policy {
namespace {

std::string refusal(std::string_view text) {
  const auto document = parse_document("p.json", text);
  EXPECT_FALSE(document.has_value()) << text;
  if (document) return "";
  EXPECT_EQ(document.error().code, ErrorCode::kInvalidConfiguration);
  return document.error().message;
}

TEST(Document, ReadsEverythingTheGrammarHas) {
  const auto document = parse_document("p.json", R"({
    "Statement": [
      {"Sid": "A1", "Effect": "Allow", "Action": ["s3:Get*", "*"],
       "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/x, 'y'}",
       "Condition": {"Bool": {"aws:SecureTransport": true}, "NumericLessThan": {"s3:max-keys": [10, "20"]}}},
      {"Effect": "Deny", "NotAction": "iam:*", "NotResource": ["*"]}
    ],
    "Id": "x", "Version": "2012-10-17"})");
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->dialect, Dialect::k2012);
  EXPECT_EQ(document->id, "x");
  ASSERT_EQ(document->statements.size(), 2u);
  const auto& first = document->statements[0];
  EXPECT_EQ(first.sid, "A1");
  EXPECT_TRUE(first.allow);
  EXPECT_EQ(first.line, 3);
  EXPECT_EQ(first.actions, (std::vector<std::string>{"s3:Get*", "*"}));
  ASSERT_EQ(first.conditions.size(), 2u);
  EXPECT_EQ(first.conditions[0].values, std::vector<std::string>{"true"});
  EXPECT_EQ(first.conditions[1].values, (std::vector<std::string>{"10", "20"}));
  EXPECT_TRUE(document->statements[1].not_action);
  EXPECT_TRUE(document->statements[1].not_resource);
  EXPECT_EQ(document->statements[1].line, 6);
}

TEST(Document, WithoutVersionItIsTheOldDialect) {
  const auto document =
      parse_document("p.json", R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->dialect, Dialect::k2008);
}

TEST(Document, ErrorsSayWhereAndInWhichStatement) {
  EXPECT_EQ(refusal("{\"Version\":\"2012-10-17\",\n \"Statement\":[\n  "
                    "{\"Sid\":\"S\",\"Effect\":\"allow\"}]}")
                .substr(0, 26),
            "p.json:3:14: statement S: ");
  EXPECT_TRUE(
      refusal(
          "{\n\"Statement\":{\"Effect\":\"Allow\",\n\"Action\":[\"s3:Get*\",\n  \"GetObject\"]}}")
          .starts_with("p.json:4:3: statement 1: an action is"));
  EXPECT_TRUE(refusal("{\n \"Statement\": [],\n \"Statement\": []}").starts_with("p.json:3:2: "));
  EXPECT_TRUE(refusal("{\n \"Statement\": [}").starts_with("p.json:2:16: "));
}

TEST(Document, RefusesWhatIamRefusesAndWhatItWouldIgnore) {
  const auto with = [](std::string_view statement) {
    return refusal(R"({"Statement":[)" + std::string(statement) + "]}");
  };
  EXPECT_NE(with(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"})")
                .find("trust policy"),
            std::string::npos);
  EXPECT_NE(
      with(R"({"Effect":"Allow","Action":"*","Resource":"*","Resources":"*"})").find("no element"),
      std::string::npos);
  EXPECT_NE(with(R"({"Action":"*","Resource":"*"})").find("no Effect"), std::string::npos);
  EXPECT_NE(with(R"({"Effect":"Ask","Action":"*","Resource":"*"})").find("`ask`"),
            std::string::npos);
  EXPECT_NE(with(R"({"Effect":"Allow","Action":"*"})").find("NotResource"), std::string::npos);
  EXPECT_NE(
      with(R"({"Effect":"Allow","Action":"*","NotAction":"s3:*","Resource":"*"})").find("not both"),
      std::string::npos);
  EXPECT_NE(with(R"({"Effect":"Allow","Action":"*","Resource":"bucket"})").find("an ARN"),
            std::string::npos);
  EXPECT_NE(with(R"({"Effect":"Allow","Action":"*","Resource":[1]})").find("a string"),
            std::string::npos);
  EXPECT_NE(
      with(
          R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":null}}})")
          .find("a string"),
      std::string::npos);
  EXPECT_NE(
      with(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}})")
          .find("operator"),
      std::string::npos);
  EXPECT_NE(with(R"({"Sid":"a","Effect":"Allow","Action":"*","Resource":"*"},)"
                 R"({"Sid":"a","Effect":"Deny","Action":"*","Resource":"*"})")
                .find("twice"),
            std::string::npos);
  EXPECT_NE(
      with(R"({"Sid":"a] retry=no","Effect":"Allow","Action":"*","Resource":"*"})").find("Sid"),
      std::string::npos);
  refusal(R"({"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})");
  refusal(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x"}})");
  refusal(R"({"Version":"2012-10-17"})");
  refusal(R"({"Statement":[]})");
  refusal(R"([])");
  refusal("");
  refusal(std::string(2 << 20, ' '));
}

constexpr std::string_view kIt = R"("Effect":"Allow","Action":"s3:*","Resource":"*")";

TEST(Document, AStatementAboutNothingIsLeftOutAndKeepsItsNumber) {
  for (const auto* idle : {R"({"Effect":"Allow","Action":[],"Resource":"*"})",
                           R"({"Effect":"Deny","Action":"*","Resource":[]})",
                           R"({"Effect":"Allow","Action":"*","Resource":"*",)"
                           R"("Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":[]}}})"}) {
    const auto document = parse_document(
        "p.json", "{\"Statement\":[" + std::string(idle) + ",{" + std::string(kIt) + "}]}");
    ASSERT_TRUE(document) << document.error().message;
    ASSERT_EQ(document->statements.size(), 1U) << idle;
    EXPECT_EQ(document->statements[0].number, 1U);
    ASSERT_EQ(document->idle.size(), 1U);
    EXPECT_EQ(document->idle[0].name, "1");
    EXPECT_EQ(document->idle[0].place.column, 15);
  }
  EXPECT_TRUE(refusal(R"({"Statement":[{"Effect":"Allow","Action":[],"Resource":"bucket"}]})")
                  .starts_with("p.json:1:45: "))
      << "what stands beside it is read all the same";
}

TEST(Document, ForAllValuesAndIfExistsWithoutValuesAskWhetherTheKeyIsAbsent) {
  const auto conditions = [](std::string_view block) {
    const auto document =
        parse_document("p.json", R"({"Statement":{)" + std::string(kIt) + R"(,"Condition":{)" +
                                     std::string(block) + "}}}");
    EXPECT_TRUE(document) << document.error().message;
    std::string out;
    if (!document) return out;
    for (const auto& one : document->statements[0].conditions)
      out += one.op + " " + one.key + " " + one.values[0] + ";";
    return out;
  };
  EXPECT_EQ(conditions(R"("ForAllValues:StringEquals":{"aws:TagKeys":[]})"),
            "Null aws:TagKeys true;");
  EXPECT_EQ(conditions(R"("NumericLessThanIfExists":{"s3:max-keys":[]})"),
            "Null s3:max-keys true;");
  EXPECT_EQ(conditions(R"("ForAllValues:StringEqualsIfExists":{"a:b":[]},"Null":{"a:b":true})"),
            "Null a:b true;");
}

TEST(Document, OtherEmptyListsAreRefused) {
  const auto refused = [](std::string_view element) {
    return !refusal(R"({"Statement":{"Effect":"Allow",)" + std::string(element) + "}}").empty();
  };
  EXPECT_TRUE(refused(R"("NotAction":[],"Resource":"*")"));
  EXPECT_TRUE(refused(R"("Action":"*","NotResource":[])"));
  EXPECT_TRUE(refused(R"("Action":[],"NotAction":"s3:*","Resource":"*")"));
  EXPECT_TRUE(refused(R"("Action":"*","Resource":[],"NotResource":"*")"));
  for (const std::string condition :
       {R"("StringEquals":{"a:b":[]})", R"("StringNotEquals":{"a:b":[]})", R"("Null":{"a:b":[]})",
        R"("ForAllValues:StringNotEquals":{"a:b":[]})", R"("StringNotLikeIfExists":{"a:b":[]})",
        R"("ForAnyValue:StringNotLike":{"a:b":[]})",
        R"("ForAnyValue:StringLikeIfExists":{"a:b":[]})", R"("ForAllValues:StringIs":{"a:b":[]})",
        R"("StringEquals":{})", R"("ForAllValues:StringEquals":{"a:b":[]},"Null":{"a:b":"false"})",
        R"("Null":{"a:b":"false"},"ForAllValues:StringEquals":{"a:b":[]})"}) {
    EXPECT_TRUE(refused(R"("Action":"*","Resource":"*","Condition":{)" + condition + "}"))
        << condition;
  }
}

TEST(Document, AClassIsNamedInFullOrNotAtAll) {
  const auto text = [](std::string_view action, std::string_view member = "Action") {
    return R"({"Statement":{"Effect":"Allow",")" + std::string(member) + "\":\"" +
           std::string(action) + R"(","Resource":"*"}})";
  };
  const auto with = [&](std::string_view action) { return refusal(text(action)); };
  for (const auto* word :
       {"strait:class/returns-credentials", "strait:class/pass-role", "strait:class/run-code",
        "strait:class/edit-policy", "strait:class/edit-trust", "Strait:CLASS/Run-Code"}) {
    for (const auto* member : {"Action", "NotAction"})
      EXPECT_TRUE(parse_document("p.json", text(word, member)).has_value()) << word;
  }
  EXPECT_NE(with("strait:class/passrole").find("did you mean `strait:class/pass-role`?"),
            std::string::npos);
  for (const auto* word : {"strait:*", "strait:class*", "strait:class/*", "strait:class/pass-rol?",
                           "STRAIT:class/run-*", "strait:?lass/run-code"}) {
    EXPECT_NE(with(word).find("a class is named in full"), std::string::npos) << with(word);
    EXPECT_NE(with(word).find("strait:class/edit-trust"), std::string::npos) << "and which are";
  }
  for (const auto* word :
       {"strait:class", "strait:class/", "strait:", "strait:PassRole", "strait:class/pass-role/x",
        "strait:class/plain", "strait:class/credentials", "strait:class/besides"}) {
    EXPECT_NE(with(word).find("names no class"), std::string::npos) << word << with(word);
  }
  for (const auto* pattern : {"s*:class/pass-role", "*:class/*", "s*t:class/run-code"})
    EXPECT_NE(with(pattern), "") << "no action of AWS's has a slash: " << pattern;
}

TEST(Document, AKeyTwiceIsRefusedAnywhere) {
  EXPECT_TRUE(refusal("{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\","
                      "\"Effect\":\"Allow\"}}")
                  .starts_with("p.json:1:59: "));
}

}  // namespace
}  // namespace strait::policy
