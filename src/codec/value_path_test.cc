// SPDX-License-Identifier: Apache-2.0
#include "codec/value_path.h"

#include <gtest/gtest.h>

namespace strait::codec {
namespace {

TEST(ValuePath, AMemberStandsWhereItsNamesLead) {
  const Value value = Object{{"A", Object{{"B", "x"}}}, {"C", List{}}};
  ASSERT_NE(find_path(value, "A.B"), nullptr);
  EXPECT_EQ(*find_path(value, "A.B")->string(), "x");
  EXPECT_NE(find_path(value, "C"), nullptr);
  for (const auto* nowhere : {"", "B", "A.", "A.C", "A.B.C", "C.A"})
    EXPECT_EQ(find_path(value, nowhere), nullptr) << nowhere;
}

}  // namespace
}  // namespace strait::codec
