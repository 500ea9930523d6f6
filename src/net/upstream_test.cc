// SPDX-License-Identifier: Apache-2.0
#include "net/upstream.h"

#include <atomic>

#include "async/timers.h"
#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A body of given pieces, then an end or an error.
class Pieces final : public BodySource {
 public:
  explicit Pieces(std::vector<std::string> pieces, std::optional<Error> error = {})
      : pieces_(std::move(pieces)), error_(std::move(error)) {}
  Task<Result<std::string_view>> next() override {
    if (at_ < pieces_.size()) co_return pieces_[at_++];
    if (error_) co_return std::unexpected(*error_);
    co_return std::string_view();
  }

 private:
  std::vector<std::string> pieces_;
  std::optional<Error> error_;
  std::size_t at_ = 0;
};

// What became of a call, in words that a test can compare.
struct Outcome {
  int status = 0;
  std::string body;
  std::optional<UpstreamFailure> failure;
  std::optional<ErrorCode> broken;  // after the head
};

// An Upstream on a rig, aimed at a port of this machine.
class Caller {
 public:
  explicit Caller(UpstreamOptions options = {}) {
    rig.on([&]() -> Task<void> {
      upstream = std::make_unique<Upstream>(rig.loop, std::move(options));
      co_return;
    });
  }
  ~Caller() {
    rig.on([&]() -> Task<void> {
      upstream = nullptr;
      co_return;
    });
  }
  Outcome call(std::uint16_t port, const journey::OutgoingRequest& request,
               BodySource* body = nullptr) {
    return rig.on([&]() -> Task<Outcome> {
      const Address address{.tls = false, .host = "127.0.0.1", .port = port};
      const auto receipt = store::Recorder::intended();
      auto exchange = co_await upstream->forward(receipt, request, address, body);
      Outcome out;
      if (!exchange) {
        out.failure = std::move(exchange).error();
        co_return out;
      }
      out.status = exchange->head().status;
      auto reply = co_await exchange->buffered();
      if (reply) {
        out.body = reply->body();
      } else {
        out.broken = reply.error().code;
      }
      co_return out;
    });
  }
  std::size_t idle() {
    return rig.on([&]() -> Task<std::size_t> { co_return upstream->idle_connections(); });
  }

  Rig rig;
  std::unique_ptr<Upstream> upstream;
};

TEST(Upstream, SendsWhatItWasGivenAndReadsTheReply) {
  std::string seen;
  Scripted aws([&](Peer& peer, int) {
    seen = peer.read_until("body");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
  });
  Caller caller;
  const auto out = caller.call(aws.port(), outgoing("POST", "/a%20b?c", "body",
                                                    {{"x-amz-date", "now"}, {"connection", "x"}}));
  EXPECT_EQ(out.status, 200);
  EXPECT_EQ(out.body, "ok");
  EXPECT_EQ(seen,
            "POST /a%20b?c HTTP/1.1\r\nhost: aws.test\r\nx-amz-date: now\r\ncontent-length: "
            "4\r\n\r\nbody");
}

TEST(Upstream, ReusesAConnectionThatIsWholeOnBothSides) {
  std::atomic<int> connections = 0;
  Scripted aws([&](Peer& peer, int) {
    ++connections;
    while (!peer.read_until("\r\n\r\n").empty()) peer.send(kOk);
  });
  Caller caller;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(caller.call(aws.port(), outgoing("GET", "/")).body, "ok");
  EXPECT_EQ(connections, 1);
  EXPECT_EQ(caller.idle(), 1u);
}

TEST(Upstream, DoesNotReuseWhatIsNotWhole) {
  for (const std::string reply : {
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",  // more than was
                                                                                 // asked for
           "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",  // cut short
       }) {
    Scripted aws([&](Peer& peer, int) {
      peer.read_until("\r\n\r\n");
      peer.send(reply);
    });
    Caller caller;
    caller.call(aws.port(), outgoing("GET", "/"));
    EXPECT_EQ(caller.idle(), 0u) << reply;
  }
}

TEST(Upstream, ADeadPooledConnectionIsNoticedBeforeItIsUsed) {
  std::atomic<int> requests = 0;
  Scripted aws([&](Peer& peer, int) {
    if (peer.read_until("\r\n\r\n").empty()) return;
    ++requests;
    peer.send(kOk);  // and the connection closes at once
  });
  Caller caller;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(caller.call(aws.port(), outgoing("POST", "/", "x")).body, "ok");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(requests, 5) << "each delivered once";
}

TEST(Upstream, SaysWhetherTheRequestMayHaveBeenDelivered) {
  Caller caller;
  const auto nobody = caller.call(1, outgoing("GET", "/"));
  ASSERT_TRUE(nobody.failure);
  EXPECT_EQ(nobody.failure->error.code, ErrorCode::kUpstreamUnreachable);
  EXPECT_EQ(nobody.failure->delivery, Delivery::kNothingSent);

  Scripted silent([](Peer& peer, int) { peer.read_until("\r\n\r\n"); });
  const auto cut = caller.call(silent.port(), outgoing("POST", "/", "x"));
  ASSERT_TRUE(cut.failure);
  EXPECT_EQ(cut.failure->error.code, ErrorCode::kUpstreamInvalid);
  EXPECT_EQ(cut.failure->delivery, Delivery::kPossiblyDelivered);
}

TEST(Upstream, NeverRetries) {
  std::atomic<int> requests = 0;
  Scripted aws([&](Peer& peer, int) {
    if (!peer.read_until("\r\n\r\n").empty()) ++requests;
    peer.reset();
  });
  Caller caller;
  EXPECT_TRUE(caller.call(aws.port(), outgoing("GET", "/")).failure);
  EXPECT_EQ(requests, 1);
}

TEST(Upstream, WaitsNoLongerThanItsDeadlines) {
  Scripted aws([](Peer& peer, int number) {
    peer.read_until("\r\n\r\n");
    if (number == 1) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    for (int i = 0; number == 2 && i < 30 && peer.send("H"); ++i)
      std::this_thread::sleep_for(milliseconds(100));
    if (number < 2) peer.read_to_end();
  });
  UpstreamOptions options;
  options.first_byte_deadline = options.stall_deadline = milliseconds(500);
  Caller caller(std::move(options));
  EXPECT_EQ(caller.call(aws.port(), outgoing("GET", "/")).failure->error.code,
            ErrorCode::kUpstreamTimeout);
  EXPECT_EQ(caller.call(aws.port(), outgoing("GET", "/")).broken, ErrorCode::kUpstreamTimeout);
  EXPECT_TRUE(caller.call(aws.port(), outgoing("GET", "/")).failure) << "a trickling head";
}

// Fault 10: 1 byte at a time is slower than the least progress that a reply of known length must
// make.
TEST(Upstream, ATricklingBodyIsCutOff) {
  Scripted aws([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 100 && peer.send("x"); ++i) std::this_thread::sleep_for(milliseconds(50));
  });
  UpstreamOptions options;
  options.stall_deadline = milliseconds(500);
  Caller caller(std::move(options));
  EXPECT_EQ(caller.call(aws.port(), outgoing("GET", "/")).broken, ErrorCode::kUpstreamTimeout);
}

TEST(Upstream, InterimRepliesAreSkippedUpToALimit) {
  Scripted aws([](Peer& peer, int number) {
    peer.read_until("\r\n\r\n");
    for (int i = 0; i < (number == 0 ? 8 : 9); ++i) peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    peer.send(kOk);
    peer.read_to_end();
  });
  Caller caller;
  EXPECT_EQ(caller.call(aws.port(), outgoing("GET", "/")).body, "ok");
  Scripted flood([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    for (int i = 0; i < 9; ++i) peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
    peer.send(kOk);
  });
  EXPECT_EQ(caller.call(flood.port(), outgoing("GET", "/")).failure->error.code,
            ErrorCode::kUpstreamInvalid);
}

TEST(Upstream, StreamsABodyOfUnknownAndOfDeclaredLength) {
  std::string seen;
  Scripted aws([&](Peer& peer, int number) {
    seen = peer.read_until(number == 0 ? "0\r\n\r\n" : "defg");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  Caller caller;
  Pieces chunked({"abc", "defg"});
  EXPECT_EQ(caller.call(aws.port(), outgoing("PUT", "/k"), &chunked).body, "ok");
  EXPECT_TRUE(
      seen.ends_with("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"))
      << seen;
  Pieces sized({"abc", "defg"});
  EXPECT_EQ(
      caller.call(aws.port(), outgoing("PUT", "/k", "", {{"content-length", "7"}}), &sized).body,
      "ok");
  EXPECT_TRUE(seen.ends_with("content-length: 7\r\n\r\nabcdefg")) << seen;
}

// Attack case 7: a late failure aborts before the end of the body, so that S3 discards the object.
TEST(Upstream, AFailingBodyNeverReachesItsEnd) {
  std::string seen;
  Scripted aws([&](Peer& peer, int) { seen += peer.read_to_end(); });
  Caller caller;
  Pieces bad({"abc"}, error(ErrorCode::kInvalidSignature, "the chunk signature does not match"));
  const auto out = caller.call(aws.port(), outgoing("PUT", "/k"), &bad);
  ASSERT_TRUE(out.failure);
  EXPECT_EQ(out.failure->error.code, ErrorCode::kInvalidSignature);
  EXPECT_EQ(out.failure->delivery, Delivery::kCutShort);
  Pieces longer({"abcd"});
  EXPECT_EQ(caller.call(aws.port(), outgoing("PUT", "/k", "", {{"content-length", "3"}}), &longer)
                .failure->delivery,
            Delivery::kCutShort);
  Pieces shorter({"ab"});
  EXPECT_TRUE(
      caller.call(aws.port(), outgoing("PUT", "/k", "", {{"content-length", "3"}}), &shorter)
          .failure);
  aws.stop();
  EXPECT_EQ(seen.find("0\r\n\r\n"), std::string::npos) << seen;
}

// A body without end, until the reader has seen enough.
class Endless final : public BodySource {
 public:
  Task<Result<std::string_view>> next() override {
    ++pieces;
    co_return piece_;
  }
  std::atomic<int> pieces = 0;

 private:
  std::string piece_ = std::string(100'000, 'x');
};

// Attack case 8.
TEST(Upstream, AnEarlyReplyEndsTheUpload) {
  Scripted aws([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    peer.read(200'000);
    peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    // And it reads no further: the upload would hang here.
    std::this_thread::sleep_for(milliseconds(1500));
  });
  Caller caller;
  Endless body;
  const auto out = caller.call(aws.port(), outgoing("PUT", "/k"), &body);
  EXPECT_EQ(out.status, 403);
  EXPECT_EQ(out.body, "no");
  EXPECT_EQ(caller.idle(), 0u) << "half a request is on that connection";
}

TEST(Upstream, ALargeUploadAsksFirst) {
  std::string head, rest;
  Scripted aws([&](Peer& peer, int number) {
    const auto asked = peer.read_until("\r\n\r\n");
    if (number == 0) {
      head = asked;
      peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      rest = peer.read_to_end();
      return;
    }
    if (number == 1) peer.send("HTTP/1.1 100 Continue\r\n\r\n");  // number 2 says nothing
    peer.swallow(2'000'000);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  Caller caller;
  const auto put = [&] {
    Pieces body({std::string(1'000'000, 'a'), std::string(1'000'000, 'b')});
    return caller.call(aws.port(), outgoing("PUT", "/k", "", {{"content-length", "2000000"}}),
                       &body);
  };
  EXPECT_EQ(put().status, 403);
  EXPECT_EQ(put().body, "ok");
  EXPECT_EQ(put().body, "ok");
  aws.stop();
  EXPECT_NE(head.find("expect: 100-continue\r\n"), std::string::npos);
  EXPECT_EQ(rest, "") << "a refusal costs no byte of the body";
}

TEST(Upstream, AReplyFollowedByAResetIsStillRead) {
  Scripted aws([](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n");
    peer.finish();
    peer.swallow(1'000'000);
  });
  Caller caller;
  Endless body;
  EXPECT_EQ(caller.call(aws.port(), outgoing("PUT", "/k"), &body).status, 307)
      << "no redirect is followed";
}

TEST(Upstream, ALargeBufferedBodyGoesOutWhole) {
  std::size_t got = 0;
  Scripted aws([&](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    got = peer.swallow(3'000'000);
    peer.send(kOk);
  });
  Caller caller;
  EXPECT_EQ(caller.call(aws.port(), outgoing("PUT", "/", std::string(3'000'000, 'x'))).body, "ok");
  EXPECT_EQ(got, 3'000'000u);
}

TEST(Upstream, MisuseIsRefusedBeforeAnythingIsSent) {
  Caller caller;
  const auto wrong_length = caller.call(1, outgoing("PUT", "/", "abc", {{"content-length", "2"}}));
  EXPECT_EQ(wrong_length.failure->error.code, ErrorCode::kInternal);
  const auto two_hosts = caller.call(1, outgoing("PUT", "/", "abc", {{"host", "other"}}));
  EXPECT_EQ(two_hosts.failure->error.code, ErrorCode::kInternal);
}

TEST(Upstream, AnUnknownNameIsUnreachable) {
  Caller caller;
  const auto delivery = caller.rig.on([&]() -> Task<Delivery> {
    const auto receipt = store::Recorder::intended();
    const auto request = outgoing("GET", "/");
    const Address address{.tls = false, .host = "no-such-name.invalid", .port = 80};
    auto exchange = co_await caller.upstream->forward(receipt, request, address);
    EXPECT_FALSE(exchange);
    co_return exchange ? Delivery::kPossiblyDelivered : exchange.error().delivery;
  });
  EXPECT_EQ(delivery, Delivery::kNothingSent);
}

}  // namespace
}  // namespace strait::net
