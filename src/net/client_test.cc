// SPDX-License-Identifier: Apache-2.0
#include "net/client.h"

#include <sys/stat.h>
#include <sys/un.h>

#include "net/plain_server.h"
#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

Result<ClientReply> get(Rig& rig, std::uint16_t port,
                        std::chrono::milliseconds deadline = milliseconds(5000),
                        std::size_t bytes_max = 1000) {
  return rig.on([&]() -> Task<Result<ClientReply>> {
    ClientRequest request;
    request.url = *parse_url("http://127.0.0.1:" + std::to_string(port) + "/keys?x=1");
    request.deadline = deadline;
    request.reply_bytes_max = bytes_max;
    co_return co_await fetch(rig.loop, std::move(request));
  });
}

TEST(Client, Fetches) {
  std::string seen;
  Scripted server([&](Peer& peer, int) {
    seen = peer.read_until("\r\n\r\n");
    peer.send(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
        "chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
  });
  Rig rig;
  const auto reply = get(rig, server.port());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "{}");
  EXPECT_EQ(reply->headers.one("content-type"), "application/json");
  EXPECT_TRUE(seen.starts_with(
      "GET /keys?x=1 HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
}

TEST(Client, ReadsUntilCloseAndFollowsNoRedirect) {
  Scripted server([&](Peer& peer, int) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\nelsewhere");
  });
  Rig rig;
  const auto reply = get(rig, server.port());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 302);
  EXPECT_EQ(reply->body, "elsewhere");
}

TEST(Client, LimitsAndDeadlinesHold) {
  Scripted server([&](Peer& peer, int number) {
    peer.read_until("\r\n\r\n");
    if (number == 0)
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
    if (number == 1) {
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      for (int i = 0; i < 60 && peer.send("x"); ++i) std::this_thread::sleep_for(milliseconds(50));
    }
  });
  Rig rig;
  EXPECT_EQ(get(rig, server.port()).error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(get(rig, server.port(), milliseconds(500)).error().code, ErrorCode::kUpstreamTimeout);
  EXPECT_EQ(get(rig, 1).error().code, ErrorCode::kUpstreamUnreachable);
}

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://issuer.example:8443/a/b?c=d");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "issuer.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(url->authority(), "issuer.example:8443");
  EXPECT_EQ(parse_url("http://h")->authority(), "h");
  EXPECT_EQ(parse_url("http://h?x")->target, "/?x");
  EXPECT_EQ(parse_url("http://[::1]:80/")->host, "::1");
  EXPECT_EQ(parse_url("https://[::1]/")->authority(), "[::1]");
}

TEST(Url, AnythingUnclearIsRefused) {
  for (const char* text :
       {"", "h", "ftp://h/", "https://", "https:///a", "https://user@h/", "https://user:pw@h/",
        "https://h:0/", "https://h:65536/", "https://h:8x/", "https://h:/", "https://h/#frag",
        "https://h/a b", "https://h\\@evil/", "https://h\r\nx: y/", "https://[::1/",
        "https://[::1]x/", "https://h/\xc3\xa9", "https://h:123456/"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

class Plain {
 public:
  Plain(PlainOptions options, PlainHandler handler) {
    auto made = PlainServer::create(rig.loop, rig.clock, std::move(options), std::move(handler));
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    server = *std::move(made);
    boost::asio::post(rig.loop, [this] { server->start(); });
  }
  ~Plain() { rig.stop(); }
  Rig rig;
  std::unique_ptr<PlainServer> server;
};

TEST(PlainServer, AnswersOverTcp) {
  PlainOptions options;
  options.address = "127.0.0.1";
  options.body_bytes_max = 10;
  Plain plain(std::move(options),
              [](PlainRequest request, PeerCredentials peer) -> Task<PlainReply> {
                EXPECT_TRUE(peer.address.starts_with("127.0.0.1:"));
                EXPECT_FALSE(peer.uid);
                PlainReply reply;
                reply.status = 201;
                reply.headers.add("content-type", "text/plain");
                reply.body = request.head.method + request.head.target + request.body;
                co_return reply;
              });
  auto client = Peer::connect(plain.server->port());
  for (int i = 0; i < 3; ++i) {
    client.send("POST /v1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_TRUE(client.read_reply().ends_with("POST/v1hi"));
  }
  client.send("POST /v1 HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
  EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 413 "));
}

TEST(PlainServer, OnAUnixSocketTheKernelSaysWhoAsks) {
  const auto path = "/tmp/strait-net-test-" + std::to_string(::getpid()) + ".sock";
  PlainOptions options;
  options.unix_path = path;
  const auto whoami = [](PlainRequest, PeerCredentials peer) -> Task<PlainReply> {
    PlainReply reply;
    reply.body = peer.address + " " + std::to_string(peer.uid.value_or(99999)) + " " +
                 std::to_string(peer.pid.value_or(0));
    co_return reply;
  };
  const auto ask = [&] {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un end{};
    end.sun_family = AF_UNIX;
    path.copy(end.sun_path, sizeof end.sun_path - 1);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&end), sizeof end), 0);
    Peer client(socket);
    client.send("GET / HTTP/1.1\r\nHost: strait\r\n\r\n");
    return client.read_reply();
  };
  const auto expected = "unix " + std::to_string(::getuid()) + " " + std::to_string(::getpid());
  {
    Plain plain(options, whoami);
    struct stat file{};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600u);
    EXPECT_TRUE(ask().ends_with(expected));
    async::Loop loop;
    EXPECT_FALSE(PlainServer::create(loop, plain.rig.clock, options, whoami))
        << "somebody listens there";
  }
  Plain again(options, whoami);  // the file is still there, its process is not
  EXPECT_TRUE(ask().ends_with(expected));
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace strait::net
