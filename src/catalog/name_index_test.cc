// SPDX-License-Identifier: Apache-2.0
#include "catalog/name_index.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "catalog/catalog.h"

namespace strait::catalog {
namespace {

TEST(NameIndex, TellsNamesApartThatHashAlike) {
  // The first, middle and last eight bytes agree, and the length does.
  const std::array<std::string, 2> names = {"DescribeA.DescribeDescribe.AInstances",
                                            "DescribeB.DescribeDescribe.BInstances"};
  ASSERT_EQ(name_hash(names[0]), name_hash(names[1]));
  NameIndex index(names.size());
  for (std::uint32_t at = 0; at < names.size(); ++at) index.add(name_hash(names[at]), at);
  const auto find = [&](std::string_view wanted) {
    return index.find(name_hash(wanted), [&](std::uint32_t at) { return names[at] == wanted; });
  };
  EXPECT_EQ(find(names[0]), 0u);
  EXPECT_EQ(find(names[1]), 1u);
  EXPECT_EQ(find("DescribeC.DescribeDescribe.CInstances"), NameIndex::kFree);
  EXPECT_EQ(find(""), NameIndex::kFree);
}

TEST(NameIndex, TheSameNameUnderAnotherSeedIsAnother) {
  for (const auto* name : {"", "a", "GetItem", "ListTags", "DescribeInstances"}) {
    EXPECT_NE(name_hash(name, 1), name_hash(name, 2)) << name;
    EXPECT_EQ(name_hash(name, 1), name_hash(std::string(name), 1)) << name;
  }
}

TEST(Operations, AreKeptInOrderHoweverManyTheyAre) {
  for (std::uint32_t count = 0; count < 12; ++count) {
    Operations operations;
    for (std::uint32_t at = 0; at < count; ++at) operations.add({nullptr, at});
    ASSERT_EQ(operations.size(), count);
    for (std::uint32_t at = 0; at < count; ++at) EXPECT_EQ(operations[at].index(), at);
    operations.keep_if([](Operation operation) { return operation.index() % 2 == 1; });
    ASSERT_EQ(operations.size(), count / 2);
    for (std::uint32_t at = 0; at < operations.size(); ++at)
      EXPECT_EQ(operations[at].index(), 2 * at + 1);
    operations.keep_if([](Operation) { return false; });
    EXPECT_TRUE(operations.empty());
  }
}

}  // namespace
}  // namespace strait::catalog
