// SPDX-License-Identifier: Apache-2.0
#include "gateway/recorded_input.h"

#include <gtest/gtest.h>

#include "wire/ask_test.h"
#include "wire/recorded_call.h"

namespace strait::gateway {
namespace {

using wire::Ask;
using wire::dynamodb;
using wire::real_catalog;

class RecordedInput : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }

  static journey::Call read(const Ask& ask) {
    const auto call = ask.read();
    EXPECT_TRUE(call) << call.error().message;
    return call.value();
  }

  const mask::MaskKey key_{Secret(std::string(32, 'k'))};
  InputRecorder recorder_{wire::real_catalog(), key_};
  std::string room_;
};

Ask json(const std::string& service, std::string target, std::string body) {
  return Ask("POST", "/")
      .signed_for(service)
      .target(std::move(target), "1.1")
      .body(std::move(body));
}

const Ask kPut = dynamodb("PutItem", R"( {"TableName":"t", "Item":{"id":{"S":"\u00e9\n\""},
    "b":{"B":"AQID"}, "l":{"L":[{"N":"1.50"},{"NULL":true},{"M":{}}]}, "n":{"NS":["1","2"]}},
    "ReturnValues":null} )");

TEST_F(RecordedInput, IsTheSameWhetherItIsTakenFromTheRequestOrWritten) {
  for (const auto& ask :
       {kPut, dynamodb("GetItem", R"({"Key":{"id":{"S":"42"}},"TableName":"t"})"),
        dynamodb("ListTables", ""),
        json("secretsmanager", "secretsmanager.PutSecretValue",
             R"({"SecretId":"s","SecretString":"hush"})"),
        json("kms", "TrentService.Encrypt", R"({"KeyId":"k","Plaintext":"aHVzaA=="})"),
        json("logs", "Logs_20140328.PutLogEvents",
             R"({"logGroupName":"g","logStreamName":"s",
                 "logEvents":[{"timestamp":1,"message":"m"}]})"),
        json("monitoring", "GraniteServiceVersion20100801.GetMetricData",
             R"({"StartTime":1500000000.5,"EndTime":1500000001,"MetricDataQueries":[]})"),
        Ask("GET", "/bucket/key").signed_for("s3")}) {
    const auto call = ask.read();
    if (!call) continue;  // this service speaks JSON otherwise
    const auto request = wire::Serializer::serialize(*call);
    ASSERT_TRUE(request) << request.error().message;
    const auto written = recorded_input(*call, key_);
    EXPECT_EQ(recorder_.record(*call, *request, room_), written);
    EXPECT_EQ(recorder_.record(*call, *request, room_), written) << "the second time";
    EXPECT_EQ(written.find("hush"), std::string::npos);
    EXPECT_EQ(written.find("aHVzaA"), std::string::npos);
  }
}

TEST_F(RecordedInput, OnlyAModelThatAllowsItIsTakenFromTheRequest) {
  journey::UnsignedRequest request;
  request.body = "as sent";
  EXPECT_EQ(recorder_.record(read(kPut), request, room_), "as sent");
  for (const auto& ask :
       {json("secretsmanager", "secretsmanager.PutSecretValue",
             R"({"SecretId":"s","SecretString":"hush"})"),
        json("kms", "TrentService.Encrypt", R"({"KeyId":"k","Plaintext":"aHVzaA=="})"),
        Ask("GET", "/bucket/key").signed_for("s3")}) {
    const auto call = read(ask);
    EXPECT_EQ(recorder_.record(call, request, room_), recorded_input(call, key_));
  }
}

TEST_F(RecordedInput, SensitiveMembersAreCoveredAndBlobsAreBase64) {
  const auto secret = recorded_input(read(json("secretsmanager", "secretsmanager.PutSecretValue",
                                               R"({"SecretId":"s","SecretString":"hush"})")),
                                     key_);
  EXPECT_TRUE(secret.starts_with(R"({"SecretId":"s","SecretString":"strait:masked:sensitive:)"))
      << secret;
  EXPECT_EQ(recorded_input(read(kPut), key_),
            R"({"TableName":"t","Item":{"id":{"S":"é\n\""},"b":{"B":"AQID"},)"
            R"("l":{"L":[{"N":"1.50"},{"NULL":true},{"M":{}}]},"n":{"NS":["1","2"]}}})");
}

// What the recorder writes is what recall() reads: the same value, the same needs.
TEST_F(RecordedInput, LeadsBackToTheCall) {
  for (const auto& ask : {kPut, dynamodb("GetItem", R"({"Key":{"id":{"S":"42"}},"TableName":"t"})"),
                          json("logs", "Logs_20140328.PutLogEvents",
                               R"({"logGroupName":"g","logStreamName":"s",
                 "logEvents":[{"timestamp":1,"message":"m"}]})"),
                          Ask("GET", "/bucket/key?versionId=v").signed_for("s3")}) {
    auto call = read(ask);
    call.account = "123456789012";
    call.needs = wire::needs_of(call).value();
    const auto input = recorded_input(call, key_);
    const auto recalled = wire::recall({.service = call.operation.service().name(),
                                        .operation = call.operation.name(),
                                        .protocol = catalog::name(call.protocol),
                                        .partition = call.partition,
                                        .account = call.account,
                                        .region = call.region,
                                        .host = call.host,
                                        .input_json = input},
                                       real_catalog());
    ASSERT_TRUE(recalled) << recalled.error().message << input;
    EXPECT_EQ(recalled->call.input, call.input) << input;
    EXPECT_FALSE(recalled->covered);
    ASSERT_EQ(recalled->call.needs.size(), call.needs.size());
    for (std::size_t at = 0; at < call.needs.size(); ++at) {
      EXPECT_EQ(recalled->call.needs[at].action, call.needs[at].action);
      EXPECT_EQ(recalled->call.needs[at].resource, call.needs[at].resource);
    }
  }
}

TEST_F(RecordedInput, OfASecretLeadsBackWithoutIt) {
  const auto call = read(json("secretsmanager", "secretsmanager.PutSecretValue",
                              R"({"SecretId":"s","SecretString":"hush"})"));
  const auto input = recorded_input(call, key_);
  const auto recalled = wire::recall({.service = "secretsmanager",
                                      .operation = "PutSecretValue",
                                      .protocol = "json-1.1",
                                      .partition = "aws",
                                      .account = "123456789012",
                                      .region = "us-east-1",
                                      .input_json = input},
                                     real_catalog());
  ASSERT_TRUE(recalled) << recalled.error().message;
  EXPECT_TRUE(recalled->covered);
  EXPECT_EQ(recalled->call.input.find("SecretString"), nullptr);
  EXPECT_NE(recalled->call.input.find("SecretId"), nullptr);
}

}  // namespace
}  // namespace strait::gateway
