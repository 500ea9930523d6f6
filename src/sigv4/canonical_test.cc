// SPDX-License-Identifier: Apache-2.0
#include "sigv4/canonical.h"

#include <gtest/gtest.h>

#include <array>

#include "sigv4/sigv4_testing.h"

namespace strait::sigv4 {
namespace {

std::string path(std::string_view text, PathStyle style) {
  return testing::written([&](TextWriter& out) { append_canonical_path(out, text, style); });
}

std::string query(std::string_view text) {
  return testing::written([&](TextWriter& out) { append_canonical_query(out, text); });
}

std::string canonical(const journey::Headers& headers, std::span<const std::string_view> names) {
  const auto fields = fields_named(headers, names).value();
  return testing::written([&](TextWriter& out) { append_canonical_headers(out, fields); });
}

TEST(CanonicalPath, OfS3IsWhatWasSent) {
  for (const auto* text : {"/bkt/a/../b//c%20d%2B%C3%A9", "/bkt/./k", "//", "/a%2Fb", "/a/"})
    EXPECT_EQ(path(text, PathStyle::kAsSent), text);
  EXPECT_EQ(path_style("s3"), PathStyle::kAsSent);
  EXPECT_EQ(path_style("s3express"), PathStyle::kAsSent);
  EXPECT_EQ(path_style("s3-outposts"), PathStyle::kAsSent);
  EXPECT_EQ(path_style("s3-object-lambda"), PathStyle::kAsSent);
}

TEST(CanonicalPath, OfOtherServicesIsNormalisedAndEncodedOnceMore) {
  EXPECT_EQ(path("/2015-03-31/functions/arn%3Aaws%3Alambda/invocations", PathStyle::kNormalised),
            "/2015-03-31/functions/arn%253Aaws%253Alambda/invocations");
  EXPECT_EQ(path("/a/./b/../c//d/", PathStyle::kNormalised), "/a/c/d/");
  EXPECT_EQ(path("/../..", PathStyle::kNormalised), "/");
  EXPECT_EQ(path("", PathStyle::kNormalised), "/");
  EXPECT_EQ(path("/model/a:b/invoke", PathStyle::kNormalised), "/model/a%3Ab/invoke");
  for (const auto* service : {"dynamodb", "s3tables", "s3vectors", "lambda", ""})
    EXPECT_EQ(path_style(service), PathStyle::kNormalised) << service;
}

TEST(CanonicalQuery, IsSortedByNameThenValueInTheirFinalSpelling) {
  EXPECT_EQ(query(""), "");
  EXPECT_EQ(query("acl"), "acl=");
  EXPECT_EQ(query("b=2&a=3&a=1&a-b=0"), "a=1&a=3&a-b=0&b=2");
  EXPECT_EQ(query("list-type=2&prefix=a%2Fb&delimiter=/"),
            "delimiter=%2F&list-type=2&prefix=a%2Fb");
  EXPECT_EQ(query("x=a=b"), "x=a%3Db");
  EXPECT_EQ(query("x=a+b"), "x=a%2Bb");
  EXPECT_EQ(query("\xc3\xa9=1&z=2"), "%C3%A9=1&z=2");
}

TEST(CanonicalQuery, KeepsTheSpellingOfEscapes) {
  EXPECT_NE(query("p=%c3%a9"), query("p=%C3%A9"));
  EXPECT_NE(query("p=%61"), query("p=a"));
  EXPECT_NE(query("p=1&"), query("p=1"));
}

TEST(CanonicalHeaders, JoinRepeatedValuesAndCollapseSpaces) {
  journey::Headers headers;
  headers.add("b", "one  two   three");
  headers.add("a", "x");
  headers.add("b", "four");
  headers.add("c", "");
  const std::array<std::string_view, 3> names = {"a", "b", "c"};
  EXPECT_EQ(canonical(headers, names), "a:x\nb:one two three,four\nc:\n");
  const std::array<std::string_view, 2> absent = {"a", "d"};
  EXPECT_EQ(fields_named(headers, absent), std::nullopt);
}

TEST(CanonicalHeaders, HaveNoBlanksAroundTheirValues) {
  journey::Headers headers;
  headers.add("a", "  x ");
  headers.add("a", " ");
  headers.add("b", "  two  words  ");
  const std::array<std::string_view, 2> names = {"a", "b"};
  EXPECT_EQ(canonical(headers, names), "a:x,\nb:two words\n");
}

TEST(CanonicalHeaders, ARunOfBlanksIsFoundWhereverItStands) {
  const std::array<std::string_view, 1> names = {"a"};
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 1; at < size; ++at) {
      auto value = std::string(size, 'v');
      value[at - 1] = ' ';
      const auto one = "x" + value + "y";
      value.insert(at, " ");
      journey::Headers single, twice;
      single.add("a", one);
      twice.add("a", "x" + value + "y");
      EXPECT_EQ(canonical(single, names), "a:" + one + "\n");
      EXPECT_EQ(canonical(twice, names), "a:" + one + "\n");
    }
  }
}

TEST(CanonicalHeaders, AreFoundAmongManyInOrderOfArrival) {
  journey::Headers headers;
  for (int at = 0; at < 90; ++at) {
    const auto text = std::to_string(at);
    const bool repeated = at % 30 == 1 || at == 32;
    headers.add(repeated ? "r" : "h" + text, text);
  }
  const std::array<std::string_view, 4> names = {"h0", "h33", "h89", "r"};
  EXPECT_EQ(canonical(headers, names), "h0:0\nh33:33\nh89:89\nr:1,31,32,61\n");
}

}  // namespace
}  // namespace strait::sigv4
