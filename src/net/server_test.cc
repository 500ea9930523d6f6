// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include <atomic>

#include "async/timers.h"
#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

// Answers with method, target and body of what came.
Task<void> echo(Exchange& exchange) {
  if (auto read = co_await exchange.read_body(1 << 20); !read) {
    const auto no =
        answer(read.error().code == ErrorCode::kLimitExceeded ? 413 : 400, read.error().message);
    co_await exchange.reply(no);
    co_return;
  }
  const auto& request = exchange.request();
  const auto yes =
      answer(200, request.head().method + " " + request.head().target + " " + request.body());
  co_await exchange.reply(yes);
}

std::string post(std::string body, std::string more = "") {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + more +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

bool is(std::string_view reply, int status) {
  return reply.starts_with("HTTP/1.1 " + std::to_string(status) + " ");
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
  Served served(echo);
  auto client = served.connect();
  for (int i = 0; i < 50; ++i) {
    const auto body = std::string(static_cast<std::size_t>(i) * 100, 'x');
    client.send(post(body));
    const auto reply = client.read_reply();
    EXPECT_TRUE(is(reply, 200));
    EXPECT_TRUE(reply.ends_with("POST /p " + body));
    EXPECT_EQ(reply.find("connection: close"), std::string::npos);
  }
  EXPECT_EQ(served.connections(), 1u);
}

TEST(Server, RepliesCarryADateAndNoForeignFraming) {
  Served served([](Exchange& exchange) -> Task<void> {
    journey::Headers headers;
    headers.add("connection", "upgrade");
    headers.add("transfer-encoding", "gzip");
    headers.add("content-length", "999");
    headers.add("x-strait-id", "a\r\nx-evil: 1");
    const auto reply = answer(403, "no", std::move(headers));
    co_await exchange.reply(reply);
  });
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto reply = client.read_reply();
  EXPECT_TRUE(is(reply, 403));
  EXPECT_NE(reply.find("\r\ndate: "), std::string::npos);
  EXPECT_NE(reply.find("\r\ncontent-length: 2\r\n"), std::string::npos);
  EXPECT_EQ(reply.find("999"), std::string::npos);
  EXPECT_EQ(reply.find("gzip"), std::string::npos);
  EXPECT_EQ(reply.find("upgrade"), std::string::npos);
  EXPECT_EQ(reply.find("\r\nx-evil"), std::string::npos);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  std::atomic<int> running = 0, most = 0;
  Served served([&](Exchange& exchange) -> Task<void> {
    most = std::max(most.load(), ++running);
    co_await async::sleep_for(milliseconds(5));
    --running;
    co_await echo(exchange);
  });
  auto client = served.connect();
  std::string burst;
  for (int i = 0; i < 20; ++i)
    burst += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(burst);
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(client.read_reply().ends_with("GET /" + std::to_string(i) + " "));
  EXPECT_EQ(most, 1);
}

TEST(Server, ChunkedBodiesArriveJoined) {
  Served served(echo);
  auto client = served.connect();
  client.send("PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  client.send("lo\r\n6\r\n world\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_reply().ends_with("PUT /c hello world"));
  EXPECT_TRUE(client.read_reply().ends_with("GET /next "));
}

TEST(Server, AHeadMayArriveByteByByte) {
  Served served(echo);
  auto client = served.connect();
  for (const char c : post("abc")) client.send({&c, 1});
  EXPECT_TRUE(client.read_reply().ends_with("POST /p abc"));
}

TEST(Server, SendsContinueOnlyWhenTheBodyIsWanted) {
  Served served([](Exchange& exchange) -> Task<void> {
    if (exchange.request().head().target == "/no") {
      const auto no = answer(403, "denied");
      co_await exchange.reply(no);
      co_return;
    }
    co_await echo(exchange);
  });
  auto client = served.connect();
  client.send("PUT /yes HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc");
  EXPECT_TRUE(client.read_reply().ends_with("PUT /yes abc"));
  client.send("PUT /no HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  const auto reply = client.read_to_end();
  EXPECT_TRUE(is(reply, 403));
  EXPECT_NE(reply.find("connection: close"), std::string::npos);
}

TEST(Server, HoldsAClientWithInterimReplies) {
  Served served([](Exchange& exchange) -> Task<void> {
    EXPECT_TRUE(co_await exchange.read_body(100));
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(co_await exchange.send_continue());
      co_await async::sleep_for(milliseconds(10));
    }
    const auto reply = answer(200, "held");
    EXPECT_TRUE(co_await exchange.reply(reply));
    EXPECT_FALSE(co_await exchange.send_continue()) << "not after the reply";
  });
  auto client = served.connect();
  client.send(post("x"));
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_TRUE(client.read_reply().ends_with("held"));
}

TEST(Server, ALargeUnreadBodyDoesNotCostTheRefusal) {
  Served served([](Exchange& exchange) -> Task<void> {
    const auto no = answer(403, "denied");
    co_await exchange.reply(no);
  });
  auto client = served.connect();
  client.send("PUT /big HTTP/1.1\r\nHost: h\r\nContent-Length: 8000000\r\n\r\n");
  client.send(std::string(8'000'000, 'x'));
  client.finish();
  const auto reply = client.read_to_end();
  EXPECT_TRUE(is(reply, 403)) << reply;
  EXPECT_TRUE(reply.ends_with("denied"));
}

TEST(Server, ABodyOverTheHandlersLimitIsRefused) {
  Served served(echo);
  auto declared = served.connect();
  declared.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_TRUE(is(declared.read_to_end(), 413));
  auto chunked = served.connect();
  chunked.send("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" +
               std::string(0x100001, 'x'));
  EXPECT_TRUE(is(chunked.read_to_end(), 413));
}

// Attack case 1, through the socket: refused with 400, closed, and the smuggled request is never
// looked at.
TEST(Server, SmuggledRequestsNeverReachTheHandler) {
  std::atomic<int> handled = 0;
  std::atomic<int> rejections = 0;
  ServerOptions options;
  options.on_rejection = [&](const Rejection& rejection) {
    ++rejections;
    EXPECT_FALSE(rejection.arrival.id.empty());
  };
  Served served(
      [&](Exchange& exchange) -> Task<void> {
        ++handled;
        co_await echo(exchange);
      },
      std::move(options));
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const char* const heads[] = {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                               "Transfer-Encoding: xchunked\r\n",
                               "Transfer-Encoding:\tchunked\r\n",
                               "Transfer-Encoding : chunked\r\n",
                               "Content-Length: 5\r\nContent-Length: 6\r\n",
                               "Content-Length:\r\n",
                               "Content-Length: +5\r\n",
                               "Content-Length: 0x5\r\n",
                               "Content-Length: 1_0\r\n",
                               "Content-Length: 9223372036854775808\r\n",
                               "X: a\r\n Transfer-Encoding: chunked\r\n",
                               "X: a\n",
                               "X: \0\r\n"};
  for (const char* lines : heads) {
    auto client = served.connect();
    client.send(std::string("POST / HTTP/1.1\r\nHost: h\r\n") + lines + "\r\n0\r\n\r\n" + smuggled);
    client.finish();
    const auto reply = client.read_to_end();
    EXPECT_TRUE(is(reply, 400) || is(reply, 501))
        << quoted(std::string_view(lines)) << " got " << quoted(reply);
    EXPECT_EQ(reply.find("smuggled"), std::string::npos) << lines;
    EXPECT_EQ(reply.find("HTTP/1.1", 1), std::string::npos) << "one answer only";
  }
  EXPECT_EQ(handled, 0);
  EXPECT_EQ(rejections, static_cast<int>(std::size(heads)));
}

TEST(Server, ABrokenChunkedBodyEndsTheConnection) {
  std::atomic<int> smuggled = 0;
  Served served([&](Exchange& exchange) -> Task<void> {
    if (exchange.request().head().target == "/smuggled") ++smuggled;
    co_await echo(exchange);
  });
  for (const char* body :
       {"0_2e\r\n", "5;ext=1\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
        "0\r\nX-Amz-Acl: public-read\r\n\r\n", "fffffffffffffffff\r\n"}) {
    auto client = served.connect();
    client.send(std::string("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n") +
                body + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    client.finish();
    const auto reply = client.read_to_end();
    EXPECT_TRUE(is(reply, 400)) << body << quoted(reply);
    EXPECT_EQ(reply.find("HTTP/1.1", 1), std::string::npos);
  }
  EXPECT_EQ(smuggled, 0);
}

TEST(Server, OtherTargetFormsAndVersionsAreRefused) {
  Served served(echo);
  for (const auto& [line, status] :
       std::vector<std::pair<std::string, int>>{{"CONNECT s3.amazonaws.com:443 HTTP/1.1", 400},
                                                {"GET http://s3.amazonaws.com/ HTTP/1.1", 400},
                                                {"OPTIONS * HTTP/1.1", 400},
                                                {"GET / HTTP/1.0", 505},
                                                {"GET /", 400},
                                                {"PRI * HTTP/2.0", 505}}) {
    auto client = served.connect();
    client.send(line + "\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(is(client.read_to_end(), status)) << line;
  }
}

TEST(Server, StreamsBodiesBothWays) {
  Served served([](Exchange& exchange) -> Task<void> {
    std::string body;
    while (true) {
      auto piece = co_await exchange.read_some();
      if (!piece || piece->empty()) break;
      body += *piece;
    }
    const auto head = mask::Masker::masked({200, {}});
    EXPECT_TRUE(co_await exchange.start_reply(head));
    EXPECT_TRUE(co_await exchange.send(body));
    const auto last = answer(200, "END");
    EXPECT_TRUE(co_await exchange.finish(last));
  });
  auto client = served.connect();
  client.send(
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  auto reply = client.read_until("0\r\n\r\n");
  EXPECT_NE(reply.find("transfer-encoding: chunked"), std::string::npos);
  EXPECT_TRUE(reply.ends_with("\r\n\r\n3\r\nabc\r\n3\r\nEND\r\n0\r\n\r\n")) << reply;
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(client.read_until("0\r\n\r\n").ends_with("3\r\nEND\r\n0\r\n\r\n"));
}

TEST(Server, AReplyMayBeginBeforeTheRequestEnds) {
  Served served([](Exchange& exchange) -> Task<void> {
    const auto head = mask::Masker::masked({200, {}});
    EXPECT_TRUE(co_await exchange.start_reply(head));
    while (true) {
      auto piece = co_await exchange.read_some();
      if (!piece || piece->empty()) break;
      EXPECT_TRUE(co_await exchange.send(*piece));
    }
    const auto last = answer(200, "");
    EXPECT_TRUE(co_await exchange.finish(last));
  });
  auto client = served.connect();
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
  EXPECT_NE(client.read_until("3\r\nabc\r\n").find("connection: close"), std::string::npos);
  client.send("def");
  EXPECT_EQ(client.read_to_end(), "3\r\ndef\r\n0\r\n\r\n");
}

TEST(Server, ADeclaredLengthIsKeptToTheByte) {
  Served served([](Exchange& exchange) -> Task<void> {
    journey::Headers headers;
    headers.add("content-length", "6");
    const auto head = mask::Masker::masked({200, std::move(headers)});
    EXPECT_TRUE(co_await exchange.start_reply(head));
    EXPECT_TRUE(co_await exchange.send("abc"));
    const auto last = answer(200, exchange.request().head().target.substr(1));
    const auto finished = co_await exchange.finish(last);
    EXPECT_EQ(finished.has_value(), last.body().size() == 3);
  });
  auto client = served.connect();
  client.send("GET /def HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.read_reply().ends_with("\r\n\r\nabcdef"));
  for (const char* target : {"/de", "/defg"}) {
    auto other = served.connect();
    other.send(std::string("GET ") + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(other.read_to_end().ends_with("abc")) << "never a body of another length";
  }
}

TEST(Server, HeadAndBodilessRepliesHaveNoBody) {
  Served served([](Exchange& exchange) -> Task<void> {
    const auto& target = exchange.request().head().target;
    journey::Headers headers;
    if (target == "/object") headers.add("content-length", "12345");
    const auto reply = answer(target == "/none" ? 204 : 200, "body", std::move(headers));
    co_await exchange.reply(reply);
  });
  auto client = served.connect();
  client.send("HEAD /object HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("content-length: 12345"), std::string::npos);
  client.send("HEAD /plain HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(is(client.read_until("\r\n\r\n"), 200));
  client.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n").find("content-length"), std::string::npos);
  EXPECT_TRUE(client.silent());
}

TEST(Server, AHandlerThatLeavesWithoutAReplyResetsTheConnection) {
  Served served([](Exchange& exchange) -> Task<void> {
    if (exchange.request().head().target == "/throw") throw std::runtime_error("broken");
    if (exchange.request().head().target == "/half") {
      const auto head = mask::Masker::masked({200, {}});
      co_await exchange.start_reply(head);
      co_await exchange.send("half");
    }
  });
  for (const char* target : {"/nothing", "/throw", "/half"}) {
    auto client = served.connect();
    client.send(std::string("GET ") + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.read_to_end().find("0\r\n\r\n"), std::string::npos);
    EXPECT_TRUE(client.was_reset()) << target;
  }
}

ServerOptions impatient() {
  ServerOptions options;
  options.patience = {milliseconds(500), milliseconds(500), milliseconds(500), milliseconds(500)};
  return options;
}

// Fault 20: a client that drips cannot hold a connection open.
TEST(Server, SlowClientsAreCutOff) {
  Served served(echo, impatient());
  const auto drip = [&](std::string_view start) {
    auto client = served.connect();
    client.send(start);
    for (int i = 0; i < 40 && client.silent(100); ++i) client.send("x");
    return client.read_to_end();
  };
  EXPECT_TRUE(is(drip("GET / HTTP/1.1\r\nHost: h\r\nX: "), 408));
  EXPECT_TRUE(is(drip("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n"), 413));
  auto idle = served.connect();
  EXPECT_EQ(idle.read_to_end(), "") << "closed in silence";
}

TEST(Server, AClientThatReadsNothingIsCutOff) {
  std::promise<bool> result;
  Served served(
      [&](Exchange& exchange) -> Task<void> {
        const auto head = mask::Masker::masked({200, {}});
        co_await exchange.start_reply(head);
        const std::string piece(1 << 20, 'x');
        for (int i = 0; i < 100; ++i) {
          if (!co_await exchange.send(piece)) {
            result.set_value(true);
            co_return;
          }
        }
        result.set_value(false);
      },
      impatient());
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(result.get_future().get());
}

TEST(Server, NoticesAClientThatLeaves) {
  std::promise<bool> before, after;
  Served served([&](Exchange& exchange) -> Task<void> {
    co_await exchange.read_body(10);
    before.set_value(exchange.client_gone());
    for (int i = 0; i < 200 && !exchange.client_gone(); ++i)
      co_await async::sleep_for(milliseconds(10));
    after.set_value(exchange.client_gone());
  });
  auto client = served.connect();
  client.send(post("x"));
  EXPECT_FALSE(before.get_future().get());
  client.close();
  EXPECT_TRUE(after.get_future().get());
}

TEST(Server, AClientThatAbortsInTheBodyFailsTheRead) {
  std::promise<ErrorCode> code;
  Served served([&](Exchange& exchange) -> Task<void> {
    auto read = co_await exchange.read_body(1000);
    code.set_value(read ? ErrorCode::kInternal : read.error().code);
  });
  auto client = served.connect();
  client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
  client.reset();
  EXPECT_EQ(code.get_future().get(), ErrorCode::kIo);
}

TEST(Server, DrainLetsRequestsFinishAndClosesTheRest) {
  std::promise<void> began;
  Served served([&](Exchange& exchange) -> Task<void> {
    if (exchange.request().head().target == "/slow") {
      began.set_value();
      co_await async::sleep_for(milliseconds(300));
    }
    co_await echo(exchange);
  });
  auto idle = served.connect();
  idle.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.read_reply();
  auto busy = served.connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  began.get_future().get();
  const auto port = served.server->ports()[0];
  served.rig.on(served.server->drain(milliseconds(5000)));
  EXPECT_EQ(served.connections(), 0u);
  EXPECT_EQ(idle.read_to_end(), "");
  const auto reply = busy.read_to_end();
  EXPECT_TRUE(reply.ends_with("GET /slow "));
  EXPECT_NE(reply.find("connection: close"), std::string::npos);
  const int late = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in end{};
  end.sin_family = AF_INET;
  end.sin_port = htons(port);
  end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(late, reinterpret_cast<sockaddr*>(&end), sizeof end), 0)
      << "nobody accepts any more";
  ::close(late);
}

TEST(Server, DrainResetsWhatOutlastsItsDeadline) {
  std::promise<void> began;
  Served served([&](Exchange& exchange) -> Task<void> {
    const auto head = mask::Masker::masked({200, {}});
    co_await exchange.start_reply(head);
    began.set_value();
    while (co_await exchange.send("x")) co_await async::sleep_for(milliseconds(10));
  });
  auto client = served.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  began.get_future().get();
  served.rig.on(served.server->drain(milliseconds(200)));
  EXPECT_EQ(served.connections(), 0u);
  EXPECT_EQ(client.read_to_end().find("\r\n0\r\n"), std::string::npos);
}

TEST(Server, ATakenPortIsReported) {
  Served served(echo);
  ServerOptions options;
  options.listen.push_back(
      {.address = "127.0.0.1", .port = served.server->ports()[0], .tls = nullptr, .shared = false});
  async::Loop loop;
  async::SystemClock clock;
  const auto second = Server::create(loop, clock, options, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kInvalidConfiguration);
  options.listen[0].shared = true;
  EXPECT_TRUE(Server::create(loop, clock, options, echo)) << "another loop of ours may share it";
}

TEST(Server, StaysWithinItsConnectionLimit) {
  ServerOptions options;
  options.connections_max = 2;
  Served served(echo, std::move(options));
  auto one = served.connect();
  auto two = served.connect();
  one.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  two.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(is(one.read_reply(), 200));
  EXPECT_TRUE(is(two.read_reply(), 200));
  auto three = served.connect();
  three.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(three.silent(400));
  one.close();
  EXPECT_TRUE(is(three.read_reply(), 200)) << "served as soon as there is room";
}

}  // namespace
}  // namespace strait::net
