// SPDX-License-Identifier: Apache-2.0
#include "wire/reads_as.h"

#include <gtest/gtest.h>

#include "codec/json.h"
#include "wire/ask_test.h"
#include "wire/document_input.h"
#include "wire/encode.h"

namespace strait::wire {
namespace {

// One operation's input, as decode_input() would read it from a JSON body.
struct Input {
  Input(std::string_view target_prefix, std::string_view name) : catalog(real_catalog()) {
    const auto found = catalog->operations_by_target(target_prefix, name);
    shape = found[0].input();
  }
  std::optional<codec::Value> decoded(std::string_view text) const {
    auto value = codec::parse_json(text);
    if (!value ||
        !type_value(*value, *shape, catalog::TimestampFormat::kUnset, Dialect::kJson, MemberPath()))
      return std::nullopt;
    return *std::move(value);
  }
  bool reads(std::string_view text, const codec::Value& value) const {
    return reads_as(text, value, *shape);
  }

  std::shared_ptr<const catalog::Catalog> catalog;
  std::optional<catalog::Shape> shape;
};

class ReadsAs : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
};

constexpr std::string_view kItem =
    R"({"TableName":"orders","Item":{"id":{"S":"o-1"},"n":{"N":"12"},"tags":{"L":[{"S":"a"},)"
    R"({"BOOL":true},{"NULL":false}]},"m":{"M":{"k":{"SS":["x","y"]}}}}})";
constexpr std::string_view kTask =
    R"({"cluster":"c","count":12,"enableECSManagedTags":true,"tags":[{"key":"a","value":"b"}],)"
    R"("taskDefinition":"t:1"})";

TEST_F(ReadsAs, WhatTheSerializerWritesIsMostlyReadAlong) {
  const Input item("DynamoDB_20120810", "PutItem"),
      task("AmazonEC2ContainerServiceV20141113", "RunTask");
  EXPECT_TRUE(item.reads(kItem, *item.decoded(kItem)));
  EXPECT_TRUE(task.reads(kTask, *task.decoded(kTask)));
  EXPECT_TRUE(item.reads("{}", codec::Value(codec::Object())));
}

TEST_F(ReadsAs, WhatHasMoreThanOneSpellingIsLeftToTheDecoder) {
  const Input item("DynamoDB_20120810", "PutItem");
  for (const std::string_view text : {
           R"({ "TableName":"t"})",
           R"({"TableName":"\u0074"})",
           "{\"TableName\":\"\xc3\xa4\"}",
           R"({"TableName":"t","Item":{"b":{"B":"AAEC"}}})",
       }) {
    EXPECT_FALSE(item.reads(text, *item.decoded(text))) << text;
  }
}

TEST_F(ReadsAs, TheCallSaysAndAnotherTextDoesNot) {
  const Input item("DynamoDB_20120810", "PutItem"),
      task("AmazonEC2ContainerServiceV20141113", "RunTask");
  const auto small = *item.decoded(R"({"TableName":"t"})");
  for (const std::string_view text : {
           R"({"TableName":"u"})",
           R"({"TableName":"t","TableName":"t"})",
           R"({"tableName":"t"})",
           R"({"TableName":"t"}})",
           R"({"TableName":"t"})"
           "\n",
           R"({"TableName":"t",})",
           R"({"TableName":"t","Item":{}})",
           R"({})",
           R"({"TableName":t})",
           R"(["TableName","t"])",
           R"({"TableName":"t)",
           "",
       }) {
    EXPECT_FALSE(item.reads(text, small)) << text;
  }
  const auto twelve = *task.decoded(R"({"taskDefinition":"t","count":12})");
  for (const std::string_view count : {"1", "2", "123", "12.0", "12e0", "012", "\"12\"", "-12"}) {
    const auto text = R"({"taskDefinition":"t","count":)" + std::string(count) + "}";
    EXPECT_FALSE(task.reads(text, twelve)) << text;
  }
}

TEST_F(ReadsAs, AQuoteInTheValueIsNotTheEndOfAString) {
  const Input item("DynamoDB_20120810", "PutItem");
  for (const std::string_view name : {"a\"b", "\"", "t\",\"Item\":{},\"x"}) {
    auto value = *item.decoded(R"({"TableName":"t"})");
    value.object()->front().value = codec::Value(name);
    EXPECT_FALSE(item.reads("{\"TableName\":\"" + std::string(name) + "\"}", value)) << name;
  }
}

TEST_F(ReadsAs, TheOrderOfMembersDoesNotMatterAndOneTwiceDoes) {
  const Input item("DynamoDB_20120810", "GetItem");
  constexpr std::string_view kBackwards =
      R"({"ReturnConsumedCapacity":"TOTAL","ConsistentRead":true,"Key":{},"TableName":"t"})";
  const auto value = *item.decoded(kBackwards);
  EXPECT_TRUE(item.reads(kBackwards, value));
  auto twice = value;
  twice.object()->push_back(twice.object()->front());
  EXPECT_FALSE(item.reads(std::string(kBackwards.substr(0, kBackwards.size() - 1)) +
                              R"(,"ReturnConsumedCapacity":"TOTAL"})",
                          twice));
}

TEST_F(ReadsAs, AValueThatNoTextSaysIsNeverRead) {
  const Input item("DynamoDB_20120810", "PutItem");
  auto twice = *item.decoded(R"({"TableName":"t"})");
  twice.object()->push_back(twice.object()->front());
  EXPECT_FALSE(item.reads(R"({"TableName":"t","TableName":"t"})", twice));
  auto unknown = *item.decoded(R"({"TableName":"t"})");
  unknown.object()->front().name = "Nothing";
  EXPECT_FALSE(item.reads(R"({"Nothing":"t"})", unknown));
  const Input question("VerifiedPermissions", "IsAuthorized");
  auto both = *question.decoded(R"({"policyStoreId":"p","entities":{"cedarJson":"[]"}})");
  auto& of_union = *both.object()->back().value.object();
  of_union.push_back({"entityList", codec::Value(codec::List())});
  EXPECT_FALSE(question.reads(
      R"({"policyStoreId":"p","entities":{"cedarJson":"[]","entityList":[]}})", both));
}

// The whole contract: true means that the decoder says the same, whatever the bytes.
TEST_F(ReadsAs, NoChangedByteIsEverReadAsTheCallUnlessItDecodesToIt) {
  const Input item("DynamoDB_20120810", "PutItem"),
      task("AmazonEC2ContainerServiceV20141113", "RunTask");
  for (const auto& [input, text] : {std::pair(&item, kItem), std::pair(&task, kTask)}) {
    const auto value = *input->decoded(text);
    for (std::size_t at = 0; at <= text.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        const char changed = static_cast<char>(byte);
        auto other = std::string(text), longer = other, shorter = other;
        longer.insert(at, 1, changed);
        if (at < text.size()) other[at] = changed, shorter.erase(at, 1);
        for (const auto& one : {other, longer, shorter}) {
          if (!input->reads(one, value)) continue;
          EXPECT_EQ(input->decoded(one), value) << one;
        }
      }
    }
  }
}

}  // namespace
}  // namespace strait::wire
