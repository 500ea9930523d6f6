// SPDX-License-Identifier: Apache-2.0
#include "ledger/merkle.h"

#include <gtest/gtest.h>

#include "codec/hex.h"
#include "ledger/tiles.h"

namespace strait::ledger {
namespace {

// The leaves and roots of Certificate Transparency's reference tree (RFC 6962's authors' test
// data).
const std::vector<std::string> kEntries = {
    "",
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
const std::vector<std::string> kRoots = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Digest> leaves(std::size_t count) {
  std::vector<Digest> hashes;
  for (std::size_t at = 0; at < count; ++at)
    hashes.push_back(leaf_hash("entry " + std::to_string(at)));
  return hashes;
}

TEST(Merkle, RootsAreThoseOfTheReferenceTree) {
  EXPECT_EQ(crypto::hex(empty_root()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Frontier tree;
  EXPECT_EQ(tree.root(), empty_root());
  for (std::size_t at = 0; at < kEntries.size(); ++at) {
    tree.add(leaf_hash(kEntries[at]));
    EXPECT_EQ(crypto::hex(tree.root()), kRoots[at]) << at;
  }
}

TEST(Merkle, EveryInclusionProofHoldsAndEveryChangeOfItDoesNot) {
  for (std::size_t size = 1; size <= 33; ++size) {
    const auto all = leaves(size);
    const auto root = root_of(all);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto proof = inclusion_proof(all, index);
      EXPECT_TRUE(verify_inclusion(all[index], index, size, proof, root));
      EXPECT_FALSE(verify_inclusion(leaf_hash("other"), index, size, proof, root));
      if (size > 1) {
        EXPECT_FALSE(verify_inclusion(all[index], (index + 1) % size, size, proof, root));
      }
      proof.push_back(root);
      EXPECT_FALSE(verify_inclusion(all[index], index, size, proof, root));
      proof.pop_back();
      for (auto& hash : proof) {
        hash[0] ^= 1;
        EXPECT_FALSE(verify_inclusion(all[index], index, size, proof, root));
        hash[0] ^= 1;
      }
    }
    EXPECT_FALSE(verify_inclusion(all[0], size, size, {}, root));
  }
}

TEST(Merkle, EveryConsistencyProofHoldsAndEveryChangeOfItDoesNot) {
  for (std::size_t size = 1; size <= 33; ++size) {
    const auto all = leaves(size);
    const auto root = root_of(all);
    for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
      const auto old_root = root_of(std::span(all).first(old_size));
      auto proof = consistency_proof(all, old_size);
      EXPECT_TRUE(verify_consistency(old_size, old_root, size, root, proof));
      EXPECT_FALSE(verify_consistency(old_size, leaf_hash("x"), size, root, proof));
      EXPECT_FALSE(verify_consistency(old_size, old_root, size, leaf_hash("x"), proof));
      for (auto& hash : proof) {
        hash[31] ^= 0x80;
        EXPECT_FALSE(verify_consistency(old_size, old_root, size, root, proof));
        hash[31] ^= 0x80;
      }
    }
  }
}

TEST(Merkle, AFrontierGoesOnWhereItWasStored) {
  const auto all = leaves(300);
  for (const std::size_t cut : {0, 1, 2, 7, 255, 256, 299}) {
    Frontier tree;
    for (std::size_t at = 0; at < cut; ++at) tree.add(all[at]);
    auto restored = Frontier::decode(tree.encode());
    ASSERT_TRUE(restored);
    EXPECT_EQ(*restored, tree);
    for (auto at = cut; at < all.size(); ++at) restored->add(all[at]);
    EXPECT_EQ(restored->root(), root_of(all));
    auto bytes = tree.encode();
    bytes += 'x';
    EXPECT_FALSE(Frontier::decode(bytes));
  }
}

TEST(Tiles, PathsAreThoseOfTheSpecification) {
  EXPECT_EQ(tile_path(0, 1234067), "tile/0/x001/x234/067");
  EXPECT_EQ(tile_path(1, 0, 17), "tile/1/000.p/17");
  EXPECT_EQ(entries_path(999), "tile/entries/999");
  EXPECT_EQ(entries_path(1000, 3), "tile/entries/x001/000.p/3");
}

TEST(Tiles, HoldTheHashesOfTheirLevel) {
  const auto all = leaves(256 * 2 + 5);
  const auto files = tiles_of(all);
  ASSERT_EQ(files.size(), 4u);
  EXPECT_EQ(files[0].path, "tile/0/000");
  EXPECT_EQ(files[2].path, "tile/0/002.p/5");
  EXPECT_EQ(files[2].bytes.size(), 5u * 32);
  EXPECT_EQ(files[3].path, "tile/1/000.p/2");
  EXPECT_EQ(files[3].bytes.substr(0, 32), crypto::view(root_of(std::span(all).first(256))));
}

TEST(Tiles, EntryBundlesReadBackAsWritten) {
  std::string bundle;
  ASSERT_TRUE(append_entry(bundle, "one"));
  ASSERT_TRUE(append_entry(bundle, ""));
  ASSERT_TRUE(append_entry(bundle, std::string(65535, 'x')));
  EXPECT_FALSE(append_entry(bundle, std::string(65536, 'x')));
  const auto entries = entries_of(bundle);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0], "one");
  EXPECT_EQ((*entries)[2].size(), 65535u);
  EXPECT_FALSE(entries_of(std::string_view(bundle).substr(0, bundle.size() - 1)));
}

}  // namespace
}  // namespace strait::ledger
