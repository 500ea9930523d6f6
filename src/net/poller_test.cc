// SPDX-License-Identifier: Apache-2.0
#include "net/poller.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "net/channel.h"

namespace strait::net {
namespace {

// One end is the poller's, the other ours.
struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    socket.emplace(loop, ends[0]);
    peer = ends[1];
  }
  ~Pair() {
    if (peer >= 0) ::close(peer);
  }
  void say(const std::string& text) {
    EXPECT_EQ(::send(peer, text.data(), text.size(), MSG_NOSIGNAL), ssize_t(text.size()));
  }
  void leave() { ::close(std::exchange(peer, -1)); }
  // All that is here.
  std::string read() {
    char bytes[64];
    const auto count = ::recv(socket->descriptor(), bytes, sizeof bytes, MSG_DONTWAIT);
    socket->drained();
    return count < 0 ? "nothing" : std::string(bytes, static_cast<std::size_t>(count));
  }
  void turn() {
    loop.restart();
    loop.run_for(std::chrono::milliseconds(20));
  }
  // "input" or "cancelled", once the task has been resumed.
  template <class Wait>
  std::shared_ptr<std::string> waiting(Wait wait) {
    auto told = std::make_shared<std::string>();
    boost::asio::co_spawn(
        loop,
        [wait, told]() -> async::Task<void> {
          const bool happened = co_await wait();
          *told = happened ? "input" : "cancelled";
        },
        boost::asio::detached);
    turn();
    return told;
  }
  auto waiting_to_read() {
    return waiting([this] { return socket->input(); });
  }

  async::Loop loop;
  std::optional<Poller::Socket> socket;
  int peer = -1;
};

TEST(Poller, WakesWhoWaitsWhenBytesArrive) {
  Pair pair;
  const auto told = pair.waiting_to_read();
  EXPECT_EQ(*told, "");
  pair.say("hello");
  pair.turn();
  EXPECT_EQ(*told, "input");
  EXPECT_EQ(pair.read(), "hello");
  EXPECT_FALSE(pair.socket->readable());
}

TEST(Poller, KnowsWithoutASystemCallThatAnIdlePeerSpokeOrLeft) {
  Pair pair;
  pair.turn();
  EXPECT_FALSE(pair.socket->readable());
  pair.leave();
  pair.turn();
  EXPECT_TRUE(pair.socket->readable());
}

TEST(Poller, AnEndThatCameWithTheLastBytesIsNotForgotten) {
  Pair pair;
  pair.say("last words");
  pair.leave();
  pair.turn();
  EXPECT_EQ(pair.read(), "last words");
  EXPECT_TRUE(pair.socket->readable());
  EXPECT_EQ(pair.read(), "");
}

TEST(Poller, WhatArrivesAfterADrainIsSaidAgain) {
  Pair pair;
  for (const std::string text : {"one", "two", "three"}) {
    const auto told = pair.waiting_to_read();
    pair.say(text);
    pair.turn();
    EXPECT_EQ(*told, "input");
    EXPECT_EQ(pair.read(), text);
  }
}

TEST(Poller, SaysWhenThereIsRoomToWrite) {
  Pair pair;
  const std::string much(64 * 1024, 'x');
  while (::send(pair.socket->descriptor(), much.data(), much.size(), MSG_DONTWAIT) > 0) {
  }
  pair.socket->filled();
  const auto told = pair.waiting([&pair] { return pair.socket->output(); });
  EXPECT_EQ(*told, "");
  std::string taken(much.size(), ' ');
  while (::recv(pair.peer, taken.data(), taken.size(), MSG_DONTWAIT) > 0) {
  }
  pair.turn();
  EXPECT_EQ(*told, "input");
  EXPECT_TRUE(pair.socket->writable());
}

TEST(Poller, ACancelledWaitEndsAndTheNextOneIsServed) {
  Pair pair;
  const auto first = pair.waiting_to_read();
  pair.socket->cancel();
  EXPECT_EQ(*first, "");  // a little later, not inside cancel()
  pair.turn();
  EXPECT_EQ(*first, "cancelled");
  const auto second = pair.waiting_to_read();
  pair.say("x");
  pair.turn();
  EXPECT_EQ(*second, "input");
}

TEST(Poller, WhatWasHereBeforeItIsAskedForIsSaidOnceMore) {
  Pair pair;
  pair.say("early");
  pair.turn();
  std::string told;
  pair.socket->when_readable([&](bool input) { told = input ? pair.read() : "cancelled"; });
  EXPECT_EQ(told, "");
  pair.turn();
  EXPECT_EQ(told, "early");
}

TEST(Poller, ASocketMayGoWhileItsEventIsBeingTold) {
  async::Loop loop;
  int a[2], b[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
  auto one = std::make_unique<Poller::Socket>(loop, a[0]);
  auto other = std::make_unique<Poller::Socket>(loop, b[0]);
  int told = 0;
  one->when_readable([&](bool) { ++told, other.reset(); });
  other->when_readable([&](bool) { ++told, one.reset(); });
  ASSERT_EQ(::send(a[1], "x", 1, 0), 1);
  ASSERT_EQ(::send(b[1], "x", 1, 0), 1);
  loop.run_for(std::chrono::milliseconds(20));
  EXPECT_EQ(told, 1);
  EXPECT_NE(one == nullptr, other == nullptr);
  ::close(a[1]);
  ::close(b[1]);
}

// What leaks here, the sanitizer says.
TEST(Poller, ALoopThatEndsTakesItsWaitingTasksAndTheirSocketsAlong) {
  auto gone = std::make_shared<int>(0);
  {
    async::Loop loop;
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    boost::asio::co_spawn(
        loop,
        [](async::Loop& on, int descriptor, std::shared_ptr<int>) -> async::Task<void> {
          Poller::Socket socket(on, descriptor);
          co_await socket.input();
        }(loop, ends[0], gone),
        boost::asio::detached);
    loop.run_for(std::chrono::milliseconds(20));
    EXPECT_EQ(gone.use_count(), 2);
    ::close(ends[1]);
  }
  EXPECT_EQ(gone.use_count(), 1);
}

// The attack: whoever sends without a pause must not keep a loop from all the others.
TEST(Channel, AFastPeerDoesNotKeepTheLoopToItself) {
  async::Loop loop;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const std::string much(64 * 1024, 'x');
  std::size_t sent = 0;
  for (ssize_t took; (took = ::send(ends[1], much.data(), much.size(), MSG_DONTWAIT)) > 0;)
    sent += static_cast<std::size_t>(took);
  ::close(ends[1]);
  Channel channel(loop, Channel::Socket(loop, {AF_UNIX, 0}, ends[0]));
  std::size_t read = 0, when_others_ran = 0;
  const auto reader = [&]() -> async::Task<void> {
    Buffer into(loop);
    Pace pace{std::chrono::seconds(5)};
    while ((co_await channel.read_into(into, pace)).state == IoState::kOk) {
      if (read == 0) boost::asio::post(loop, [&] { when_others_ran = read; });
      read += into.size();
      into.consume(into.size());
    }
  };
  boost::asio::co_spawn(loop, reader, boost::asio::detached);
  loop.run_for(std::chrono::milliseconds(500));
  EXPECT_EQ(read, sent);
  EXPECT_GT(when_others_ran, 0u);
  EXPECT_LT(when_others_ran, sent);
}

}  // namespace
}  // namespace strait::net
