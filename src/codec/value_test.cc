// SPDX-License-Identifier: Apache-2.0
#include "codec/value.h"

#include <gtest/gtest.h>

namespace strait::codec {
namespace {

const std::string kLong(100, 'x');  // beyond what a string holds without memory of its own

std::vector<Value> one_of_each() {
  return {Value(),
          Value(true),
          Value(Number{"1"}),
          Value(Number{kLong}),
          Value("short"),
          Value(kLong),
          Value(Blob{"short"}),
          Value(Blob{kLong}),
          Value(Instant{1, 2}),
          Value(List{Value(kLong), Value()}),
          Value(Object{{"name", Value(List{Value("in")})}})};
}

TEST(Values, CopiesAndMovesAreEqualAndApart) {
  for (const auto& original : one_of_each()) {
    Value copy = original;
    EXPECT_EQ(copy, original);
    const Value moved = std::move(copy);
    EXPECT_EQ(moved, original);
  }
}

TEST(Values, EveryKindIsAssignedOverEveryOther) {
  for (const auto& before : one_of_each()) {
    for (const auto& after : one_of_each()) {
      Value value = before;
      value = after;
      EXPECT_EQ(value, after);
      value = before;
      value = Value(after);
      EXPECT_EQ(value, after);
    }
  }
}

TEST(Values, DifferWhenTheirKindsOrContentsDo) {
  const auto values = one_of_each();
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) EXPECT_EQ(values[i] == values[j], i == j);
  }
  EXPECT_FALSE(Value("1") == Value(Number{"1"}));
  EXPECT_FALSE(Value("1") == Value(Blob{"1"}));
}

TEST(Values, APartMayTakeThePlaceOfTheWhole) {
  Value value(List{Value(Object{{"in", Value(kLong)}})});
  value = std::move(value.list()->front());
  EXPECT_EQ(value, Value(Object{{"in", Value(kLong)}}));
  value = *value.find("in");
  EXPECT_EQ(value, Value(kLong));
  auto& same = value;
  value = same;
  EXPECT_EQ(value, Value(kLong));
}

TEST(Values, AreMadeInPlace) {
  Value value(kLong);
  value.emplace<List>().emplace_back().emplace<std::string>("x");
  EXPECT_EQ(value, Value(List{Value("x")}));
  value.emplace<bool>(true);
  EXPECT_EQ(value, Value(true));
}

}  // namespace
}  // namespace strait::codec
