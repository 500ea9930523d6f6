// SPDX-License-Identifier: Apache-2.0
#include "net/field_name.h"

#include <gtest/gtest.h>

#include <string>

#include "net/control_bytes.h"

namespace strait::net {
namespace {

constexpr std::size_t kReadable = 16;  // after the byte that ends a name

// Byte by byte, as the table says.
std::string lowered(const std::string& text, char refused) {
  std::string out;
  for (const char c : text) {
    const char lower = kNameBytes[static_cast<unsigned char>(c)];
    if (lower == 0 || lower == refused) break;
    out += lower;
  }
  return out;
}

TEST(FieldName, EveryByteAtEveryPlaceIsTakenAsTheTableSays) {
  for (std::size_t place = 0; place < 36; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      for (const char refused : {'_', '\0'}) {
        std::string text = "X-Amz-Content-SHA256-aB9zZ0-Date-Long";
        text[place] = static_cast<char>(byte);
        text += ':' + std::string(kReadable, 'Q');
        const auto expected = lowered(text, refused);
        const auto tail = text.substr(expected.size());
        char* const end = lower_name(text.data(), refused);
        ASSERT_EQ(end - text.data(), static_cast<std::ptrdiff_t>(expected.size()))
            << byte << " at " << place;
        ASSERT_EQ(text, expected + tail) << byte << " at " << place;
      }
    }
  }
}

TEST(FieldName, WhatFollowsANameIsLeftAsItIs) {
  for (std::size_t size = 1; size < 40; ++size) {
    std::string text = std::string(size, 'N') + ":VALUE-VALUE-VALUE-VALUE";
    lower_name(text.data(), '_');
    EXPECT_EQ(text, std::string(size, 'n') + ":VALUE-VALUE-VALUE-VALUE");
  }
}

TEST(ControlBytes, AreFoundWhereverTheyStand) {
  for (std::size_t place = 0; place < 40; ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(40, 'v');
      text[place] = static_cast<char>(byte);
      const bool control = byte < 0x20 || byte == 0x7f;
      text += '\r' + std::string(kReadable, '\n');
      EXPECT_EQ(next_control(text.data()), text.data() + (control ? place : 40));
    }
  }
}

}  // namespace
}  // namespace strait::net
