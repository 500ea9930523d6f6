// SPDX-License-Identifier: Apache-2.0
// That the oracle can fail, that its readers read, and that requests which once divided them are
// refused.
#include <gtest/gtest.h>

#include "codec/json.h"
#include "diff/mutate.h"
#include "diff/oracle.h"
#include "diff/pack.h"
#include "diff/shaping.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/protocol_corpus_test.h"
#include "wire/recognise.h"

namespace strait::diff {
namespace {

class Diff : public testing::Test {
 protected:
  void SetUp() override {
    if (!pack()) GTEST_SKIP() << "skipped: no catalog pack at " STRAIT_PACK_FILE;
  }

  static RawRequest request(std::string method, std::string target, const std::string& scope,
                            Pairs headers = {}, std::string body = {}) {
    RawRequest out{std::move(method), "127.0.0.1:4180", std::move(target), std::move(body),
                   std::move(headers)};
    out.headers.emplace_back("authorization",
                             "AWS4-HMAC-SHA256 Credential=STRTEXAMPLE/20261123/us-east-1/" + scope +
                                 "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00");
    return out;
  }
  static RawRequest get_item(std::string body) {
    return request("POST", "/", "dynamodb",
                   {{"x-amz-target", "DynamoDB_20120810.GetItem"},
                    {"content-type", "application/x-amz-json-1.0"}},
                   std::move(body));
  }
  static RawRequest form(const std::string& scope, std::string body) {
    return request("POST", "/", scope,
                   {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
                   std::move(body));
  }

  static Verdict judged(const RawRequest& request, Oracle::Tamper tamper = {}) {
    Oracle oracle(pack());
    if (tamper) oracle.tamper(std::move(tamper));
    const auto head = request.head();
    return oracle.judge(request.view(head));
  }
  static void expect_held(const RawRequest& request) {
    const auto verdict = judged(request);
    EXPECT_EQ(verdict.kind, Verdict::kHeld) << verdict.why;
  }
  static void expect_caught(const RawRequest& request, Oracle::Tamper tamper, const char* by) {
    expect_held(request);
    const auto verdict = judged(request, std::move(tamper));
    EXPECT_EQ(verdict.kind, Verdict::kViolated) << by;
    EXPECT_NE(verdict.why.find(by), std::string::npos) << verdict.why;
  }
};

RawRequest with_header(RawRequest request, std::string name, std::string value) {
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}

const std::string kItem = R"({"TableName":"t","Key":{"id":{"S":"1"},"ID":{"B":"AAE="}}})";

TEST_F(Diff, RequestsOfEveryProtocolReadAsTheCall) {
  expect_held(get_item(kItem));
  expect_held(form("iam", "Action=GetUser&Version=2010-05-08&UserName=a%2Bb%3Bc"));
  expect_held(form("ec2",
                   "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=n&Filter.1.Value.1=v&"
                   "Filter.1.Value.2=w"));
  expect_held(
      request("GET", "/bucket/a/../b//c%2525+d?versionId=v", "s3", {{"range", "bytes=0-1"}}));
  expect_held(
      request("PUT", "/bucket?tagging", "s3", {},
              "<Tagging><TagSet><Tag><Key>a&lt;b</Key><Value>c</Value></Tag></TagSet></Tagging>"));
  expect_held(
      request("PUT", "/bucket/k", "s3", {{"x-amz-copy-source", "/from/a%20b%2B?versionId=v"}}));
  expect_held(request("POST", "/2015-03-31/functions/f/invocations", "lambda",
                      {{"x-amz-invocation-type", "Event"}}, R"({"a":1,"a":2})"));
  expect_held(request(
      "POST", "/model/m/converse", "bedrock", {},
      R"({"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":{"temperature":0.1}})"));
}

// Each of these is a bug that a serializer could have.
TEST_F(Diff, ADuplicateKeyThatIsLeftInIsCaught) {
  expect_caught(
      get_item(kItem), [](auto& sent) { sent.body.replace(1, 0, R"("TableName":"other",)"); },
      "the first of everything");
  expect_caught(
      get_item(kItem),
      [](auto& sent) { sent.body.replace(sent.body.size() - 1, 0, R"(,"TableName":"other")"); },
      "the last of everything");
  expect_caught(
      get_item(kItem), [](auto& sent) { sent.body.replace(1, 0, R"("tablename":"other",)"); },
      "in any case");
}

TEST_F(Diff, ASecondClaimThatIsLeftInIsCaught) {
  const auto list = request(
      "POST", "/", "sqs",
      {{"x-amz-target", "AmazonSQS.ListQueues"}, {"content-type", "application/x-amz-json-1.0"}},
      "{}");
  expect_caught(
      list,
      [](auto& sent) { sent.head.target = "/?Action=DeleteQueue&Version=2012-11-05&QueueUrl=q"; },
      "sqs:DeleteQueue");
  expect_caught(
      form("iam", "Action=GetUser&Version=2010-05-08&UserName=a"),
      [](auto& sent) { sent.head.target = "/?UserName=other"; }, R"({"UserName":"other"})");
  expect_caught(
      get_item(kItem),
      [](auto& sent) { sent.head.headers.add("x_amz_target", "DynamoDB_20120810.DeleteTable"); },
      "underscores");
}

TEST_F(Diff, APathThatIsNotCanonicalIsCaught) {
  const auto portal = request("GET", "/portals/a", "workspaces-web");
  expect_caught(
      portal, [](auto& sent) { sent.head.target = "/portals/b/../a"; }, "the first of everything");
  expect_caught(
      portal, [](auto& sent) { sent.head.target = "/portals/%61%2F..%2Fb"; }, "the first");
  expect_caught(
      request("GET", "/tags/arn%3Aaws", "apigateway"),
      [](auto& sent) { sent.head.target = "/tags/arn%3Aaws/"; }, "");
  expect_caught(
      request("GET", "/bucket?list-type=2&prefix=a%3Bb", "s3"),
      [](auto& sent) { sent.head.target = "/bucket?list-type=2&prefix=a;b"; }, "semicolons");
  expect_caught(
      request("GET", "/bucket?list-type=2&prefix=a%2Bb", "s3"),
      [](auto& sent) { sent.head.target = "/bucket?list-type=2&prefix=a+b"; }, "pluses");
}

TEST_F(Diff, OtherLeftoversAreCaught) {
  const auto tagging =
      request("PUT", "/bucket?tagging", "s3", {},
              "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>");
  const auto in_tag = [](std::string_view text) {
    return [text](auto& sent) { sent.body.replace(sent.body.find("<Key>"), 0, text); };
  };
  expect_caught(tagging, in_tag("<Key>other</Key>"), "the first of everything");
  expect_caught(
      tagging,
      [](auto& sent) { sent.body.replace(sent.body.find("<Tag>") + 4, 0, " Key=\"other\""); },
      "attributes as members");
  const auto copy = request("PUT", "/bucket/k", "s3", {{"x-amz-copy-source", "from/k"}});
  expect_caught(
      copy, [](auto& sent) { sent.head.headers.add("x-amz-copy-source", "other/k"); }, "");
  expect_caught(
      request("PUT", "/bucket/k", "s3", {{"x-amz-tagging", "a=1%3Bb%3D2"}}),
      [](auto& sent) { sent.head.headers.set("x-amz-tagging", "a=1;b=2"); }, "");
  const auto long_number = request(
      "POST", "/", "dynamodb",
      {{"x-amz-target", "DynamoDB_20120810.Scan"}, {"content-type", "application/x-amz-json-1.0"}},
      R"({"TableName":"t","Limit":7})");
  expect_caught(
      long_number, [](auto& sent) { sent.body.replace(sent.body.find('7'), 1, "8"); }, "");
}

// What the oracle found in Strait, or would have.
TEST_F(Diff, WhatOnceDividedReadersIsRefused) {
  const auto copy = request("PUT", "/bucket/k", "s3");
  for (const auto& refused :
       {request("GET", "/portals/a/../b", "workspaces-web"),
        request("GET", "/portals/%252e%252e", "workspaces-web"),
        request("GET", "/tags/a%2F..%2Fb", "apigateway"),
        with_header(copy, "x-amz-copy-source", "b/k?versionId=a&versionId=b"),
        with_header(copy, "x-amz-copy-source", "b/k%3FversionId=a"),
        with_header(copy, "x-amz-copy-source", "b/k+l"),
        with_header(request("DELETE", "/bucket/k?tagging", "s3"), "if-match", "x"),
        get_item(R"({"TableName":"t","tableName":"u","Key":{}})")}) {
    const auto verdict = judged(refused);
    EXPECT_EQ(verdict.kind, Verdict::kRefused) << refused.text() << verdict.why;
  }
}

TEST_F(Diff, MutationsAreOfManyKindsAndTheSameForTheSameSeed) {
  const std::vector<RawRequest> seeds = {
      get_item(kItem), form("iam", "Action=GetUser&Version=2010-05-08&UserName=a"),
      request("GET", "/bucket/a/b?versionId=v", "s3"),
      request("PUT", "/bucket?tagging", "s3", {},
              "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>")};
  Oracle oracle(pack());
  Chance one(7), other(7);
  std::size_t of[4] = {};
  for (int at = 0; at < 3000; ++at) {
    const auto bent = mutated(seeds, one);
    ASSERT_EQ(bent.text(), mutated(seeds, other).text());
    const auto head = bent.head();
    const auto verdict = oracle.judge(bent.view(head));
    ++of[verdict.kind];
    EXPECT_NE(verdict.kind, Verdict::kViolated) << verdict.why << "\n" << bent.text();
  }
  EXPECT_GT(of[Verdict::kHeld], 300u);
  EXPECT_GT(of[Verdict::kRefused], 1000u);
}

// What an operation of botocore's protocol suites would send, which have shapes that no service
// has. Whether the case was sent at all, or refused.
bool corpus_case_held(const codec::Value& suite, const codec::Value& one) {
  const auto compiled = wire::compiled_case(suite, *one.find("given"));
  if (!compiled) return false;
  const auto loaded = catalog::Catalog::load(std::as_bytes(std::span(compiled->pack)));
  const std::shared_ptr<const catalog::Catalog> catalog(loaded->get(), [](auto*) {});
  const auto service = *catalog->service("proto");
  const auto sent = wire::sent_by(suite, one);
  const wire::RequestView view{.method = sent.method,
                               .target = sent.target,
                               .headers = &sent.headers,
                               .host = "",
                               .body = sent.body};
  const auto recognised = wire::recognise_own(view, *catalog, service, {"", "us-east-1", "proto"});
  if (!recognised) return false;
  auto decoded = wire::decode_input(*recognised, view);
  if (!decoded) return false;
  journey::Call call{
      .catalog = catalog, .operation = recognised->operation, .protocol = recognised->protocol};
  call.region = "us-east-1";
  call.input = std::move(decoded->input);
  call.payload = decoded->payload;
  call.stream = std::move(decoded->stream);
  const auto request = wire::Serializer::serialize(call);
  if (!request) return false;
  const auto verdict = Oracle(catalog).compare(call, *request, {service}, "");
  EXPECT_EQ(verdict.kind, Verdict::kHeld) << wire::text_of(one, "id") << " " << verdict.why;
  return true;
}

TEST(Personalities, ReadTheProtocolSuitesAsTheGatewayDoes) {
  const std::filesystem::path folder = STRAIT_CORPORA_DIR "/protocols/input";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "skipped: no corpora at " << folder;
  int held = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto suites = codec::parse_json(wire::file_text(file.path()));
    ASSERT_TRUE(suites) << file.path();
    for (const auto& suite : *suites->list()) {
      for (const auto& one : *suite.find("cases")->list()) held += corpus_case_held(suite, one);
    }
  }
  EXPECT_GT(held, 300);
}

// The readers must read oddities as the readers they stand for do, or the oracle is blind.
TEST(Personalities, ReadWhatStrictReadersRefuse) {
  const auto last = json_tree(R"({"a":1}{"a":2,})", true);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->entries[0].second.text, "2");
  EXPECT_EQ(
      json_tree("\xef\xbb\xbf/* */{\"a\\u0062\":\"\\ud83d\\ude00\"}", false)->entries[0].first,
      "ab");
  EXPECT_EQ(json_tree("\"\\ud83d\\ude00\"", false)->text, "\xf0\x9f\x98\x80");
  EXPECT_EQ(xml_tree("<?x?><!DOCTYPE a><p:A k=\"&#x41;\"><!-- --><B><![CDATA[<]]>&lt;</B></p:A>")
                ->children[0]
                .text,
            "<<");
  EXPECT_EQ(base64_decoded("QU\nJD-_=="), base64_decoded("QUJD+/"));
  EXPECT_EQ(pairs_of("a=1;b=2&c=%41+", true, true), (Pairs{{"a", "1"}, {"b", "2"}, {"c", "A "}}));
  const auto cbor = cbor_tree(std::string("\xbf\x61\x61\x18\x01\x61\x61\xf9\x3c\x00\xff", 11));
  ASSERT_TRUE(cbor);
  EXPECT_EQ(cbor->entries.size(), 2u);
  EXPECT_EQ(cbor->entries[1].second.text, "1");
  EXPECT_EQ(time_of("2026-11-23T08:00:00.5Z"), time_of("1795420800.5"));
  EXPECT_EQ(time_of("Mon, 23 Nov 2026 08:00:00 GMT"), time_of("1795420800"));
}

}  // namespace
}  // namespace strait::diff
