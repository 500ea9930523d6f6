// SPDX-License-Identifier: Apache-2.0
#include "async/deadlines.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <vector>

namespace strait::async {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

struct Late {
  explicit Late(Loop& loop)
      : entry(loop, [](void* self) { ++static_cast<Late*>(self)->count; }, this) {}
  int count = 0;
  Deadlines::Entry entry;
};

TEST(Deadlines, NeverFireEarlyAndAtMostTwoTicksLate) {
  Loop loop;
  Clock::time_point fired;
  Deadlines::Entry entry(
      loop, [](void* at) { *static_cast<Clock::time_point*>(at) = Clock::now(); }, &fired);
  const auto began = Clock::now();
  entry.arm(milliseconds(300));
  loop.run_for(milliseconds(1500));
  EXPECT_GE(fired - began, milliseconds(300));
  EXPECT_LT(fired - began, milliseconds(300) + 3 * Deadlines::kTick);
}

TEST(Deadlines, ADisarmedOneStaysSilent) {
  Loop loop;
  Late late(loop);
  late.entry.arm(milliseconds(1));
  late.entry.disarm();
  loop.run_for(milliseconds(800));
  EXPECT_EQ(late.count, 0);
}

TEST(Deadlines, FireOnceAndCanBeArmedAgain) {
  Loop loop;
  Late late(loop);
  late.entry.arm(milliseconds(1));
  loop.run_for(milliseconds(1200));
  EXPECT_EQ(late.count, 1);
  late.entry.arm(milliseconds(1));
  loop.restart();
  loop.run_for(milliseconds(1200));
  EXPECT_EQ(late.count, 2);
}

TEST(Deadlines, OneMayDestroyTheOthersWhenItFires) {
  Loop loop;
  std::vector<std::unique_ptr<Late>> others;
  Deadlines::Entry killer(
      loop, [](void* all) { static_cast<std::vector<std::unique_ptr<Late>>*>(all)->clear(); },
      &others);
  for (int i = 0; i < 5; ++i) {
    others.push_back(std::make_unique<Late>(loop));
    others.back()->entry.arm(milliseconds(1));
  }
  killer.arm(milliseconds(1));
  loop.run_for(milliseconds(1000));
  EXPECT_TRUE(others.empty());
}

TEST(Deadlines, ALoopWithoutEntriesEnds) {
  Loop loop;
  {
    Late late(loop);
    late.entry.arm(milliseconds(1));
  }
  const auto began = Clock::now();
  loop.run();
  EXPECT_LT(Clock::now() - began, milliseconds(1000));
}

}  // namespace
}  // namespace strait::async
