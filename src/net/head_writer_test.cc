// SPDX-License-Identifier: Apache-2.0
#include "net/head_writer.h"

#include <gtest/gtest.h>

namespace strait::net {
namespace {

// Lengths on both sides of every width that is copied at once, with the odd byte at every place.
TEST(HeadWriter, AControlByteInAValueBecomesABlank) {
  for (std::size_t size = 0; size < 70; ++size) {
    const std::string value(size, 'v');
    std::string out = "before";
    append_field(out, "name", value);
    EXPECT_EQ(out, "beforename: " + value + "\r\n");
    for (std::size_t at = 0; at < size; ++at) {
      for (const char byte : {'\0', '\t', '\n', '\r', '\x1f', '\x7f', ' ', '\x80', '\xff'}) {
        const bool control = (byte >= 0 && byte < 0x20) || byte == 0x7f;
        auto sent = value, expected = value;
        sent[at] = byte;
        expected[at] = control ? ' ' : byte;
        out.clear();
        append_field(out, "n", sent);
        EXPECT_EQ(out, "n: " + expected + "\r\n");
      }
    }
  }
}

TEST(HeadWriter, NamesOfEveryLengthAreWhole) {
  for (std::size_t size = 1; size < 70; ++size) {
    std::string name;
    while (name.size() < size) name += static_cast<char>('a' + name.size() % 26);
    std::string out;
    append_field(out, name, "value");
    EXPECT_EQ(out, name + ": value\r\n");
  }
}

TEST(HeadWriter, FramingIsNotCopied) {
  journey::Headers headers;
  for (const auto* name :
       {"te", "trailer", "upgrade", "connection", "keep-alive", "content-length",
        "proxy-connection", "transfer-encoding", "proxy-authenticate", "proxy-authorization"})
    headers.add(name, "x");
  headers.add("etag", "y");
  std::string out;
  EXPECT_FALSE(append_fields(out, headers));
  EXPECT_EQ(out, "etag: y\r\n");
  headers.add("date", "z");
  EXPECT_TRUE(append_fields(out, headers));
}

}  // namespace
}  // namespace strait::net
