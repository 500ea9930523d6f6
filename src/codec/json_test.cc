// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.h"
#include "codec/text_scan.h"

namespace strait::codec {
namespace {

using namespace std::string_literals;

Number number(std::string token) { return Number{std::move(token)}; }

Value read(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
  return value ? *value : Value("not read");
}

std::string why_not(std::string_view text) {
  const auto value = parse_json(text);
  return value ? "accepted" : value.error().message;
}

ErrorCode code_of(std::string_view text) {
  const auto value = parse_json(text);
  return value ? ErrorCode::kInternal : value.error().code;
}

std::string written(const Value& value) {
  std::string out;
  write_json(out, value);
  return out;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Json, ReadsEveryKindOfValue) {
  EXPECT_EQ(
      read(R"( {"a":[1,-2.50,true,false,null,"x"],"b":{}} )"),
      Value(Object{{"a", Value(List{number("1"), number("-2.50"), true, false, Value(), "x"})},
                   {"b", Value(Object{})}}));
}

TEST(Json, KeepsNumbersAsTheyAreWritten) {
  for (const auto* token :
       {"0", "-1", "10000000000000000999", "1.50", "1E5", "1e+05", "-0.0", "0.1e-7"}) {
    EXPECT_EQ(read(token), Value(number(token)));
  }
  EXPECT_EQ(read("-0"), Value(number("-0.0"))) << "an integer has no negative zero, a double has";
}

TEST(Json, NumbersHaveLimits) {
  EXPECT_EQ(read(std::string(38, '9')), Value(number(std::string(38, '9'))));
  EXPECT_EQ(code_of(std::string(39, '9')), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code_of("1." + std::string(38, '1')), ErrorCode::kLimitExceeded);
  EXPECT_TRUE(parse_json("1e400") && parse_json("1e-400") && parse_json("1e0000000000000400"));
  EXPECT_EQ(code_of("1e401"), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code_of("1e99999999999999999999"), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code_of("0." + std::string(200, '0') + "1"), ErrorCode::kLimitExceeded);
}

TEST(Json, UnescapesStrings) {
  EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\u0000")"),
            Value("\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0"s));
}

TEST(
    Json,
    RefusesAKeyTwiceHoweverItIsSpelt) {  // the attack: one reader takes the first, another the last
  EXPECT_NE(why_not(R"({"Action":1,"Action":2})").find("twice"), std::string::npos);
  EXPECT_NE(why_not(R"({"":1,"":2})").find("twice"), std::string::npos);
  EXPECT_NE(why_not(R"({"Action":1,"\u0041ction":2})").find("twice"), std::string::npos);
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_TRUE(parse_json(many + "\"k100\":1}"));
  EXPECT_FALSE(parse_json(many + "\"k50\":1}"));
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"b":{"a":1}})"))
      << "in different objects it is no duplicate";
}

TEST(Json, TellsNamesApartThatBeginAndEndAlike) {
  EXPECT_TRUE(parse_json(R"({"a1z":1,"a2z":2,"a3z":3})"));
  EXPECT_FALSE(parse_json(R"({"a1z":1,"a2z":2,"a3z":3,"a2z":4})"));
}

TEST(Json, TakesAnyRunOfWhiteSpaceBetweenTokens) {
  for (std::size_t size : {1, 2, 15, 16, 17, 18, 33, 100}) {
    const std::string blanks(size, ' ');
    const auto padded = blanks + "{" + blanks + "\n\t" + blanks + R"("a")" + blanks + ":" + blanks +
                        "1" + blanks + "}" + blanks;
    EXPECT_EQ(read(padded), read(R"({"a":1})")) << size;
    EXPECT_FALSE(parse_json(padded + "x")) << size;
  }
}

TEST(Json, RefusesTextWithTwoReadings) {
  for (const auto& text : {"\xef\xbb\xbf{}"s,
                           "{}\0"s,
                           "{} {}"s,
                           "\"\xff\""s,
                           "\"\xed\xa0\x80\""s,
                           R"("\ud800")"s,
                           R"("\ud800\u0041")"s,
                           R"("\udc00")"s,
                           "\"\n\""s,
                           "[1,]"s,
                           "{\"a\":1,}"s,
                           "01"s,
                           "1."s,
                           ".5"s,
                           "+1"s,
                           "NaN"s,
                           "[1}"s,
                           "'a'"s,
                           "/**/1"s,
                           "\"\\x41\""s,
                           "tru"s,
                           "nulll"s,
                           ""s,
                           " "s,
                           "-"s,
                           "\"abc"s,
                           "[1"s,
                           "{\"a\""s,
                           "\"\\u00g0\""s,
                           "\"\\u00"s,
                           "\"\\"s,
                           "{1:2}"s}) {
    EXPECT_EQ(code_of(text), ErrorCode::kMalformedRequest) << text;
  }
}

TEST(Json, RefusesDepthAndSizeBeyondTheLimits) {
  EXPECT_TRUE(parse_json(nested(limits::kDepthMax)));
  EXPECT_EQ(code_of(nested(limits::kDepthMax + 1)), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code_of(std::string(1'000'000, '[')), ErrorCode::kLimitExceeded);
  std::string wide = "[0";
  for (std::size_t i = 0; i < limits::kValueNodesMax; ++i) wide += ",0";
  EXPECT_EQ(code_of(wide + "]"), ErrorCode::kLimitExceeded)
      << "values take more memory than their text";
}

TEST(Json, SaysWhereItStopped) {
  EXPECT_EQ(why_not(R"({"a" 1})"), "the JSON text is refused at byte 5: a colon is expected");
}

TEST(Json, WritesWhatItReads) {
  const std::string text = R"({"a":[1,-2.50,true,false,null,"x\n\"é"],"b":{},"c":[]})";
  EXPECT_EQ(written(read(text)), text);
}

TEST(Json, WritesTheKindsThatJsonHasNot) {
  EXPECT_EQ(written(Value(Blob{"\x01\x02"})), "\"AQI=\"");
  EXPECT_EQ(written(Value(Instant{1515531081, 123'000'000})), "1515531081.123");
  EXPECT_EQ(written(Value(Instant{1515531081, 1})), "1515531081.000000001");
  EXPECT_EQ(written(Value(Instant{7, 0})), "7");
  EXPECT_EQ(written(Value(Instant{-2, 500'000'000})), "-1.5");
  EXPECT_EQ(written(Value(Instant{-1, 250'000'000})), "-0.75");
  EXPECT_EQ(written(Value(List{number("NaN"), number("Infinity"), number("-Infinity")})),
            R"(["NaN","Infinity","-Infinity"])");
}

TEST(Json, EscapesWhatABrowserOrATerminalWouldActOn) {
  std::string out;
  write_json_string(out, "\x1b[31m\"\\\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\x7f");
  EXPECT_EQ(out, "\"\\u001b[31m\\\"\\\\\\u2028\\u2029\xe2\x80\xaa\x7f\"");
}

// Strings are looked at and copied many bytes at a time, in ways that differ with their length.
TEST(Json, ASpecialIsSeenWhereverItStands) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string plain(size, 'p');
    EXPECT_EQ(written(Value(plain)), "\"" + plain + "\"");
    EXPECT_EQ(read("\"" + plain + "\""), Value(plain));
    for (std::size_t at = 0; at < size; ++at) {
      for (const auto& [special, escaped] : {std::pair{"\""s, "\\\""s},
                                             {"\\"s, "\\\\"s},
                                             {"\n"s, "\\n"s},
                                             {"\0"s, "\\u0000"s},
                                             {"\x1f"s, "\\u001f"s},
                                             {"\xc3\xa9"s, "\xc3\xa9"s},
                                             {"\xff"s, "\xef\xbf\xbd"s}}) {
        const auto text = std::string(plain).replace(at, 1, special);
        const auto expected = "\"" + std::string(plain).replace(at, 1, escaped) + "\"";
        std::string out = "before";
        write_json_string(out, text);
        EXPECT_EQ(out, "before" + expected);
        EXPECT_EQ(written(Value(text)), expected);
        EXPECT_EQ(written(Value(Object{{text, Value(true)}})), "{" + expected + ":true}");
        if (special != "\xff") {
          EXPECT_EQ(read(expected), Value(text));
        }
      }
    }
  }
}

TEST(Json, AStringThatGrowsEndsWhereItsTextDoes) {
  for (std::size_t before = 0; before < 100; ++before) {
    std::string out(before, 'b');
    out.shrink_to_fit();
    write_json_string(out, "x");
    EXPECT_EQ(out, std::string(before, 'b') + "\"x\"");
  }
}

TEST(Json, WritesMoreThanItsFirstRoom) {
  List list;
  std::string expected = "[";
  for (int i = 0; i < 300; ++i) {
    const std::string text(static_cast<std::size_t>(i), 'a');
    list.emplace_back(Object{{text + "k", Value(Blob{"\x01\x02"})}, {"n", number("1.5")}});
    list.emplace_back(text + "\n");
    expected += (i == 0 ? "{\"" : ",{\"") + text + "k\":\"AQI=\",\"n\":1.5},\"" + text + "\\n\"";
  }
  std::string out = "kept";
  write_json(out, Value(std::move(list)));
  EXPECT_EQ(out, "kept" + expected + "]");
}

TEST(Json, StaysJsonWhenTheTextIsNotUtf8) {
  std::string out;
  write_json_string(out, "a\xff\xc3z\xc3\xa9");
  EXPECT_EQ(out, "\"a\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa9\"");
  EXPECT_TRUE(parse_json(out));
}

TEST(Json, TheWriterPlacesCommas) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("s", "x").member("n", -1).member("u", 2u).member("t", true).member(
      "d", 0.5);
  json.key("list")
      .begin_array()
      .value(1L)
      .null()
      .begin_object()
      .end_object()
      .value(Value("v"))
      .end_array();
  json.key("empty")
      .begin_array()
      .end_array()
      .key("raw")
      .raw("[1]")
      .member("last", std::string("z"))
      .end_object();
  EXPECT_EQ(
      out,
      R"({"s":"x","n":-1,"u":2,"t":true,"d":0.5,"list":[1,null,{},"v"],"empty":[],"raw":[1],"last":"z"})");
  EXPECT_TRUE(parse_json(out));
}

// JSONTestSuite: y_ must be accepted, n_ refused, and i_ is the reader's choice. Ours: refuse, but
// for integers that only exceed 64 bits, which are kept as tokens and judged by the model. Against
// the suite, a key twice in one object is refused too: RFC 8259 allows it and says that readers
// disagree.
constexpr std::string_view kTaken[] = {"i_number_too_big_neg_int.json",
                                       "i_number_too_big_pos_int.json"};
constexpr std::string_view kRefused[] = {"y_object_duplicated_key.json",
                                         "y_object_duplicated_key_and_value.json"};

bool is_expected(const std::string& name) {
  if (std::ranges::count(kTaken, name) != 0) return true;
  return name[0] == 'y' && std::ranges::count(kRefused, name) == 0;
}

TEST(Json, AgreesWithJsonTestSuite) {
  const std::filesystem::path folder = STRAIT_CORPORA_DIR "/json";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "skipped: no JSONTestSuite in " << folder;
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto name = entry.path().filename().string();
    EXPECT_EQ(parse_json(text).has_value(), is_expected(name)) << name << ": " << why_not(text);
    ++cases;
  }
  EXPECT_GT(cases, 300);
}

TEST(TextScan, QuotesAreCountedInLiteralTextOfEveryLength) {
  for (std::size_t size = 0; size <= 40; ++size) {
    EXPECT_EQ(quotes_of_literal(std::string(size, 'x')), 0u) << size;
    EXPECT_EQ(quotes_of_literal(std::string(size, '"')), size);
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '~');
      text[at] = '"';
      EXPECT_EQ(quotes_of_literal(text), 1u) << size << ' ' << at;
      for (const char c : {'\\', '\0', '\n', '\x1f', '\x7f', '\x80', '\xff'}) {
        text[at] = c;
        EXPECT_EQ(quotes_of_literal(text), std::nullopt) << size << ' ' << at << ' ' << int{c};
      }
    }
  }
  EXPECT_EQ(quotes_of_literal(std::string(5000, '"')), 5000u);
}

}  // namespace
}  // namespace strait::codec
