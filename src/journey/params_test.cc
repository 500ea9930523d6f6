// SPDX-License-Identifier: Apache-2.0
#include "journey/params.h"

#include <gtest/gtest.h>

namespace strait::journey {
namespace {

using codec::List;
using codec::Object;
using codec::Value;

using Values = std::vector<std::string>;

const Value kInput = Object{
    {"InstanceType", "t3.micro"},
    {"Count", Value(codec::Number{"10000000000000000999"})},
    {"DryRun", Value(true)},
    {"At", Value(codec::Instant{1, 500'000'000})},
    {"Zip", Value(codec::Blob{"ab"})},
    {"Tags", List{Object{{"Key", "a"}, {"Value", "1"}}, Object{{"Key", "b"}, {"Value", "2"}}}},
    {"Map", Object{{"k", Object{{"v", "x"}}}}},
    {"Empty", List{}},
};

Values at(std::string_view path) { return param_values(kInput, path).values; }

TEST(ParamValues, ScalarsAreTexts) {
  EXPECT_EQ(at("InstanceType"), Values{"t3.micro"});
  EXPECT_EQ(at("Count"), Values{"10000000000000000999"});
  EXPECT_EQ(at("DryRun"), Values{"true"});
  EXPECT_EQ(at("At"), Values{"1970-01-01T00:00:01.500000000Z"});
  EXPECT_EQ(at("Zip"), Values{"YWI="});
}

TEST(ParamValues, ListsGiveEveryElement) { EXPECT_EQ(at("Tags/Key"), (Values{"a", "b"})); }
TEST(ParamValues, MapKeysAreSteps) { EXPECT_EQ(at("Map/k/v"), Values{"x"}); }
TEST(ParamValues, AStructureIsThere) { EXPECT_EQ(at("Map"), Values{"{}"}); }

TEST(ParamValues, WhatIsNotThereIsAbsent) {
  for (const auto* path :
       {"", "instancetype", "Tags/Nope", "InstanceType/x", "Empty", "/", "Tags//Key"}) {
    EXPECT_TRUE(param_values(kInput, path).absent()) << path;
  }
}

}  // namespace
}  // namespace strait::journey
