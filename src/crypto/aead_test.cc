// SPDX-License-Identifier: Apache-2.0
#include "crypto/aead.h"

#include <gtest/gtest.h>

namespace strait::crypto {
namespace {

using namespace std::string_view_literals;

TEST(Aead, GivesTheGcmSpecificationsTestCase14) {
  const auto key = AeadKey::from_bytes(std::string(32, '\0'));
  ASSERT_TRUE(key);
  EXPECT_EQ(seal(*key, std::string(16, '\0'), "", Nonce{}),
            "\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3\x9d\x18"
            "\xd0\xd1\xc8\xa7\x99\x99\x6b\xf0\x26\x5b\x98\xb5\xd4\x8a\xb9\x19"sv);
}

TEST(Aead, OpensWhatItSealed) {
  const auto key = AeadKey::generate();
  for (const auto& text : {std::string(), std::string("session"), std::string(70'000, 'x')}) {
    EXPECT_EQ(open(key, seal(key, text, "aad"), "aad"), text);
    EXPECT_EQ(open(key, seal(key, text, "", Nonce{7}), "", Nonce{7}), text);
  }
}

TEST(Aead, SealsTheSameTextDifferentlyEachTime) {
  const auto key = AeadKey::generate();
  EXPECT_NE(seal(key, "session", ""), seal(key, "session", ""));
}

TEST(Aead, OneFlippedBitAnywhereIsNoticed) {
  const auto key = AeadKey::generate();
  const auto sealed = seal(key, "session", "aad");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto forged = sealed;
    forged[bit / 8] = static_cast<char>(forged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(open(key, forged, "aad"), std::nullopt) << bit;
  }
}

TEST(Aead, AShortenedOrLengthenedSealIsNoticed) {
  const auto key = AeadKey::generate();
  const auto sealed = seal(key, "session", "");
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_EQ(open(key, sealed.substr(0, size), ""), std::nullopt);
  EXPECT_EQ(open(key, sealed + "x", ""), std::nullopt);
}

TEST(Aead, AnotherKeyOrOtherAssociatedDataDoesNotOpen) {
  const auto key = AeadKey::generate();
  const auto sealed = seal(key, "session", "role=a");
  EXPECT_EQ(open(key, sealed, "role=b"), std::nullopt);
  EXPECT_EQ(open(key, sealed, ""), std::nullopt);
  EXPECT_EQ(open(AeadKey::generate(), sealed, "role=a"), std::nullopt);
}

TEST(Aead, AKeyHasExactlyItsSize) {
  EXPECT_FALSE(AeadKey::from_bytes(std::string(31, 'k')));
  EXPECT_FALSE(AeadKey::from_bytes(std::string(33, 'k')));
  EXPECT_EQ(AeadKey::from_bytes(std::string(32, 'k'))->bytes().reveal(), std::string(32, 'k'));
}

}  // namespace
}  // namespace strait::crypto
