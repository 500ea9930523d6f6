// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>

#include "catalog/catalog.h"
#include "catalog/compiler/compile.h"
#include "catalog/format.h"
#include "catalog/small_sources.h"
#include "crypto/sha256.h"

namespace strait::catalog {
namespace {

std::string small_pack() { return compiler::compile(small_sources()).value().pack; }

bool loads(const std::string& pack) {
  return Catalog::load(std::as_bytes(std::span(pack))).has_value();
}

// `pack` with a seal that fits, as one who can write packs would leave it.
std::string resealed(std::string pack) {
  pack.resize(pack.size() - format::kSealBytes);
  pack += crypto::view(crypto::sha256(pack));
  return pack;
}

TEST(Load, TakesWhatTheCompilerMakes) { EXPECT_TRUE(loads(small_pack())); }

TEST(Load, AnyFlippedBitIsRefused) {
  const auto pack = small_pack();
  for (std::size_t at = 0; at < pack.size(); at += 7) {
    auto broken = pack;
    broken[at] = static_cast<char>(broken[at] ^ 4);
    EXPECT_FALSE(loads(broken)) << at;
  }
}

TEST(Load, AnyShorterPackIsRefused) {
  const auto pack = small_pack();
  for (std::size_t bytes = 0; bytes < pack.size(); bytes += 13)
    EXPECT_FALSE(loads(pack.substr(0, bytes))) << bytes;
  EXPECT_FALSE(loads(pack + "x"));
}

TEST(Load, AReferenceOutOfThePackIsRefusedThoughTheSealFits) {
  const auto pack = small_pack();
  format::Header header;
  std::memcpy(&header, pack.data(), sizeof header);
  const auto poke = [&](format::SectionId id, std::size_t field) {
    auto broken = pack;
    const std::uint32_t far = 0x7ffffff0;
    std::memcpy(broken.data() + header.sections[id].offset + field, &far, sizeof far);
    return resealed(broken);
  };
  EXPECT_FALSE(loads(poke(format::kServices, offsetof(format::Service, name))));
  EXPECT_FALSE(loads(poke(format::kServices, offsetof(format::Service, operations))));
  EXPECT_FALSE(loads(poke(format::kOperations, offsetof(format::Operation, service))));
  EXPECT_FALSE(loads(poke(format::kOperations, offsetof(format::Operation, rows))));
  EXPECT_FALSE(loads(poke(format::kShapes, offsetof(format::Shape, first_member))));
  EXPECT_FALSE(loads(poke(format::kMembers, offsetof(format::Member, shape))));
  EXPECT_FALSE(loads(poke(format::kEdges, offsetof(format::Edge, node))));
  EXPECT_FALSE(loads(poke(format::kHosts, offsetof(format::Host, services))));
}

TEST(Load, ATrieThatLeadsBackIsRefused) {
  auto pack = small_pack();
  format::Header header;
  std::memcpy(&header, pack.data(), sizeof header);
  const std::uint32_t root = 0;
  std::memcpy(pack.data() + header.sections[format::kNodes].offset + offsetof(format::Node, label),
              &root, sizeof root);
  EXPECT_FALSE(loads(resealed(pack)));
}

TEST(Load, SaysWhatToDo) {
  const std::string junk(4096, 'x');
  const auto loaded = Catalog::load(std::as_bytes(std::span(junk)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().message,
            "the catalog pack cannot be used: it is not a pack; build it again with `./dev build`");
}

}  // namespace
}  // namespace strait::catalog
