// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.h"

#include <gtest/gtest.h>

#include "ledger/merkle.h"

namespace strait::ledger {
namespace {

const auto kKey = *crypto::SigningKey::from_seed(std::string(32, 's'));
const Checkpoint kCheckpoint{"strait/test/audit", 42, leaf_hash("root")};

std::vector<Vkey> trusted() { return {make_vkey(kCheckpoint.origin, kKey.public_key())}; }

TEST(Checkpoint, ASignedOneOpensToWhatWasSigned) {
  const auto opened = open_checkpoint(sign_checkpoint(kCheckpoint, kKey), trusted());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(*opened, kCheckpoint);
}

TEST(Checkpoint, EveryChangedByteIsNoticed) {
  const auto note = sign_checkpoint(kCheckpoint, kKey);
  for (std::size_t at = 0; at < note.size(); ++at) {
    for (const int flip : {1, 0x20, 0x80}) {
      auto changed = note;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      EXPECT_FALSE(open_checkpoint(changed, trusted())) << at;
    }
    EXPECT_FALSE(open_checkpoint(note.substr(0, at), trusted())) << at;
  }
}

TEST(Checkpoint, AnotherKeyIsNotTrusted) {
  const auto other = *crypto::SigningKey::from_seed(std::string(32, 'o'));
  EXPECT_FALSE(open_checkpoint(sign_checkpoint(kCheckpoint, other), trusted()));
  EXPECT_FALSE(open_checkpoint(sign_checkpoint(kCheckpoint, kKey), {}));
}

TEST(Checkpoint, AKeyThatIsTrustedForAnotherLogDoesNotSignThisOne) {
  const auto witness = make_vkey("witness.example", kKey.public_key());
  EXPECT_FALSE(open_checkpoint(sign_checkpoint(kCheckpoint, kKey), std::vector{witness}));
}

TEST(Checkpoint, SignaturesOfUnknownWitnessesArePassedOver) {
  auto note = sign_checkpoint(kCheckpoint, kKey);
  note += "\u2014 witness.example AAAAAAAAAAA=\n";
  EXPECT_TRUE(open_checkpoint(note, trusted()));
}

TEST(Checkpoint, OtherThanCanonicalTextIsRefused) {
  const std::string root = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  EXPECT_TRUE(parse_checkpoint("log\n7\n" + root));
  EXPECT_FALSE(parse_checkpoint("log\n07\n" + root));
  EXPECT_FALSE(parse_checkpoint("log\n-7\n" + root));
  EXPECT_FALSE(parse_checkpoint("log\n7\n" + root + "extension\n"));
  EXPECT_FALSE(parse_checkpoint("log\n18446744073709551616\n" + root));
  EXPECT_FALSE(parse_checkpoint("\n7\n" + root));
}

// The example of the signed-note specification.
TEST(Vkey, TheSpecificationsExampleParses) {
  const auto vkey =
      parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_TRUE(vkey) << vkey.error().message;
  EXPECT_EQ(vkey->name, "PeterNeumann");
  EXPECT_EQ(vkey->key_id, 0xc74f20a3u);
  EXPECT_EQ(vkey_text(*vkey), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  const std::string note =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "\u2014 PeterNeumann "
      "x08go/ZJkuBS9UG/"
      "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const auto parsed = parse_note(note);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->signatures.size(), 1u);
  EXPECT_TRUE(
      crypto::ed25519_verify(vkey->public_key, parsed->text, parsed->signatures[0].signature));
}

TEST(Vkey, AWrongIdOrNameIsRefused) {
  EXPECT_FALSE(parse_vkey("PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_FALSE(parse_vkey("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_FALSE(parse_vkey("PeterNeumann+c74f20a3+AhpcdQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_FALSE(parse_vkey("PeterNeumann"));
}

}  // namespace
}  // namespace strait::ledger
