// SPDX-License-Identifier: Apache-2.0
// What can be done without waiting, and that it says so when it cannot.
#include <atomic>

#include "async/timers.h"
#include "net/rig_test.h"
#include "net/server.h"
#include "net/upstream.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

std::string post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Says in the reply whether the body was there at once.
Task<void> say(Exchange& exchange) {
  const bool at_once = exchange.take_body(100);
  if (!at_once) co_await exchange.read_body(1000);
  const auto reply = answer(200, (at_once ? "now " : "later ") + exchange.request().body());
  auto done = exchange.reply_now(reply);
  if (!done) done = co_await exchange.flush();
  EXPECT_TRUE(*done);
}

TEST(AtOnce, ABodyThatCameWithItsHeadIsTaken) {
  Served served(say);
  auto client = served.connect();
  for (const std::string body : {"", "x", "the next request is not a part of it"}) {
    client.send(post(body) + post("z"));
    EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nnow " + body));
    EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nnow z"));
  }
}

TEST(AtOnce, ABodyThatIsNotWholeOrTooLongOrChunkedIsNot) {
  Served served(say);
  auto client = served.connect();
  const auto request = post("half");
  client.send(request.substr(0, request.size() - 2));
  std::this_thread::sleep_for(milliseconds(50));
  client.send("lf");
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nlater half"));
  client.send(post(std::string(101, 'l')));
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nlater " + std::string(101, 'l')));
  client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n");
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nlater c"));
}

TEST(AtOnce, AReplyThatTheClientDoesNotTakeIsFlushed) {
  const std::string large(32 << 20, 'r');
  std::atomic<bool> waited = false;
  Served served([&](Exchange& exchange) -> Task<void> {
    const auto reply = answer(200, large);
    auto done = exchange.reply_now(reply);
    waited = !done;
    if (!done) done = co_await exchange.flush();
    EXPECT_TRUE(*done);
  });
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\n" + large));
  EXPECT_TRUE(waited);
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_reply().size() > large.size(), true) << "the connection lives on";
}

TEST(AtOnce, AReplyThatIsNotFlushedIsAnAbort) {
  const std::string large(32 << 20, 'r');
  Served served([&](Exchange& exchange) -> Task<void> {
    const auto reply = answer(200, large);
    EXPECT_FALSE(exchange.reply_now(reply));
    EXPECT_TRUE(exchange.reply_started());
    co_return;
  });
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_LT(client.read_to_end().size(), large.size());
  EXPECT_TRUE(client.was_reset());
}

TEST(AtOnce, ThereIsOneReply) {
  Served served([](Exchange& exchange) -> Task<void> {
    const auto reply = answer(200, "one");
    EXPECT_TRUE(exchange.reply_now(reply));
    const auto second = exchange.reply_now(reply);
    EXPECT_TRUE(second && !*second);
    co_return;
  });
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\none"));
  EXPECT_TRUE(client.silent(50));
}

// What buffered_now() has after the head of each reply was read; "-" for nothing.
std::vector<std::string> bodies(const std::vector<std::string>& replies) {
  std::atomic<int> connections = 0;
  Scripted server([&](Peer& peer, int) {
    ++connections;
    for (const auto& reply : replies) {
      peer.read_until("\r\n\r\n");
      peer.send(reply);
    }
    peer.read_until("never");
  });
  Rig rig;
  auto found = rig.on([&]() -> Task<std::vector<std::string>> {
    std::vector<std::string> out;
    Upstream upstream(rig.loop, {});
    const Address address{.tls = false, .host = "127.0.0.1", .port = server.port()};
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const auto receipt = store::Recorder::intended();
      const auto request = outgoing("GET", "/");
      auto exchange = co_await upstream.forward(receipt, request, address);
      const auto reply = exchange->buffered_now(10);
      out.push_back(reply ? reply->body() : "-");
    }
    co_return out;
  });
  return found;
}

TEST(AtOnce, AnUpstreamsReplyIsTakenWhenItIsWhole) {
  using Bodies = std::vector<std::string>;
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: ";
  EXPECT_EQ(bodies({ok + "2\r\n\r\nok", ok + "0\r\n\r\n", ok + "3\r\n\r\nyes"}),
            (Bodies{"ok", "", "yes"}));
  EXPECT_EQ(bodies({ok + "3\r\n\r\nye"}), Bodies{"-"}) << "not whole";
  EXPECT_EQ(bodies({ok + "11\r\n\r\n01234567890"}), Bodies{"-"}) << "longer than wanted";
  EXPECT_EQ(bodies({"HTTP/1.1 200 OK\r\n\r\nuntil close"}), Bodies{"-"});
}

}  // namespace
}  // namespace strait::net
