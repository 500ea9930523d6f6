// SPDX-License-Identifier: Apache-2.0
#include "journey/http.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace strait::journey {
namespace {

using Fields = std::vector<Headers::Field>;

Fields fields_of(const Headers& headers) {
  return {headers.fields().begin(), headers.fields().end()};
}

Headers many(int count) {
  Headers headers;
  for (int i = 0; i < count; ++i)
    headers.add("name-" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'v'));
  return headers;
}

TEST(Headers, KeepTheirOrderAndTheirRepetitions) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "");
  headers.add("a", "2");
  EXPECT_EQ(fields_of(headers), (Fields{{"a", "1"}, {"b", ""}, {"a", "2"}}));
  EXPECT_EQ(headers.count("a"), 2u);
  EXPECT_EQ(headers.one("a"), std::nullopt);
  EXPECT_EQ(headers.one("b"), "");
  EXPECT_EQ(headers.one("c"), std::nullopt);
  EXPECT_EQ(headers.count(""), 0u);
  headers.set("a", "3");
  EXPECT_EQ(fields_of(headers), (Fields{{"b", ""}, {"a", "3"}}));
  headers.remove("b");
  headers.remove_if([](const auto& field) { return field.second == "3"; });
  EXPECT_TRUE(headers.fields().empty());
}

TEST(Headers, AnEmptyOneCanBeAskedCopiedAndMoved) {
  Headers empty;
  EXPECT_TRUE(empty.fields().empty());
  EXPECT_EQ(empty.one("a"), std::nullopt);
  empty.remove("a");
  auto copy = empty;
  auto moved = std::move(copy);
  moved.add("a", "1");
  EXPECT_EQ(moved.one("a"), "1");
  empty = moved;
  EXPECT_EQ(empty.one("a"), "1");
}

TEST(Headers, ViewsOutliveGrowthRemovalAndMoves) {
  auto headers = many(10);
  const auto seven = *headers.one("name-7");
  const auto* const where = seven.data();
  for (int i = 0; i < 300; ++i) headers.add("more", std::string(100, 'm'));
  headers.remove("name-7");
  auto moved = std::move(headers);
  EXPECT_EQ(seven, "vvvvvvv");
  EXPECT_EQ(moved.one("name-8")->size(), 8u);
  EXPECT_EQ(seven.data(), where);
}

TEST(Headers, ACopyHasTextOfItsOwn) {
  Headers copy;
  {
    const auto headers = many(40);
    copy = headers;
    EXPECT_NE(copy.one("name-9")->data(), headers.one("name-9")->data());
    EXPECT_EQ(fields_of(copy), fields_of(headers));
  }
  EXPECT_EQ(copy.one("name-39"), std::string(39, 'v'));
}

TEST(Headers, ItsOwnTextCanBeAddedAgain) {
  auto headers = many(20);
  for (int i = 0; i < 200; ++i) headers.add(headers.fields().back().first, *headers.one("name-5"));
  EXPECT_EQ(headers.count("name-19"), 201u);
  EXPECT_EQ(headers.fields().back().second, "vvvvv");
  headers.set("name-5", *headers.one("name-5"));
  EXPECT_EQ(headers.one("name-5"), "vvvvv");
}

TEST(Headers, TakeTextThatLiesInTheirRoom) {
  Headers headers;
  headers.reserve(2, 8);
  char* const text = headers.room(4);
  std::string_view("ab12").copy(text, 4);
  headers.place({text, 1}, {text + 2, 1});
  headers.place({text + 1, 1}, {text + 3, 1});
  for (int i = 0; i < 100; ++i) headers.place({text, 1}, {text + 3, 1});
  EXPECT_EQ(headers.one("b"), "2");
  EXPECT_EQ(headers.count("a"), 101u);
}

}  // namespace
}  // namespace strait::journey
