// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/cbor.h"
#include "mask/mask_testing.h"

namespace strait::mask::testing {
namespace {

using codec::Blob;
using codec::List;
using codec::Number;
using codec::Object;
using codec::Value;

std::string encoded(const Value& value) {
  std::string out;
  EXPECT_TRUE(codec::write_cbor(out, value));
  return out;
}

Masked cbor(std::string_view body, DetectorSet detect = kDetectNone) {
  static auto scan = scan_of(kDetectAll);
  return whole(plan_of("cbor", "GetSecret", {.show = {}, .detect = detect}), &scan, body);
}

std::string sensitive(std::string_view value) { return key().marker("sensitive", value); }

Value secret() {
  return Object{{"Name", "n"},
                {"Value", "v"},
                {"Binary", Blob{std::string("\0\1\2", 3)}},
                {"Pin", Number{"-70000"}},
                {"Born", codec::Instant{1'700'000'000, 0}},
                {"Flag", true},
                {"Env", Object{{"A", "secret-a"}, {"B", Value()}}},
                {"Names", Object{{"secret-key", "v"}}},
                {"Tags", List{Object{{"Key", "k"}, {"Value", "secret-t"}}}},
                {"Inner", Object{{"Value", "open"}, {"Secret", "secret-i"}}},
                {"Note", "x"}};
}

TEST(CborMasker, KeepsTypes) {
  const auto out = cbor(encoded(secret()));
  ASSERT_TRUE(out.ok) << out.why;
  const auto value = codec::parse_cbor(out.body);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(*value->find("Name")->string(), "n");
  EXPECT_EQ(*value->find("Value")->string(), sensitive("v"));
  EXPECT_EQ(value->find("Binary")->blob()->bytes, sensitive(std::string("\0\1\2", 3)));
  EXPECT_EQ(value->find("Pin")->number()->token, "0");
  EXPECT_EQ(value->find("Born")->instant()->seconds, 0);
  EXPECT_TRUE(*value->find("Flag")->boolean());
  EXPECT_TRUE(value->find("Env")->find("B")->is_null());
  EXPECT_EQ(*value->find("Inner")->find("Value")->string(), "open");
  EXPECT_EQ(out.body.find("secret-"), std::string::npos);
}

TEST(CborMasker, ReadsIndefiniteLengths) {
  // {_ "Value": (_ "s3", "cret"), "Tags": [_ {_ "Value": "t"}]}
  std::string body =
      "\xbf\x65Value\x7f\x62s3\x64"
      "cret\xff\x64Tags\x9f\xbf\x65Value\x61t\xff\xff\xff";
  const auto out = cbor(body);
  ASSERT_TRUE(out.ok) << out.why;
  const auto value = codec::parse_cbor(out.body);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(*value->find("Value")->string(), sensitive("s3cret"));
  EXPECT_EQ(*(*value->find("Tags")->list())[0].find("Value")->string(), sensitive("t"));
}

TEST(CborMasker, WithholdsWhatIsNotCborOrAnotherShape) {
  const std::string whole_body = encoded(secret());
  for (std::size_t size = 1; size < whole_body.size(); size += 3)
    EXPECT_FALSE(cbor(whole_body.substr(0, size)).ok) << size;
  EXPECT_FALSE(cbor(whole_body + "x").ok);
  EXPECT_FALSE(cbor("\xa1\x01\x02").ok);  // a key that is a number
  EXPECT_FALSE(cbor("\xff").ok);
  EXPECT_FALSE(cbor("\xa1\x65Value\x7f\x41x\xff").ok);  // a chunk of bytes in text
  EXPECT_FALSE(cbor(encoded(Object{{"Tags", "s3cret"}})).ok);
  EXPECT_FALSE(cbor(encoded(List{"s3cret"})).ok);
  EXPECT_FALSE(cbor("\x1c").ok);  // reserved
  EXPECT_FALSE(cbor(std::string("\xa1\x64Tags\x9b\xff\xff\xff\xff\xff\xff\xff\xff", 15)).ok);
}

TEST(CborMasker, DetectorsLookIntoText) {
  const auto out = cbor(encoded(Object{{"Note", "id AKIAIOSFODNN7EXAMPLE!"},
                                       {"Else", List{Object{{"k", "AKIAIOSFODNN7EXAMPLE"}}}}}),
                        kDetectAll);
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body.find("AKIA"), std::string::npos);
  ASSERT_TRUE(codec::parse_cbor(out.body));
}

TEST(CborMasker, CutsDoNotMatter) {
  std::mt19937 random(5);
  for (const auto detect : {kDetectNone, kDetectAll}) {
    auto scan = scan_of(kDetectAll);
    const auto plan = plan_of("cbor", "GetSecret", {.show = {}, .detect = detect});
    for (const std::size_t size : {10, 70'000, 400'000}) {
      std::string text;
      while (text.size() < size)
        text += random() % 7 == 0 ? "AKIAIOSFODNN7EXAMPLE " : "lorem \xc3\xa9 ipsum ";
      auto document = secret();
      document.object()->push_back({"Long", text});
      document.object()->push_back({"wireName", text});
      document.object()->push_back({"Bytes", Blob{text}});
      const auto body = encoded(document);
      const auto expected = whole(plan, &scan, body);
      ASSERT_TRUE(expected.ok) << expected.why;
      const auto parsed = codec::parse_cbor(expected.body);
      ASSERT_TRUE(parsed) << parsed.error().message;
      EXPECT_EQ(parsed->find("Long")->string()->contains("AKIA"),
                detect == kDetectNone && text.contains("AKIA"));
      for (int round = 0; round < 10; ++round) {
        const auto out =
            pieces(plan, &scan, body, random_cuts(body.size(), 1u << (round % 8), random));
        ASSERT_TRUE(out.ok) << out.why;
        ASSERT_TRUE(out.body == expected.body) << size;
      }
    }
  }
}

}  // namespace
}  // namespace strait::mask::testing
