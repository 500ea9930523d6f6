// SPDX-License-Identifier: Apache-2.0
// Server and Upstream back to back, as the gateway joins them: large bodies both ways in little
// memory.
#include <chrono>
#include <semaphore>

#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;

constexpr std::size_t kBytes = 256 * limits::kMiB;
constexpr long kGrowthKibMax = 24 * 1024;

// The request's body as Upstream wants it.
class RequestBody final : public BodySource {
 public:
  explicit RequestBody(Exchange& exchange) : exchange_(exchange) {}
  Task<Result<std::string_view>> next() override { return exchange_.read_some(); }

 private:
  Exchange& exchange_;
};

// A gateway that enforces nothing.
class Passthrough {
 public:
  explicit Passthrough(std::uint16_t upstream_port)
      : address_{.tls = false, .host = "127.0.0.1", .port = upstream_port} {}

  Task<void> operator()(Upstream& upstream, Exchange& exchange) {
    std::vector<std::pair<std::string, std::string>> more;
    if (const auto length = exchange.body_length())
      more.emplace_back("content-length", std::to_string(*length));
    const auto& head = exchange.request().head();
    const auto request = outgoing(head.method, head.target, "", std::move(more));
    const auto receipt = store::Recorder::intended();
    RequestBody body(exchange);
    auto reply = co_await upstream.forward(receipt, request, address_, &body);
    if (!reply) {
      failure = reply.error();
      co_return;
    }
    journey::ReplyHead reply_head = reply->head();
    const auto masked = mask::Masker::masked(std::move(reply_head));
    if (!co_await exchange.start_reply(masked)) co_return;
    while (true) {
      auto piece = co_await reply->read_some();
      if (!piece) co_return;
      if (piece->empty()) break;
      if (!co_await exchange.send(*piece)) co_return;
    }
    const auto last = answer(200, "");
    co_await exchange.finish(last);
  }

  std::optional<UpstreamFailure> failure;

 private:
  Address address_;
};

// Joins a Served and an Upstream on one loop.
class Gateway {
 public:
  explicit Gateway(std::uint16_t upstream_port)
      : pass(upstream_port),
        served([this](Exchange& exchange) -> Task<void> { return pass(*upstream, exchange); }) {
    served.rig.on([this]() -> Task<void> {
      upstream = std::make_unique<Upstream>(served.rig.loop, UpstreamOptions{});
      co_return;
    });
  }
  ~Gateway() { served.rig.stop(); }
  // As the loop has it.
  std::optional<UpstreamFailure> failure() {
    std::optional<UpstreamFailure> seen;
    served.rig.on([&]() -> Task<void> {
      seen = pass.failure;
      co_return;
    });
    return seen;
  }
  Passthrough pass;
  Served served;
  std::unique_ptr<Upstream> upstream;  // after the loop it lives on
};

TEST(Streaming, AnUploadAndADownloadStayFlatInMemory) {
  const std::string piece(1 << 20, 'x');
  std::size_t uploaded = 0;
  Scripted aws([&](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    uploaded = peer.swallow(kBytes);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < kBytes; sent += piece.size()) peer.send(piece);
  });
  Gateway gateway(aws.port());
  auto client = gateway.served.connect();
  const auto before = resident_kib();
  client.send("PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kBytes) +
              "\r\n\r\n");
  for (std::size_t sent = 0; sent < kBytes; sent += piece.size()) ASSERT_TRUE(client.send(piece));
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
  EXPECT_EQ(client.swallow(kBytes), kBytes);
  EXPECT_EQ(uploaded, kBytes);
  EXPECT_LT(resident_kib() - before, kGrowthKibMax);
}

TEST(Streaming, ChunkedBodiesStayWholeBothWays) {
  std::string seen;
  Scripted aws([&](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    seen = peer.read_until("0\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    peer.send("2\r\nde\r\n0\r\n\r\n");
  });
  Gateway gateway(aws.port());
  auto client = gateway.served.connect();
  client.send(
      "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  const auto reply = client.read_until("0\r\n\r\n");
  EXPECT_EQ(seen, "5\r\nhello\r\n0\r\n\r\n");
  EXPECT_NE(reply.find("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), std::string::npos) << reply;
}

// Fault 27: wherever the agent stops, AWS never sees an end of the body that the agent did not
// send.
TEST(Streaming, AnAgentThatLeavesMidBodyLeavesNoEndUpstream) {
  const std::string whole =
      "PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n";
  const auto body_begins = whole.find("5\r\nhello");
  std::string seen;
  std::binary_semaphore saw{0};
  Scripted aws([&](Peer& peer, int) {
    seen = peer.read_to_end();
    saw.release();
  });
  for (std::size_t cut = body_begins; cut < whole.size(); ++cut) {
    Gateway gateway(aws.port());
    auto client = gateway.served.connect();
    client.send(std::string_view(whole).substr(0, cut));
    client.finish();
    client.read_to_end();
    ASSERT_TRUE(saw.try_acquire_for(std::chrono::seconds(10))) << cut;
    EXPECT_EQ(seen.find("0\r\n\r\n"), std::string::npos) << cut;
    const auto failure = gateway.failure();
    ASSERT_TRUE(failure) << cut;
    EXPECT_EQ(failure->delivery, Delivery::kCutShort);
  }
}

// A reply that breaks off upstream must break off for the agent too.
TEST(Streaming, ACutReplyIsNotAWholeReply) {
  for (const std::string reply :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"}) {
    Scripted aws([&](Peer& peer, int) {
      peer.read_until("0\r\n\r\n");
      peer.send(reply);
    });
    Gateway gateway(aws.port());
    auto client = gateway.served.connect();
    client.send("PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    const auto got = client.read_to_end();
    EXPECT_FALSE(got.ends_with("0\r\n\r\n"));
    EXPECT_TRUE(client.was_reset()) << reply;
  }
}

}  // namespace
}  // namespace strait::net
