// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "crypto/checksum.h"
#include "crypto/compare.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "crypto/sha256.h"

namespace strait::crypto {
namespace {

std::string text_hex(std::string_view bytes) {
  std::string out;
  char digits[3];
  for (const char c : bytes) {
    std::snprintf(digits, sizeof digits, "%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += digits;
  }
  return out;
}

std::string count_up(int first, int last) {
  std::string out;
  for (int byte = first; byte <= last; ++byte) out.push_back(static_cast<char>(byte));
  return out;
}

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// SHA-256 of n times 'a', from coreutils' sha256sum, where the padding begins a new block or not.
TEST(Sha256, PadsEveryLength) {
  const std::pair<std::size_t, std::string_view> published[] = {
      {1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
      {54, "a3f01b6939256127582ac8ae9fb47a382a244680806a3f613a118851c1ca1d47"},
      {55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
      {56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
      {57, "f13b2d724659eb3bf47f2dd6af1accc87b81f09f59f2b75e5c0bed6589dfe8c6"},
      {63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"},
      {64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
      {65, "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"},
      {119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"},
      {120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"},
      {127, "c57e9278af78fa3cab38667bef4ce29d783787a2f731d4e12200270f0c32320a"},
      {128, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e"},
  };
  for (const auto& [size, digest] : published)
    EXPECT_EQ(sha256_hex(std::string(size, 'a')), digest) << size;
}

TEST(Sha256, PiecesGiveTheDigestOfTheWhole) {
  const std::string text(1000, 'x');
  for (const std::size_t size : {1u, 63u, 64u, 65u, 999u}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += size)
      hash.update(std::string_view(text).substr(at, size));
    EXPECT_EQ(hash.finish(), sha256(text)) << size;
  }
}

TEST(Sha256, WhatIsAddedForOneDigestIsNotKept) {
  const std::string text(300, 'y');
  for (const std::size_t before : {0u, 1u, 63u, 64u, 100u, 128u}) {
    Sha256 hash;
    hash.update(std::string_view(text).substr(0, before));
    for (std::size_t more = 0; more <= 200; ++more) {
      const auto all = std::string_view(text).substr(0, before + more);
      EXPECT_EQ(hash.with(all.substr(before)), sha256(all)) << before << " " << more;
    }
    EXPECT_EQ(hash.finish(), sha256(std::string_view(text).substr(0, before)));
  }
}

TEST(Sha256, HexDigitsAreThoseOfEachByte) {
  for (int first = 0; first < 256; first += 32) {
    const auto bytes = count_up(first, first + 31);
    Digest digest;
    std::copy_n(bytes.data(), digest.size(), reinterpret_cast<char*>(digest.data()));
    EXPECT_EQ(view(hex_digits(digest)), text_hex(bytes));
    EXPECT_EQ(hex(digest), text_hex(bytes));
  }
}

TEST(Sha256, IsAsNewAfterFinishAndACopyGoesItsOwnWay) {
  Sha256 hash;
  hash.update("ab");
  auto copy = hash;
  hash.update("c");
  copy.update("d");
  EXPECT_EQ(hash.finish(), sha256("abc"));
  EXPECT_EQ(copy.finish(), sha256("abd"));
  hash.update("abc");
  EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Hmac, GivesRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                            "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, AKeySignsManyMessagesAndItsCopiesToo) {
  const HmacKey key("Jefe");
  const auto copy = key;  // NOLINT: the copy is what is tested
  const auto first = key.sign("one");
  EXPECT_EQ(key.sign("two"), hmac_sha256("Jefe", "two"));
  EXPECT_EQ(copy.sign("one"), first);
}

TEST(Hkdf, GivesRfc5869) {
  EXPECT_EQ(
      text_hex(hkdf_sha256(std::string(22, '\x0b'), count_up(0, 12), count_up(0xf0, 0xf9), 42)),
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(text_hex(hkdf_sha256(std::string(22, '\x0b'), "", "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
  EXPECT_EQ(hkdf_sha256("secret", "salt", "info", 255 * 32).size(), 255u * 32);
}

struct CheckValue {
  std::string name;
  std::string hex;  // of "123456789", the customary check input
};

class ChecksumOf : public testing::TestWithParam<CheckValue> {};

TEST_P(ChecksumOf, IsThePublishedCheckValueInAnyPieces) {
  auto whole = Checksum::by_name(GetParam().name);
  ASSERT_TRUE(whole);
  auto pieces = *whole;
  whole->update("123456789");
  pieces.update("1");
  (void)pieces.bytes();  // looking does not disturb
  pieces.update("23456789");
  EXPECT_EQ(text_hex(whole->bytes()), GetParam().hex);
  EXPECT_EQ(pieces.bytes(), whole->bytes());
  EXPECT_EQ(name(whole->algorithm()), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    All, ChecksumOf,
    testing::Values(CheckValue{"CRC32", "cbf43926"}, CheckValue{"CRC32C", "e3069283"},
                    CheckValue{"CRC64NVME", "ae8b14860a799888"},
                    CheckValue{"MD5", "25f9e794323b453885f5181f1b624d0b"},
                    CheckValue{"SHA1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"},
                    CheckValue{"SHA256",
                               "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"},
                    CheckValue{"SHA512",
                               "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a"
                               "d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85"}),
    [](const auto& test) { return test.param.name; });

TEST(Checksums, AreKnownByExactNamesOnly) {
  for (const auto* name : {"", "crc32", "CRC", "CRC64", "SHA-256", "XXHASH64"}) {
    EXPECT_FALSE(Checksum::by_name(name)) << name;
  }
  EXPECT_EQ(Checksum::by_header("x-amz-checksum-crc64nvme")->algorithm(),
            ChecksumAlgorithm::kCrc64Nvme);
  EXPECT_FALSE(Checksum::by_header("X-Amz-Checksum-CRC32"));
  EXPECT_FALSE(Checksum::by_header("x-amz-checksum-type"));
}

TEST(Checksums, AreWrittenAsS3WritesThem) {
  Checksum checksum(ChecksumAlgorithm::kCrc32c);
  checksum.update("123456789");
  EXPECT_EQ(checksum.base64(), "4waSgw==");
}

TEST(Crc32c, TheInstructionAgreesWithTheTable) {
  const auto bytes = random_string(300);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto part = std::string_view(bytes).substr(size % 7, size);
    EXPECT_EQ(crc32c(17, part), crc32c_portable(17, part));
  }
}

TEST(Compare, IsEquality) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("same", "same"));
  EXPECT_FALSE(constant_time_equal("same", "sane"));
  EXPECT_FALSE(constant_time_equal("same", "same "));
  const auto bytes = random_string(70);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    auto other = bytes.substr(0, size);
    EXPECT_TRUE(constant_time_equal(other, std::string_view(bytes).substr(0, size)));
    for (auto& byte : other) {
      byte = static_cast<char>(byte ^ 1);
      EXPECT_FALSE(constant_time_equal(other, std::string_view(bytes).substr(0, size)));
      byte = static_cast<char>(byte ^ 1);
    }
  }
}

TEST(Random, NeverRepeats) {
  EXPECT_NE(random_string(32), random_string(32));
  auto last = random_entropy();
  for (int i = 0; i < 1000; ++i) {  // over several blocks of the thread's buffer
    const auto entropy = random_entropy();
    ASSERT_NE(entropy, last);
    ASSERT_NE(entropy, Entropy{});
    last = entropy;
  }
}

}  // namespace
}  // namespace strait::crypto
