// SPDX-License-Identifier: Apache-2.0
#include "codec/xml.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace strait::codec {
namespace {

XmlElement read(std::string_view text) {
  auto element = parse_xml(text);
  EXPECT_TRUE(element) << text << ": " << (element ? "" : element.error().message);
  return element ? *element : XmlElement{};
}

ErrorCode code_of(std::string_view text) {
  const auto element = parse_xml(text);
  return element ? ErrorCode::kInternal : element.error().code;
}

TEST(Xml, ReadsElementsAttributesAndText) {
  const auto root = read(R"(<?xml version="1.0" encoding="UTF-8"?>
    <Delete><Object a="1" b="&lt;2&gt;"><Key>a&amp;b</Key></Object><Quiet/></Delete>)");
  ASSERT_EQ(root.children.size(), 2u);
  EXPECT_EQ(root.name, "Delete");
  EXPECT_EQ(root.text, "") << "blank text beside elements is nothing";
  EXPECT_EQ(*root.child("Object")->attribute("b"), "<2>");
  EXPECT_EQ(root.child("Object")->child("Key")->text, "a&b");
  EXPECT_EQ(root.child("Quiet")->text, "");
  EXPECT_EQ(root.child("quiet"), nullptr);
  EXPECT_EQ(root.attribute("a"), nullptr);
}

TEST(Xml, KeepsNamespacesAndPrefixes) {
  const auto root = read(
      R"(<Grantee xmlns="http://s3" xmlns:xsi="http://xsi" xsi:type="CanonicalUser"><ID>x</ID></Grantee>)");
  EXPECT_EQ(root.ns, "http://s3");
  EXPECT_EQ(root.prefix, "");
  EXPECT_EQ(root.children[0].ns, "http://s3");
  EXPECT_EQ(root.attributes,
            (std::vector<XmlAttribute>{{"type", "xsi", "http://xsi", "CanonicalUser"}}));
}

TEST(Xml, KeepsAllTextOfALeaf) {
  EXPECT_EQ(read("<a>  x\ty  </a>").text, "  x\ty  ");
  EXPECT_EQ(read("<a>one<![CDATA[<two>&]]>three</a>").text, "one<two>&three");
  EXPECT_EQ(read("<a>&#13;&#xe9;</a>").text, "\r\xc3\xa9");
}

TEST(Xml, RefusesDocumentTypesAndSoEveryEntityAttack) {
  EXPECT_EQ(code_of("<!DOCTYPE a><a/>"), ErrorCode::kMalformedRequest);
  EXPECT_EQ(code_of("<!DOCTYPE a [<!ENTITY x \"boom\">]><a>&x;</a>"), ErrorCode::kMalformedRequest);
  EXPECT_EQ(code_of("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"),
            ErrorCode::kMalformedRequest);
  EXPECT_EQ(code_of("<a>&undeclared;</a>"), ErrorCode::kMalformedRequest);
}

TEST(Xml, RefusesWhatReadersDisagreeOn) {
  for (const auto* text : {"<a>admin<!-- -->x</a>",
                           "<!-- --><a/>",
                           "<?php x?><a/>",
                           "<a><?x y?></a>",
                           "<a>text<b/></a>",
                           "<a><b/>text</a>",
                           "\xef\xbb\xbf<a/>",
                           "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
                           "<?xml version=\"1.1\"?><a/>",
                           "<a>\xff</a>",
                           "<a/><b/>",
                           "<a></b>",
                           "<a b='1' b='2'/>",
                           "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>",
                           "<p:a/>",
                           "",
                           " ",
                           "<a",
                           "<a>",
                           "<a>\x01</a>",
                           "<a>&#0;</a>",
                           "text",
                           "<a/>x"}) {
    EXPECT_EQ(code_of(text), ErrorCode::kMalformedRequest) << text;
  }
}

TEST(Xml, RefusesDepthAndAttributesBeyondTheLimits) {
  const auto nested = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
  };
  EXPECT_TRUE(parse_xml(nested(limits::kDepthMax)));
  EXPECT_EQ(code_of(nested(limits::kDepthMax + 1)), ErrorCode::kLimitExceeded);
  std::string wide = "<a";
  for (std::size_t i = 0; i <= limits::kXmlAttributesMax; ++i)
    wide += " a" + std::to_string(i) + "='1'";
  EXPECT_EQ(code_of(wide + "/>"), ErrorCode::kLimitExceeded);
}

TEST(Xml, AParserIsAsNewAfterARefusal) {  // parsers are kept per thread
  EXPECT_FALSE(parse_xml("<a><b"));
  EXPECT_FALSE(parse_xml("<!DOCTYPE a><a/>"));
  EXPECT_EQ(read("<c>x</c>").text, "x");
}

TEST(Xml, TheWriterWritesWhatTheReaderReads) {
  std::string out;
  XmlWriter xml(out);
  xml.declaration()
      .open("Error")
      .attribute("xmlns:p", "http://p\"<\n")
      .leaf("Code", "Access<Denied>")
      .open("Empty");
  xml.close().leaf("Message", " \r\n\t&' ").close();
  EXPECT_EQ(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error "
            "xmlns:p=\"http://p&quot;&lt;&#xA;\"><Code>Access&lt;Denied&gt;"
            "</Code><Empty/><Message> &#xD;&#xA;&#x9;&amp;&apos; </Message></Error>");
  const auto root = read(
      "<r>" + out.substr(out.find("<Code>"), out.find("</Error>") - out.find("<Code>")) + "</r>");
  EXPECT_EQ(root.child("Message")->text, " \r\n\t&' ");
}

TEST(Xml, WritesAnElementBack) {
  const std::string text = R"(<a x="1"><b>two</b><c y="&lt;"/></a>)";
  std::string out;
  XmlWriter(out).element(read(text));
  EXPECT_EQ(out, text);
}

TEST(Xml, KnowsWhatItCannotWrite) {
  EXPECT_TRUE(is_xml_text("tab\t lf\n cr\r \xc3\xa9"));
  EXPECT_FALSE(is_xml_text("\x01"));
  EXPECT_FALSE(is_xml_text(std::string_view("\0", 1)));
  EXPECT_FALSE(is_xml_text("\xff"));
  EXPECT_FALSE(is_xml_text("\xef\xbf\xbf"));
}

}  // namespace
}  // namespace strait::codec
