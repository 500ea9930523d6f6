// SPDX-License-Identifier: Apache-2.0
#include "codec/cbor.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.h"
#include "codec/hex.h"
#include "codec/json.h"

namespace strait::codec {
namespace {

std::string bytes(std::string_view hex) { return *hex_decode(hex); }

Value read(std::string_view hex) {
  auto value = parse_cbor(bytes(hex));
  EXPECT_TRUE(value) << hex << ": " << (value ? "" : value.error().message);
  return value ? *value : Value("not read");
}

ErrorCode code_of(std::string_view hex) {
  const auto value = parse_cbor(bytes(hex));
  return value ? ErrorCode::kInternal : value.error().code;
}

std::string written(const Value& value) {
  std::string out;
  EXPECT_TRUE(write_cbor(out, value));
  return hex_encode(out);
}

Value number(std::string token) { return Value(Number{std::move(token)}); }

TEST(Cbor, ReadsNumbersToTheirFullWidth) {
  EXPECT_EQ(read("00"), number("0"));
  EXPECT_EQ(read("1bffffffffffffffff"), number("18446744073709551615"));
  EXPECT_EQ(read("20"), number("-1"));
  EXPECT_EQ(read("3bffffffffffffffff"), number("-18446744073709551616"));
}

TEST(Cbor, AFloatStaysAFloat) {
  EXPECT_EQ(read("fb3ff0000000000000"), number("1.0"));
  EXPECT_EQ(read("fb8000000000000000"), number("-0.0"));
  EXPECT_EQ(read("fb7e37e43c8800759c"), number("1e+300"));
  EXPECT_EQ(read("fb3fb999999999999a"), number("0.1"));
  EXPECT_EQ(read("fa3dcccccd"), number("0.10000000149011612")) << "a 32-bit float is what it is";
  EXPECT_EQ(read("f97e00"), number("NaN"));
  EXPECT_EQ(read("f9fc00"), number("-Infinity"));
  EXPECT_EQ(read("f90001"), number("5.960464477539063e-08"));
  EXPECT_EQ(read("f97bff"), number("65504.0"));
}

TEST(Cbor, ReadsTimes) {
  EXPECT_EQ(read("c11a5a5566c9"), Value(Instant{1515546313, 0}));
  EXPECT_EQ(read("c1fb41d69559b247df3b"), Value(Instant{1515546313, 123'000'000}));
  EXPECT_EQ(read("c120"), Value(Instant{-1, 0}));
  EXPECT_EQ(read("c1fbbff8000000000000"), Value(Instant{-2, 500'000'000}));
}

TEST(Cbor, RefusesTimesThatAreNone) {
  for (const auto* hex :
       {"c161", "c16130", "c1f97e00", "c1f97c00", "c11bffffffffffffffff", "c13bffffffffffffffff",
        "c1f6", "c1c100", "c1fb0000000000000001", "c1fb7e37e43c8800759c"}) {
    EXPECT_EQ(code_of(hex), ErrorCode::kMalformedRequest) << hex;
  }
}

TEST(Cbor, ReadsStringsMapsAndLists) {
  EXPECT_EQ(read("a16161820102"), Value(Object{{"a", Value(List{number("1"), number("2")})}}));
  EXPECT_EQ(read("bf61619f01ffff"), Value(Object{{"a", Value(List{number("1")})}}));
  EXPECT_EQ(read("7f61616162ff"), Value("ab"));
  EXPECT_EQ(read("4161"), Value(Blob{"a"}));
  EXPECT_EQ(read("f7"), Value()) << "undefined is null";
}

TEST(Cbor, RefusesWhatHasTwoReadings) {
  for (const auto* hex : {"a2616101616102",
                          "bf616101616102ff",
                          "a10102",
                          "a1416101",
                          "0000",
                          "",
                          "61ff",
                          "7f61c361a9ff",
                          "c074",
                          "c24101",
                          "d9d9f7f6",
                          "e0",
                          "f0",
                          "f818",
                          "f8ff",
                          "1c",
                          "1d",
                          "1e",
                          "5f00ff",
                          "ff",
                          "81ff",
                          "a16161ff",
                          "bf6161ff"}) {
    EXPECT_EQ(code_of(hex), ErrorCode::kMalformedRequest) << hex;
  }
}

TEST(Cbor, DoesNotBelieveLengths) {
  for (const auto* hex :
       {"9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff", "7bffffffffffffffff"}) {
    EXPECT_EQ(code_of(hex), ErrorCode::kMalformedRequest) << hex;
  }
  std::string deep;
  for (std::size_t i = 0; i <= limits::kDepthMax; ++i) deep += "81";
  EXPECT_EQ(code_of(deep + "00"), ErrorCode::kLimitExceeded);
}

TEST(Cbor, WritesTheShortestForm) {
  EXPECT_EQ(written(number("23")), "17");
  EXPECT_EQ(written(number("24")), "1818");
  EXPECT_EQ(written(number("65536")), "1a00010000");
  EXPECT_EQ(written(number("-18446744073709551616")), "3bffffffffffffffff");
  EXPECT_EQ(written(number("1.0")), "fb3ff0000000000000");
  EXPECT_EQ(written(Value(Instant{1515546313, 0})), "c11a5a5566c9");
  EXPECT_EQ(written(Value(Instant{1515546313, 123'000'000})), "c1fb41d69559b247df3b");
  EXPECT_EQ(written(Value(Object{{"a", Value(List{true, false, Value(), Blob{"b"}})}})),
            "a1616184f5f4f64162");
}

TEST(Cbor, RefusesToWriteWhatDoesNotFit) {
  std::string out = "kept";
  for (const auto* token :
       {"18446744073709551616", "-18446744073709551617", "1e999", "", "0x10", "1,5", "inf"}) {
    EXPECT_EQ(write_cbor(out, Value(List{number(token)})).error().code, ErrorCode::kInvalidInput)
        << token;
  }
  EXPECT_FALSE(write_cbor(out, Value(Instant{1515546313, 123'456'789}))) << "finer than a double";
  EXPECT_EQ(out, "kept");
}

// The corpus spells an expected value as {"uint": 1}, {"list": [...]} and so on, floats by their
// bits.
Value expected(const Value& spelt) {
  const auto& [kind, content] = spelt.object()->front();
  const auto bits = [&content = content] { return std::stoull(content.number()->token); };
  if (kind == "uint" || kind == "negint") return content;
  if (kind == "bool") return content;
  if (kind == "null" || kind == "undefined") return Value();
  if (kind == "string") return content;
  if (kind == "float64" || kind == "float32") {
    const double number = kind == "float64"
                              ? std::bit_cast<double>(std::uint64_t{bits()})
                              : double{std::bit_cast<float>(static_cast<std::uint32_t>(bits()))};
    if (std::isinf(number)) return Value(Number{number > 0 ? "Infinity" : "-Infinity"});
    std::string text;
    JsonWriter(text).value(number);
    return Value(Number{text.find_first_of(".e") == std::string::npos ? text + ".0" : text});
  }
  if (kind == "bytestring") {
    Blob blob;
    for (const auto& byte : *content.list())
      blob.bytes.push_back(static_cast<char>(std::stoi(byte.number()->token)));
    return Value(blob);
  }
  if (kind == "list") {
    List list;
    for (const auto& item : *content.list()) list.push_back(expected(item));
    return Value(list);
  }
  if (kind == "map") {
    Object object;
    for (const auto& member : *content.object())
      object.push_back({member.name, expected(member.value)});
    return Value(object);
  }
  ADD_FAILURE() << "the corpus has a kind that this test does not know: " << kind;
  return Value();
}

Value corpus(const std::string& name) {
  std::ifstream file(STRAIT_CORPORA_DIR "/cbor/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto value = parse_json(text);
  return value ? *value : Value(List{});
}

bool has_corpus() {
  return std::filesystem::exists(STRAIT_CORPORA_DIR "/cbor/decode-success-tests.json");
}

TEST(CborCorpus, GoodDataIsReadAsExpected) {
  if (!has_corpus()) GTEST_SKIP() << "skipped: no CBOR corpus in " STRAIT_CORPORA_DIR;
  const auto cases = corpus("decode-success-tests.json");
  EXPECT_EQ(cases.list()->size(), 151u);
  for (const auto& one : *cases.list()) {
    const auto input = bytes(*one.find("input")->string());
    const auto value = parse_cbor(input);
    const auto& description = *one.find("description")->string();
    if (one.find("expect")->find("tag") !=
        nullptr) {  // any tag is well-formed CBOR, but Smithy has only tag 1
      EXPECT_FALSE(value) << description;
      continue;
    }
    ASSERT_TRUE(value) << description << ": " << value.error().message;
    EXPECT_EQ(*value, expected(*one.find("expect"))) << description;
    std::string again;
    ASSERT_TRUE(write_cbor(again, *value));
    EXPECT_EQ(*parse_cbor(again), *value) << description;
  }
}

TEST(CborCorpus, BadDataIsRefused) {
  if (!has_corpus()) GTEST_SKIP() << "skipped: no CBOR corpus in " STRAIT_CORPORA_DIR;
  const auto cases = corpus("decode-error-tests.json");
  EXPECT_EQ(cases.list()->size(), 56u);
  for (const auto& one : *cases.list()) {
    EXPECT_FALSE(parse_cbor(bytes(*one.find("input")->string())))
        << *one.find("description")->string();
  }
}

}  // namespace
}  // namespace strait::codec
