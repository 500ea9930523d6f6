// SPDX-License-Identifier: Apache-2.0
#include "policy/condition.h"

#include <gtest/gtest.h>

namespace strait::policy {
namespace {

using Entries = std::vector<journey::ContextEntry>;

const Entries kContext{
    {"t:s", {"Alpha"}},
    {"t:n", {"10"}},
    {"t:big", {"9007199254740993"}},
    {"t:d", {"2026-11-23T01:02:03Z"}},
    {"t:b", {"TRUE"}},
    {"t:bin", {"AQID"}},
    {"t:ip4", {"203.0.113.9"}},
    {"t:ip6", {"2001:db8::1"}},
    {"t:mapped", {"::ffff:203.0.113.9"}},
    {"t:arn", {"arn:aws:sns:eu-west-1:123456789012:topic:a"}},
    {"t:two", {"a", "b"}},
    {"t:absent", {}},
    {"t:junk", {"zz"}},
    {"t:unknown", {}, true},
};

Tri holds(std::string op, std::string key, std::vector<std::string> values) {
  const auto condition =
      compile_condition({std::move(op), std::move(key), std::move(values)}, Dialect::k2012);
  EXPECT_TRUE(condition.has_value()) << (condition ? "" : condition.error().message);
  return condition ? evaluate(*condition, Environment(kContext, KeyValues::kUnknown))
                   : Tri::kUnknown;
}

struct Case {
  const char* op;
  const char* key;
  std::vector<std::string> values;
  Tri expected;
};

void expect(const std::vector<Case>& cases) {
  for (const auto& c : cases) {
    EXPECT_EQ(holds(c.op, c.key, c.values), c.expected)
        << c.op << " " << c.key << " " << c.values[0];
  }
}

constexpr auto kYes = Tri::kTrue;
constexpr auto kNo = Tri::kFalse;
constexpr auto kMaybe = Tri::kUnknown;

TEST(Condition, Strings) {
  expect({{"StringEquals", "t:s", {"Alpha"}, kYes},
          {"StringEquals", "T:S", {"x", "Alpha"}, kYes},
          {"StringEquals", "t:s", {"alpha"}, kNo},
          {"StringEquals", "t:s", {"Al*"}, kNo},
          {"StringNotEquals", "t:s", {"x", "Alpha"}, kNo},
          {"StringNotEquals", "t:s", {"x", "y"}, kYes},
          {"StringEqualsIgnoreCase", "t:s", {"aLPHA"}, kYes},
          {"StringNotEqualsIgnoreCase", "t:s", {"aLPHA"}, kNo},
          {"StringLike", "t:s", {"A?p*"}, kYes},
          {"StringLike", "t:s", {"a*"}, kNo},
          {"StringNotLike", "t:s", {"A*"}, kNo},
          {"stringlike", "t:s", {"A*"}, kYes}});
}

TEST(Condition, NumbersAreExact) {
  expect({{"NumericEquals", "t:n", {"10.0"}, kYes},
          {"NumericEquals", "t:n", {"+010"}, kYes},
          {"NumericNotEquals", "t:n", {"10"}, kNo},
          {"NumericLessThan", "t:n", {"9"}, kNo},
          {"NumericLessThan", "t:n", {"10.000000001"}, kYes},
          {"NumericLessThanEquals", "t:n", {"10"}, kYes},
          {"NumericGreaterThan", "t:n", {"-11"}, kYes},
          {"NumericGreaterThanEquals", "t:n", {"11"}, kNo},
          {"NumericEquals", "t:big", {"9007199254740992"}, kNo},
          {"NumericGreaterThan", "t:big", {"9007199254740992"}, kYes},
          {"NumericEquals", "t:junk", {"1"}, kMaybe},
          {"NumericNotEquals", "t:junk", {"1"}, kMaybe}});
}

TEST(Condition, DatesInEverySpelling) {
  expect({{"DateEquals", "t:d", {"2026-11-23T02:02:03+01:00"}, kYes},
          {"DateNotEquals", "t:d", {"2026-11-23"}, kYes},
          {"DateGreaterThan", "t:d", {"2026-11-23"}, kYes},
          {"DateGreaterThan", "t:d", {"2026-11-23T01:02Z"}, kYes},
          {"DateLessThan", "t:d", {"2026-12"}, kYes},
          {"DateLessThanEquals", "t:d", {"2026"}, kNo},
          {"DateGreaterThanEquals", "t:d", {"1700000000"}, kYes},
          {"DateLessThan", "t:junk", {"2026"}, kMaybe}});
}

TEST(Condition, BooleansAddressesAndBytes) {
  expect({{"Bool", "t:b", {"true"}, kYes},
          {"Bool", "t:b", {"false"}, kNo},
          {"Bool", "t:junk", {"false"}, kMaybe},
          {"BinaryEquals", "t:bin", {"AQID"}, kYes},
          {"BinaryEquals", "t:bin", {"AQIE"}, kNo},
          {"IpAddress", "t:ip4", {"203.0.113.0/24"}, kYes},
          {"IpAddress", "t:ip4", {"203.0.113.8/31"}, kYes},
          {"IpAddress", "t:ip4", {"203.0.113.10/31"}, kNo},
          {"IpAddress", "t:ip4", {"0.0.0.0/0"}, kYes},
          {"IpAddress", "t:ip6", {"0.0.0.0/0"}, kNo},
          {"IpAddress", "t:ip4", {"::/0"}, kNo},
          {"IpAddress", "t:mapped", {"::/0"}, kNo},
          {"IpAddress", "t:ip6", {"::/0"}, kYes},
          {"IpAddress", "t:ip6", {"2001:db8::/33"}, kYes},
          {"IpAddress", "t:ip6", {"2001:db9::/32"}, kNo},
          {"IpAddress", "t:mapped", {"203.0.113.9"}, kYes},
          {"NotIpAddress", "t:ip4", {"10.0.0.0/8", "203.0.113.9"}, kNo},
          {"NotIpAddress", "t:ip4", {"10.0.0.0/8"}, kYes},
          {"IpAddress", "t:junk", {"10.0.0.0/8"}, kMaybe}});
}

TEST(Condition, Arns) {
  for (const auto* op : {"ArnEquals", "ArnLike"}) {
    EXPECT_EQ(holds(op, "t:arn", {"arn:aws:sns:*:123456789012:topic:*"}), kYes);
    EXPECT_EQ(holds(op, "t:arn", {"arn:aws:sns:*:topic:a"}), kNo) << "a star stays in its part";
    EXPECT_EQ(holds(op, "t:arn", {"arn:aws:SNS:*:*:*"}), kNo);
    EXPECT_EQ(holds(op, "t:junk", {"arn:aws:*:*:*:*"}), Tri::kUnknown) << "no ARN";
  }
  EXPECT_EQ(holds("ArnNotLike", "t:arn", {"arn:aws:sns:*:*:*"}), kNo);
  EXPECT_EQ(holds("ArnNotEquals", "t:junk", {"arn:aws:sns:*:*:*"}), Tri::kUnknown);
}

TEST(Condition, AbsentKeys) {
  expect({{"StringEquals", "t:absent", {"x"}, kNo},
          {"StringNotEquals", "t:absent", {"x"}, kYes},
          {"NumericNotEquals", "t:absent", {"1"}, kYes},
          {"NotIpAddress", "t:absent", {"10.0.0.0/8"}, kYes},
          {"StringEqualsIfExists", "t:absent", {"x"}, kYes},
          {"StringEqualsIfExists", "t:s", {"x"}, kNo},
          {"ForAllValues:StringEquals", "t:absent", {"x"}, kYes},
          {"ForAnyValue:StringEquals", "t:absent", {"x"}, kNo},
          {"ForAnyValue:StringNotEquals", "t:absent", {"x"}, kNo},
          {"ForAnyValue:StringEqualsIfExists", "t:absent", {"x"}, kNo},
          {"ForAnyValue:StringNotEqualsIfExists", "t:absent", {"x"}, kNo},
          {"Null", "t:absent", {"true"}, kYes},
          {"Null", "t:absent", {"false"}, kNo},
          {"Null", "t:s", {"true"}, kNo},
          {"Null", "t:s", {"false"}, kYes}});
}

TEST(Condition, UnknownKeysHaveNoAnswer) {
  for (const auto* op : {"StringEquals", "StringNotEquals", "StringEqualsIfExists",
                         "ForAllValues:StringEquals", "ForAnyValue:StringNotLike"}) {
    EXPECT_EQ(holds(op, "t:unknown", {"x"}), kMaybe) << op;
    EXPECT_EQ(holds(op, "t:not-listed", {"x"}), kMaybe) << op;
  }
  EXPECT_EQ(holds("Null", "t:unknown", {"true"}), kMaybe);
}

TEST(Condition, SeveralValues) {
  expect({{"ForAllValues:StringEquals", "t:two", {"a", "b", "c"}, kYes},
          {"ForAllValues:StringEquals", "t:two", {"a"}, kNo},
          {"ForAnyValue:StringEquals", "t:two", {"b", "c"}, kYes},
          {"ForAnyValue:StringEquals", "t:two", {"c"}, kNo},
          {"ForAllValues:StringNotEquals", "t:two", {"c"}, kYes},
          {"ForAllValues:StringNotEquals", "t:two", {"a"}, kNo},
          {"ForAnyValue:StringNotEquals", "t:two", {"a"}, kYes},
          {"ForAnyValue:StringNotEquals", "t:two", {"a", "b"}, kNo},
          {"StringEquals", "t:two", {"a"}, kMaybe}});
}

TEST(Condition, Variables) {
  expect({{"StringEquals", "t:s", {"${t:s}"}, kYes},
          {"StringEquals", "t:s", {"${t:absent}"}, kNo},
          {"StringNotEquals", "t:s", {"${t:absent}"}, kYes},
          {"StringEquals", "t:s", {"${t:absent, 'Alpha'}"}, kYes},
          {"StringEquals", "t:s", {"${t:unknown}"}, kMaybe},
          {"StringEquals", "t:s", {"x${t:unknown}"}, kNo},
          {"StringNotEquals", "t:s", {"${t:unknown}"}, kMaybe},
          {"StringEquals", "t:s", {"${t:two}"}, kMaybe},
          {"ArnLike", "t:arn", {"arn:aws:sns:*:*:${t:absent, 'topic'}:*"}, kYes},
          {"StringEqualsIgnoreCase", "t:s", {"${t:s}"}, kYes}});
}

TEST(Condition, WhatCannotBeIsRefused) {
  const std::vector<Case> cases{{"StringIs", "t:s", {"x"}, kNo},
                                {"NullIfExists", "t:s", {"true"}, kNo},
                                {"ForAllValues:Null", "t:s", {"true"}, kNo},
                                {"NumericEquals", "t:n", {"ten"}, kNo},
                                {"NumericEquals", "t:n", {"1e3"}, kNo},
                                {"NumericEquals", "t:n", {"${t:n}"}, kNo},
                                {"DateEquals", "t:d", {"yesterday"}, kNo},
                                {"Bool", "t:b", {"yes"}, kNo},
                                {"IpAddress", "t:ip4", {"10.0.0.0/33"}, kNo},
                                {"IpAddress", "t:ip4", {"010.0.0.1"}, kNo},
                                {"BinaryEquals", "t:bin", {"!"}, kNo},
                                {"ArnLike", "t:arn", {"topic"}, kNo},
                                {"StringEquals", "strait:clam/team", {"x"}, kNo},
                                {"StringEquals", "nocolon", {"x"}, kNo},
                                {"StringEquals", "t:s", {"${t:s"}, kNo},
                                {"StringEquals", "t:s", {"${strait:x}"}, kNo}};
  for (const auto& c : cases) {
    EXPECT_FALSE(compile_condition({c.op, c.key, c.values}, Dialect::k2012).has_value())
        << c.op << " " << c.values[0];
  }
}

TEST(Decimal, Orders) {
  const auto d = [](const char* text) { return *Decimal::parse(text); };
  EXPECT_EQ(d("-0"), d("0.00"));
  EXPECT_LT(d("-10"), d("-9.5"));
  EXPECT_LT(d("0.09"), d("0.1"));
  EXPECT_LT(d("99999999999999999999999998"), d("99999999999999999999999999"));
  for (const auto* text : {"", "-", ".5", "5.", "1 ", "0x1", "NaN", "1,5"})
    EXPECT_FALSE(Decimal::parse(text)) << text;
}

}  // namespace
}  // namespace strait::policy
