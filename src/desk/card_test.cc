// SPDX-License-Identifier: Apache-2.0
#include "desk/card.h"

#include <gtest/gtest.h>

#include "codec/json.h"
#include "policy/testing.h"

namespace strait::desk {
namespace {

Request request() {
  Request made;
  made.id = RequestId::make(Timestamp(Seconds(1'700'000'000)), {1});
  made.session = "ses_X";
  made.session_name = "claude";
  made.asker = "kim@acme.dev";
  made.role = "arn:aws:iam::123456789012:role/developer";
  made.connection = "prod";
  made.account = "123456789012";
  made.region = "eu-west-1";
  made.service = "s3";
  made.operation = "DeleteObject";
  made.action = "s3:DeleteObject";
  made.resource = "arn:aws:s3:::logs/a.gz";
  made.rule = "ask.json#Deletes";
  made.risk = "HIGH";
  made.parameters = R"({"Bucket":"logs","Key":"a.gz"})";
  made.approvers = {"group:platform"};
  made.created = Timestamp(Seconds(1'700'000'000));
  made.expires = made.created + std::chrono::minutes(15);
  return made;
}

TEST(Card, SaysTheSameThingsInTheSameOrder) {
  auto made = request();
  made.reason = "clean old logs";
  EXPECT_EQ(card_text(card_of(made, made.created + Seconds(140))),
            "HIGH  Delete Object  arn:aws:s3:::logs/a.gz\n"
            "  who      kim@acme.dev, session ses_X (claude), role "
            "arn:aws:iam::123456789012:role/developer, connection prod\n"
            "  fact     the first s3:DeleteObject this agent asks for\n"
            "  fact     this destroys something; strait cannot undo it\n"
            "  fact     asked by rule ask.json#Deletes\n"
            "  call     s3 DeleteObject in eu-west-1, account 123456789012\n"
            "           Bucket = \"logs\"\n"
            "           Key = \"a.gz\"\n"
            "  reason   written by the agent: \"clean old logs\"\n"
            "  approve  group:platform\n"
            "  clock    expires in 12:40\n"
            "  id       " +
                std::string(made.id.str()) + "\n");
}

TEST(Card, NothingFromOutsideReachesTheTerminalRaw) {
  auto made = request();
  made.reason = "ok\x1b[2J\nAPPROVED \xe2\x80\xae evil";
  made.resource =
      "arn:aws:s3:::logs/\xe2\x80\x8b"
      "a";
  auto call = policy::testing::call({});
  call.input = codec::Object{{"Key", "a\xe2\x80\xaez\x7f"}, {"Poo", "\xf0\x9f\x92\xa9"}};
  made.parameters = shown_parameters(call);
  const auto text = card_text(card_of(made, made.created));
  for (const char c : text)
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f)) << static_cast<int>(c);
  EXPECT_NE(text.find("ok\\u{1b}[2J\\u{a}APPROVED \\u{202e} evil"), std::string::npos);
  EXPECT_NE(text.find("\"a\\u202ez\\u007f\""), std::string::npos);
  EXPECT_NE(text.find("\\ud83d\\udca9"), std::string::npos);
}

TEST(Card, LongAndBinaryValuesAreCutWithTheirHash) {
  auto call = policy::testing::call({});
  call.input =
      codec::Object{{"Body", codec::Blob{"abc"}}, {"Text", std::string(5000, 'x') + "TAIL"}};
  const auto shown = shown_parameters(call);
  EXPECT_NE(shown.find("(binary, 3 bytes, sha256 ba7816bf"), std::string::npos);
  EXPECT_NE(shown.find("(cut here: 5004 bytes in all, sha256 "), std::string::npos);
  EXPECT_EQ(shown.find("TAIL"), std::string::npos);
  codec::Object many;
  for (int i = 0; i < 200; ++i) many.push_back({"K" + std::to_string(i), std::string(500, 'y')});
  call.input = many;
  EXPECT_LT(shown_parameters(call).size(), 20'000u);
  EXPECT_TRUE(codec::parse_json(shown_parameters(call)).has_value());
}

TEST(Card, TheClockTellsHowItEnded) {
  auto made = request();
  EXPECT_EQ(card_of(made, made.expires).clock, "expired, nothing happened");
  made.state = RequestState::kDenied;
  made.decisions.push_back({false, "i", "lee", "lee@acme.dev", "no", made.created});
  EXPECT_TRUE(card_of(made, made.created).clock.starts_with("denied by lee@acme.dev at 20"));
}

TEST(Card, JsonIsJson) {
  const auto made = request();
  const auto json = codec::parse_json(card_json(card_of(made, made.created), made));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(*json->find("parameters")->find("Bucket")->string(), "logs");
  EXPECT_EQ(*json->find("state")->string(), "pending");
}

TEST(Card, RiskWords) {
  EXPECT_EQ(risk_word("Read", "GetObject", 0), "LOW");
  EXPECT_EQ(risk_word("Write", "PutObject", 0), "MEDIUM");
  EXPECT_EQ(risk_word("Write", "DeleteObject", 0), "HIGH");
  EXPECT_EQ(risk_word("Write", "StopInstances", 0), "MEDIUM");
  EXPECT_EQ(risk_word("Permissions management", "PutBucketPolicy", 0), "HIGH");
  EXPECT_EQ(risk_word("Read", "GetSecretValue", 1), "HIGH");
  EXPECT_EQ(risk_word("", "Unheard", 0), "MEDIUM");
}

}  // namespace
}  // namespace strait::desk
