// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/xml.h"
#include "mask/mask_testing.h"
#include "mask/xml_scan.h"

namespace strait::mask::testing {
namespace {

Masked xml(std::string_view service, std::string_view body, DetectorSet detect = kDetectNone,
           std::string_view name = "GetSecret") {
  static auto scan = scan_of(kDetectAll);
  return whole(plan_of(service, name, {.show = {}, .detect = detect}), &scan, body);
}

std::string sensitive(std::string_view value) { return key().marker("sensitive", value); }

std::string query(std::string_view members) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<GetSecretResponse "
         "xmlns=\"http://x/\"><GetSecretResult>" +
         std::string(members) +
         "</GetSecretResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></"
         "GetSecretResponse>";
}

TEST(XmlMasker, CoversMembersInTheQueryEnvelope) {
  const auto out =
      xml("query", query("<Name>n</Name><Value>v</Value><Binary>AAEC</Binary><Pin>17</Pin>"
                         "<Born>2020-01-02T03:04:05Z</Born><Flag>true</Flag>"));
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body,
            query("<Name>n</Name><Value>" + sensitive("v") + "</Value><Binary>" +
                  codec::base64_encode(sensitive("AAEC")) +
                  "</Binary><Pin>0</Pin><Born>1970-01-01T00:00:00Z</Born><Flag>true</Flag>"));
  EXPECT_EQ(out.paths(), (std::vector<std::string>{"Binary:sensitive", "Born:sensitive",
                                                   "Pin:sensitive", "Value:sensitive"}));
}

TEST(XmlMasker, CoversMembersBelowAnyRootElsewhere) {
  for (const auto* service : {"ec2", "rest-xml"}) {
    const auto out = xml(service, "<Whatever><Value>v</Value><requestId>r</requestId></Whatever>");
    ASSERT_TRUE(out.ok) << out.why;
    EXPECT_EQ(out.body,
              "<Whatever><Value>" + sensitive("v") + "</Value><requestId>r</requestId></Whatever>");
  }
}

TEST(XmlMasker, CoversListsAndMaps) {
  const auto out =
      xml("query", query("<Tags><member><Key>k</Key><Value>secret-1</Value></member></Tags>"
                         "<Env><entry><key>A</key><value>secret-2</value></entry></Env>"
                         "<Names><entry><key>secret-3</key><value>v</value></entry></Names>"
                         "<Box><Left>secret-4</Left><New><x>secret-5</x></New></Box>"));
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body.find("secret-"), std::string::npos) << out.body;
  for (const auto* kept : {"<Key>k<", "<key>A<", "<value>v<"})
    EXPECT_NE(out.body.find(kept), std::string::npos) << kept;
}

TEST(XmlMasker, CoversFlattenedListsUnderEitherName) {
  for (const auto* name : {"Children", "Child"}) {
    const std::string body = "<R><Password>s0</Password><" + std::string(name) +
                             "><Password>s1</Password></" + name + "></R>";
    const auto out = xml("rest-xml", body, kDetectNone, "ListSecrets");
    ASSERT_TRUE(out.ok) << out.why;
    for (const auto* gone : {">s0", ">s1"})
      EXPECT_EQ(out.body.find(gone), std::string::npos) << out.body;
  }
}

TEST(XmlMasker, ReadsTextThroughEntitiesCdataAndPrefixes) {
  const std::string marker = "<Value>" + sensitive("s3<cret") + "</Value>";
  for (const auto* text :
       {"s3&lt;cret", "<![CDATA[s3<cret]]>", "s3<![CDATA[<]]>cret", "&#115;3&#x3C;cret"}) {
    const auto out = xml("query", query("<Value>" + std::string(text) + "</Value>"));
    ASSERT_TRUE(out.ok) << out.why;
    EXPECT_EQ(out.body, query(marker)) << text;
  }
  EXPECT_EQ(xml("rest-xml", "<a:R xmlns:a='u'><a:Value>s3cret</a:Value></a:R>").body.find("s3cret"),
            std::string::npos);
}

TEST(XmlMasker, WithholdsWhatIsNotXmlOrReadInTwoWays) {
  for (const auto* body :
       {"<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "text", "<a>x</a>y", "<!DOCTYPE a><a/>",
        "<a><!-- c --></a>", "<a><?pi x?></a>", "<a b=1/>", "<a b=\"<\"/>", "{\"a\":1}",
        "<a>&x;</a>x", "<R><Value>&nosuch;</Value></R>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "<R><Value>a</Value",
        "<R><![CDATA[x</R>"}) {
    EXPECT_FALSE(xml("rest-xml", body).ok) << body;
  }
}

TEST(XmlMasker, WithholdsAnotherShape) {
  EXPECT_FALSE(xml("rest-xml", "<R><Inner>s3cret</Inner></R>").ok);
  EXPECT_FALSE(xml("query", "<R><GetSecretResult>s3cret</GetSecretResult></R>").ok);
}

TEST(XmlMasker, LeavesTheRestByteForByte) {
  const std::string body =
      "<?xml version='1.0'?>\n<R  a = '1' ><Note>x &amp; y</Note>\n <Value/> <Value></Value><Other "
      "b=\"&gt;\"><c/></Other></R>\n";
  const auto out = xml("rest-xml", body);
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body, body);
}

TEST(XmlMasker, DetectorsLookIntoTextAndAttributes) {
  const auto out = xml("rest-xml",
                       "<R><Note>a &amp; AKIAIOSFODNN7EXAMPLE</Note><X "
                       "y='AKIAIOSFODNN7EXAMPLE'/><Z><![CDATA[&#65;AKIAIOSFODNN7EXAMPLE]]></Z>"
                       "<W>&#65;KIAIOSFODNN7EXAMPLE</W></R>",
                       kDetectAll);
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_NE(out.body.find("a &amp; strait:masked:"), std::string::npos) << out.body;
  EXPECT_NE(out.body.find("y='strait:masked:"), std::string::npos) << out.body;
  EXPECT_NE(out.body.find("<W>strait:masked:"), std::string::npos) << out.body;
  EXPECT_TRUE(codec::parse_xml(out.body));
}

TEST(XmlMasker, CutsDoNotMatter) {
  std::mt19937 random(3);
  const auto filler = [&](std::size_t size) {
    std::string text;
    while (text.size() < size)
      text += random() % 9 == 0   ? "&amp;"
              : random() % 9 == 0 ? " AKIAIOSFODNN7EXAMPLE "
              : random() % 9 == 0 ? "\xc3\xa9&#x1F600;"
                                  : "lorem ipsum ";
    return text;
  };
  for (const auto detect : {kDetectNone, kDetectAll}) {
    auto scan = scan_of(kDetectAll);
    const auto plan = plan_of("query", "GetSecret", {.show = {}, .detect = detect});
    for (const std::size_t size : {10, 3000, 400'000}) {
      const auto body = query(
          "<Name>" + filler(99) + "</Name><Value>" + filler(size) + "</Value><Note>" +
          filler(size) + "</Note><Tags><member><Value>t<![CDATA[<u>]]></Value></member></Tags>");
      const auto expected = whole(plan, &scan, body);
      ASSERT_TRUE(expected.ok) << expected.why;
      ASSERT_TRUE(codec::parse_xml(expected.body));
      for (int round = 0; round < 10; ++round) {
        const auto out =
            pieces(plan, &scan, body, random_cuts(body.size(), 1u << (round % 8), random));
        ASSERT_TRUE(out.ok) << out.why;
        ASSERT_TRUE(out.body == expected.body) << size;
      }
    }
  }
}

TEST(XmlScan, TagsEndOutsideQuotes) {
  EXPECT_EQ(xml_tag_size("<a b='>' c=\">\">x"), 15u);
  EXPECT_EQ(xml_tag_size("<a b='>"), 0u);
}

}  // namespace
}  // namespace strait::mask::testing
