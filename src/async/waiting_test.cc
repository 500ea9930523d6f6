// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "async/baton.h"
#include "async/blocking_pool.h"
#include "async/loops.h"
#include "async/notifier.h"
#include "async/timers.h"

namespace strait::async {
namespace {

using std::chrono::milliseconds;
namespace asio = boost::asio;

template <class Body>
void run(Loop& loop, Body body) {
  asio::co_spawn(loop, std::move(body), asio::detached);
  loop.run();
  loop.restart();
}

TEST(Notifier, WakesAWaiterFromAnotherThread) {
  Loop loop;
  Notifier notifier;
  bool woken = false;
  std::jthread other;
  run(loop, [&]() -> Task<void> {
    const auto seen = notifier.version();
    other = std::jthread([&] {
      std::this_thread::sleep_for(milliseconds(20));
      notifier.notify();
    });
    woken = co_await notifier.wait(seen, std::chrono::seconds(20));
  });
  EXPECT_TRUE(woken);
}

TEST(Notifier, AChangeBeforeTheWaitIsNotLost) {
  Loop loop;
  Notifier notifier;
  bool woken = false;
  run(loop, [&]() -> Task<void> {
    const auto seen = notifier.version();
    notifier.notify();
    woken = co_await notifier.wait(seen, std::chrono::seconds(20));
  });
  EXPECT_TRUE(woken);
}

TEST(Notifier, TheTimeRunsOut) {
  Loop loop;
  Notifier notifier;
  bool woken = true;
  run(loop, [&]() -> Task<void> {
    woken = co_await notifier.wait(notifier.version(), milliseconds(10));
  });
  EXPECT_FALSE(woken);
}

TEST(Baton, ResumesEverybodyInOrder) {
  Loop loop;
  Baton baton;
  std::vector<int> order;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(
        loop,
        [&baton, &order, i]() -> Task<void> {
          co_await baton.wait();
          order.push_back(i);
        },
        asio::detached);
  }
  asio::post(loop, [&] {
    EXPECT_FALSE(baton.empty());
    baton.wake_all(loop);
    EXPECT_TRUE(baton.empty());
  });
  loop.run();
  EXPECT_EQ(order, (std::vector{0, 1, 2}));
}

TEST(BlockingPool, RunsElsewhereAndComesBack) {
  Loop loop;
  BlockingPool pool(2);
  std::thread::id inside, before, after;
  std::string answer;
  run(loop, [&]() -> Task<void> {
    before = std::this_thread::get_id();
    answer = co_await pool.run([&] {
      inside = std::this_thread::get_id();
      return std::string("done");
    });
    after = std::this_thread::get_id();
    co_await pool.run([] {});
  });
  EXPECT_EQ(answer, "done");
  EXPECT_NE(inside, before);
  EXPECT_EQ(after, before);
}

TEST(Loops, EachHasAThreadOfItsOwn) {
  Loops loops(2);
  loops.start();
  std::atomic<int> left = 2;
  std::thread::id ids[2];
  for (std::size_t i = 0; i < 2; ++i) {
    asio::post(loops.at(i), [&ids, &left, i] {
      ids[i] = std::this_thread::get_id();
      --left;
    });
  }
  while (left > 0) std::this_thread::yield();
  loops.stop();
  loops.join();
  EXPECT_NE(ids[0], ids[1]);
}

}  // namespace
}  // namespace strait::async
