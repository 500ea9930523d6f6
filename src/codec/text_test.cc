// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/limits.h"
#include "codec/arn.h"
#include "codec/base64.h"
#include "codec/gzip.h"
#include "codec/hex.h"
#include "codec/uri.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

using namespace std::string_literals;
using Pairs = std::vector<QueryPair>;

TEST(Percent, DecodesExactlyOnce) {
  EXPECT_EQ(percent_decode("a%2Fb%2fc+d%2525"), "a/b/c+d%25");
  EXPECT_EQ(percent_decode("%00%ff"), "\0\xff"s);
  for (const auto* text : {"%", "%1", "%g0", "%0g", "a%", "%%41", "%+1"})
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(Percent, EncodesAsSigV4Does) {
  EXPECT_EQ(percent_encode("AZaz09-._~", false), "AZaz09-._~");
  EXPECT_EQ(percent_encode(" /?\xc3\xa9*'()!", false), "%20%2F%3F%C3%A9%2A%27%28%29%21");
  EXPECT_EQ(percent_encode("a/b c", true), "a/b%20c");
}

TEST(Query, SplitsOnAmpersandsThenOnTheFirstEquals) {
  EXPECT_EQ(*parse_query(""), Pairs{});
  EXPECT_EQ(*parse_query("acl"), (Pairs{{"acl", "", false}}));
  EXPECT_EQ(*parse_query("acl="), (Pairs{{"acl", "", true}}));
  EXPECT_EQ(*parse_query("a=b=c&d=1+2&a=%26"), (Pairs{{"a", "b=c"}, {"d", "1+2"}, {"a", "&"}}));
  EXPECT_EQ(*parse_form("d=1+2%2B"), (Pairs{{"d", "1 2+"}}));
}

TEST(Query, RefusesWhatReadersDisagreeOn) {
  for (const auto* text : {"&", "a&", "&a", "a&&b", "=b", "a=%", "a=%zz", "a b", "a=\xc3\xa9",
                           "a=%ff", "%c3=1", "a=b#c", "a=\"x\"", "a[]=1", "a=b\n", "a=<x>"}) {
    EXPECT_EQ(parse_query(text).error().code, ErrorCode::kMalformedRequest) << text;
    EXPECT_FALSE(parse_form(text)) << text;
  }
  EXPECT_EQ(parse_query("a;b=1")->size(), 1u) << "a semicolon separates nothing";
}

TEST(Query, HasALimit) {
  std::string text = "a=1";
  for (std::size_t i = 1; i < limits::kQueryPairsMax; ++i) text += "&a=1";
  EXPECT_EQ(parse_query(text)->size(), limits::kQueryPairsMax);
  EXPECT_EQ(parse_query(text + "&a=1").error().code, ErrorCode::kLimitExceeded);
}

TEST(Query, ComesBackAsItWas) {
  const Pairs pairs{{"acl", "", false}, {"a b", "c+d&e=f/"}, {"x", "", true}, {"\xc3\xa9", "%41"}};
  EXPECT_EQ(encode_query(pairs), "acl&a%20b=c%2Bd%26e%3Df%2F&x=&%C3%A9=%2541");
  EXPECT_EQ(*parse_query(encode_query(pairs)), pairs);
  EXPECT_EQ(*parse_form(encode_form(pairs)), pairs);
}

TEST(Base64, GivesRfc4648) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
    const std::string unpadded = std::string(text).substr(0, std::string_view(text).find('='));
    EXPECT_EQ(base64url_encode(bytes), unpadded);
    EXPECT_EQ(base64url_decode(unpadded), bytes);
  }
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
}

TEST(Base64, OneByteStringHasOneSpelling) {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z", "=",
                           "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", "-_8=", "Z=g=", "Zm9\xff"}) {
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
  }
  for (const auto* text : {"Zg==", "Zm8=", "Zh", "Zm9", "Z", "+/8", "Zm9v "}) {
    EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
  }
}

TEST(Hex, IsLowerCaseOnly) {
  EXPECT_EQ(hex_encode("\x01\xab"), "01ab");
  EXPECT_EQ(hex_decode("01ab"), "\x01\xab");
  for (const auto* text : {"0", "AB", "0x", "g0", " 0"})
    EXPECT_EQ(hex_decode(text), std::nullopt) << text;
}

TEST(Utf8, IsRfc3629) {
  for (const auto& text :
       {""s, "a\0b"s, "\xc3\xa9"s, "\xe2\x82\xac"s, "\xf0\x9f\x98\x80"s, "\xf4\x8f\xbf\xbf"s}) {
    EXPECT_TRUE(valid_utf8(text)) << text;
  }
  for (const auto* text : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                           "\xff", "\xc3", "\xe2\x82"}) {
    EXPECT_FALSE(valid_utf8(text)) << text;
  }
}

TEST(Arns, AreCutAtTheFirstFiveColons) {
  const auto arn = parse_arn("arn:aws-cn:rds:cn-north-1:123456789012:db:my:db/x");
  ASSERT_TRUE(arn);
  EXPECT_EQ(*arn, (Arn{"aws-cn", "rds", "cn-north-1", "123456789012", "db:my:db/x"}));
  EXPECT_EQ(print_arn(*arn), "arn:aws-cn:rds:cn-north-1:123456789012:db:my:db/x");
  EXPECT_EQ(parse_arn("arn:aws:s3:::bucket/key")->resource, "bucket/key");
}

TEST(Arns, NeedAllTheirParts) {
  for (const auto* text : {"", "arn", "arn:", "ARN:aws:s3:::b", "arn:aws:s3::b", "arn::s3:::b",
                           "arn:aws::::b", "arn:aws:s3:::", " arn:aws:s3:::b"}) {
    EXPECT_EQ(parse_arn(text), std::nullopt) << text;
  }
}

TEST(Gzip, ComesBackAsItWas) {
  for (const auto& text : {""s, "x"s, std::string(900'000, 'a')})
    EXPECT_EQ(gunzip(gzip(text)).value(), text);
  EXPECT_EQ(gzip("same"), gzip("same"));
}

TEST(Gzip, RefusesDamageAndWhatFollows) {
  const auto good = gzip("some text to damage");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(gunzip(good.substr(0, size)).error().code, ErrorCode::kMalformedRequest) << size;
  }
  auto damaged = good;
  damaged[good.size() - 6] = static_cast<char>(damaged[good.size() - 6] ^ 1);  // in the CRC
  EXPECT_FALSE(gunzip(damaged));
  EXPECT_FALSE(gunzip(good + "x"));
  EXPECT_FALSE(gunzip(good + good)) << "a second member";
  EXPECT_FALSE(gunzip("plain text"));
}

TEST(Gzip, StopsABomb) {
  EXPECT_EQ(gunzip(gzip(std::string(limits::kInflatedBytesMax + 1, '\0'))).error().code,
            ErrorCode::kLimitExceeded);
  EXPECT_EQ(gunzip(gzip(std::string(2 * limits::kMiB, '\0'))).error().code,
            ErrorCode::kLimitExceeded)
      << "the ratio";
  EXPECT_TRUE(gunzip(gzip(std::string(limits::kMiB, '\0')))) << "small output may have any ratio";
}

}  // namespace
}  // namespace strait::codec
