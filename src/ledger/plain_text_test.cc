// SPDX-License-Identifier: Apache-2.0
#include "ledger/plain_text.h"

#include <gtest/gtest.h>

#include <string>

namespace strait::ledger {
namespace {

// Whether `text` is plain. Its copy must be that, and not one byte more.
bool is_plain(const std::string& text) {
  std::string copy(text.size() + 2, '#');
  const bool plain = copy_plain(copy.data() + 1, text);
  EXPECT_EQ(copy, "#" + text + "#");
  return plain;
}

TEST(PlainText, IsWhatJsonTakesAsItIs) {
  EXPECT_TRUE(is_plain(""));
  for (std::size_t size = 1; size <= 50; ++size) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) text += static_cast<char>('a' + at % 26);
    EXPECT_TRUE(is_plain(text)) << size;
    for (auto& place : text) {
      const char before = place;
      for (int byte = 0; byte < 256; ++byte) {
        const bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
        place = static_cast<char>(byte);
        ASSERT_EQ(is_plain(text), plain) << size << " " << &place - text.data() << " " << byte;
      }
      place = before;
    }
  }
}

}  // namespace
}  // namespace strait::ledger
