// SPDX-License-Identifier: Apache-2.0
#include "net/tunnel.h"

#include <openssl/ssl.h>

#include <map>

#include "crypto/x509.h"
#include "net/connect_head.h"
#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

// "host", or the status that refuses.
std::string connect_to(std::string_view line, std::string_view fields = "") {
  const auto host = parse_connect_head(std::string(line) + "\r\n" + std::string(fields) + "\r\n");
  return host ? *host : std::to_string(host.error().status);
}

TEST(ConnectHead, NamesAHostAtPort443) {
  EXPECT_EQ(connect_to("CONNECT s3.eu-west-1.amazonaws.com:443 HTTP/1.1"),
            "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(connect_to("CONNECT a_b.s3.amazonaws.com:443 HTTP/1.0"), "a_b.s3.amazonaws.com");
}

TEST(ConnectHead, AHostHeaderMustAgree) {
  const auto* line = "CONNECT sts.amazonaws.com:443 HTTP/1.1";
  EXPECT_EQ(connect_to(line, "Host: sts.amazonaws.com:443\r\n"), "sts.amazonaws.com");
  EXPECT_EQ(connect_to(line, "Host: sts.amazonaws.com\r\nProxy-Connection: Keep-Alive\r\n"),
            "sts.amazonaws.com");
  EXPECT_EQ(connect_to(line, "Host: s3.amazonaws.com:443\r\n"), "400");
  EXPECT_EQ(connect_to(line, "Host: sts.amazonaws.com:80\r\n"), "400");
  EXPECT_EQ(connect_to(line, "Host: :443\r\n"), "400");
  EXPECT_EQ(connect_to(line, "Host: sts.amazonaws.com\r\nHost: sts.amazonaws.com\r\n"), "400");
}

TEST(ConnectHead, HasNoBody) {
  const auto* line = "CONNECT sts.amazonaws.com:443 HTTP/1.1";
  EXPECT_EQ(connect_to(line, "Content-Length: 0\r\n"), "sts.amazonaws.com");
  EXPECT_EQ(connect_to(line, "Content-Length: 5\r\n"), "400");
  EXPECT_EQ(connect_to(line, "Transfer-Encoding: chunked\r\n"), "400");
}

TEST(ConnectHead, OtherPortsAreForbidden) {
  for (const auto* port : {"80", "8443", "22", "0", "65535", "00443", "99999"})
    EXPECT_EQ(connect_to("CONNECT s3.amazonaws.com:" + std::string(port) + " HTTP/1.1"), "403")
        << port;
}

TEST(ConnectHead, WhatIsNoHostNameIsRefused) {
  for (const std::string host : {"",
                                 ".",
                                 "s3.amazonaws.com.",
                                 ".s3.amazonaws.com",
                                 "s3..amazonaws.com",
                                 "localhost",
                                 "S3.amazonaws.com",
                                 "s3.AMAZONAWS.COM",
                                 "127.0.0.1",
                                 "[::1]",
                                 "::1",
                                 "0x7f.0.0.1",
                                 "2130706433",
                                 "1.2.3.0x4",
                                 "user@s3.amazonaws.com",
                                 "user:pw@s3.amazonaws.com",
                                 "s3.amazonaws.com/",
                                 "https://s3.amazonaws.com",
                                 "s3%2eamazonaws.com",
                                 "s3.amazonaws.com#",
                                 "s3.amazonaws.com?",
                                 "s3,amazonaws.com",
                                 "s3.amazonaws.c\xc3\xb6m",
                                 "*.amazonaws.com"}) {
    EXPECT_EQ(connect_to("CONNECT " + host + ":443 HTTP/1.1"), "400") << host;
  }
  EXPECT_EQ(
      connect_to("CONNECT " + std::string("s3.amazonaws.com\0.evil.com", 26) + ":443 HTTP/1.1"),
      "400");
  EXPECT_EQ(connect_to("CONNECT " + std::string(64, 'a') + ".amazonaws.com:443 HTTP/1.1"), "400");
  std::string longest;
  while (longest.size() < 250) longest += "abcdefgh.";
  EXPECT_EQ(connect_to("CONNECT " + longest + "amazonaws.com:443 HTTP/1.1"), "400");
}

TEST(ConnectHead, WhatIsNoConnectIsRefused) {
  for (const auto* line :
       {"CONNECT s3.amazonaws.com HTTP/1.1", "CONNECT s3.amazonaws.com: HTTP/1.1",
        "CONNECT s3.amazonaws.com:https HTTP/1.1", "CONNECT s3.amazonaws.com:443  HTTP/1.1",
        "CONNECT  s3.amazonaws.com:443 HTTP/1.1", "CONNECT s3.amazonaws.com:443 x HTTP/1.1",
        "CONNECT s3.amazonaws.com:443", "CONNECT s3.amazonaws.com:443 HTTP/2.0",
        "connect s3.amazonaws.com:443 HTTP/1.1", "GET http://s3.amazonaws.com/ HTTP/1.1",
        "GET https://s3.amazonaws.com/ HTTP/1.1", "GET / HTTP/1.1", "CONNECT :443 HTTP/1.1",
        "CONNECT * HTTP/1.1", "CONNECT / HTTP/1.1", "OPTIONS * HTTP/1.1",
        "CONNECT s3.amazonaws.com:+443 HTTP/1.1", "CONNECT s3.amazonaws.com:443:443 HTTP/1.1"}) {
    EXPECT_EQ(connect_to(line), "400") << line;
  }
}

// Two hosts, each with a leaf under one root.
class TwoHosts final : public TunnelHosts {
 public:
  Result<std::shared_ptr<ServerTls>> show(const std::string& host) override {
    ++asked;
    if (host != "sts.amazonaws.com" && host != "s3.amazonaws.com")
      return fail(ErrorCode::kDenied, "no AWS endpoint");
    const auto now = async::SystemClock().now();
    const auto leaf = *crypto::make_signed({.common_name = "leaf",
                                            .dns_names = {host},
                                            .not_before = now - std::chrono::hours(1),
                                            .not_after = now + std::chrono::hours(1)},
                                           root_);
    return ServerTls::from_pem(leaf.certificate_pem, leaf.key_pem);
  }
  std::atomic<int> asked = 0;

 private:
  crypto::Certificate root_ = [] {
    const auto now = async::SystemClock().now();
    return *crypto::make_self_signed({.common_name = "root",
                                      .not_before = now - std::chrono::hours(1),
                                      .not_after = now + std::chrono::hours(1),
                                      .is_ca = true});
  }();
};

class Proxy : public Served {
 public:
  Proxy()
      : Served([this](Exchange& exchange) { return serve(exchange); },
               options(std::make_shared<TwoHosts>())) {}
  Proxy(std::shared_ptr<TwoHosts> hosts)
      : Served([this](Exchange& exchange) { return serve(exchange); }, options(std::move(hosts))) {}
  static ServerOptions options(std::shared_ptr<TwoHosts> hosts) {
    ServerOptions made;
    made.listen.push_back({.tunnels = std::move(hosts)});
    made.patience.head = milliseconds(300);
    made.patience.linger = milliseconds(200);
    return made;
  }
  Task<void> serve(Exchange& exchange) {
    ++requests;
    const auto& arrival = exchange.request().arrival();
    const auto reply = answer(200, arrival.tunnel + (arrival.tls ? " under TLS" : " in the open"));
    co_await exchange.reply(reply);
  }
  std::atomic<int> requests = 0;
};

std::string connect_line(const std::string& host) {
  return "CONNECT " + host + ":443 HTTP/1.1\r\nHost: " + host + ":443\r\n\r\n";
}

// What an OpenSSL client gets for a GET inside a tunnel to `host` when it asks for `name` in TLS
// ("" for not asking); "no TLS" when the handshake fails.
std::string inside(const Proxy& proxy, const std::string& host, const std::string& name,
                   const std::string& request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n") {
  auto peer = proxy.connect();
  peer.send(connect_line(host));
  const auto said = peer.read_until("\r\n\r\n");
  if (said != "HTTP/1.1 200 Connection established\r\n\r\n") return said;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, peer.socket());
  if (!name.empty()) SSL_set_tlsext_host_name(ssl, name.c_str());
  std::string got = "no TLS";
  if (SSL_connect(ssl) == 1 &&
      SSL_write(ssl, request.data(), static_cast<int>(request.size())) > 0) {
    char bytes[4096];
    const int count = SSL_read(ssl, bytes, sizeof bytes);
    got.assign(bytes, count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  return got;
}

TEST(Tunnel, CarriesRequestsUnderTlsForTheHostOfConnect) {
  const Proxy proxy;
  EXPECT_TRUE(inside(proxy, "sts.amazonaws.com", "sts.amazonaws.com")
                  .ends_with("sts.amazonaws.com under TLS"));
  EXPECT_TRUE(
      inside(proxy, "s3.amazonaws.com", "S3.amazonaws.COM").ends_with("s3.amazonaws.com under TLS"))
      << "TLS names are compared without regard to case";
}

TEST(Tunnel, AnotherNameInTlsThanInConnectIsNoHandshake) {
  const Proxy proxy;
  EXPECT_EQ(inside(proxy, "sts.amazonaws.com", "s3.amazonaws.com"), "no TLS");
  EXPECT_EQ(inside(proxy, "sts.amazonaws.com", "sts.amazonaws.com.evil.example"), "no TLS");
  EXPECT_EQ(inside(proxy, "sts.amazonaws.com", "amazonaws.com"), "no TLS");
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, NoNameInTlsIsNoHandshake) {
  const Proxy proxy;
  EXPECT_EQ(inside(proxy, "sts.amazonaws.com", ""), "no TLS");
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, TakesNoProxyRequestsInside) {
  const Proxy proxy;
  for (const std::string& request :
       {connect_line("s3.amazonaws.com"),
        std::string("GET http://s3.amazonaws.com/ HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n")}) {
    const auto got = inside(proxy, "sts.amazonaws.com", "sts.amazonaws.com", request);
    EXPECT_TRUE(got.starts_with("HTTP/1.1 400 ")) << got;
  }
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, OtherHostsAreToldWhyAndSentAway) {
  const Proxy proxy;
  auto peer = proxy.connect();
  peer.send(connect_line("evil.example"));
  const auto said = peer.read_reply();
  EXPECT_TRUE(said.starts_with("HTTP/1.1 403 ")) << said;
  EXPECT_TRUE(said.ends_with("strait: no AWS endpoint\n")) << said;
  EXPECT_EQ(peer.read_to_end(), "") << "and the connection ends";
}

TEST(Tunnel, WithoutConnectThereIsNothingHere) {
  const auto hosts = std::make_shared<TwoHosts>();
  const Proxy proxy(hosts);
  for (const auto* request :
       {"GET / HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n",
        "GET http://sts.amazonaws.com/ HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n",
        "CONNECT sts.amazonaws.com:443 HTTP/1.1\nHost: sts.amazonaws.com\n\n"}) {
    auto peer = proxy.connect();
    peer.send(request);
    EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 400 ")) << request;
  }
  EXPECT_EQ(hosts->asked, 0);
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, BytesBehindConnectAreNobodysRequest) {
  const auto hosts = std::make_shared<TwoHosts>();
  const Proxy proxy(hosts);
  auto peer = proxy.connect();
  peer.send(connect_line("sts.amazonaws.com") +
            "GET / HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n");
  EXPECT_TRUE(peer.read_to_end().starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(hosts->asked, 0);
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, PlainHttpInsideIsNotAnswered) {
  const Proxy proxy;
  auto peer = proxy.connect();
  peer.send(connect_line("sts.amazonaws.com"));
  peer.read_until("\r\n\r\n");
  peer.send("GET / HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n");
  EXPECT_EQ(peer.read_to_end().find("HTTP/1.1"), std::string::npos);
  EXPECT_EQ(proxy.requests, 0);
}

TEST(Tunnel, ASlowConnectIsCutOff) {
  const Proxy proxy;
  auto slow = proxy.connect();
  slow.send("CONNECT sts.amazonaws.com:443 HTT");
  EXPECT_TRUE(slow.read_to_end().starts_with("HTTP/1.1 408 "));
  auto silent = proxy.connect();
  EXPECT_EQ(silent.read_to_end(), "");
}

TEST(Tunnel, ALongHeadIsCutOff) {
  const Proxy proxy;
  auto peer = proxy.connect();
  peer.send("CONNECT sts.amazonaws.com:443 HTTP/1.1\r\nX: " + std::string(40'000, 'x'));
  EXPECT_TRUE(peer.read_until("\r\n\r\n").starts_with("HTTP/1.1 431 "));
}

TEST(Tunnel, DrainingEndsTunnelsThatHaveNoRequest) {
  Proxy proxy;
  auto waiting = proxy.connect();
  auto open = proxy.connect();
  open.send(connect_line("sts.amazonaws.com"));
  open.read_until("\r\n\r\n");
  proxy.rig.on([&]() -> Task<void> { co_await proxy.server->drain(milliseconds(2000)); });
  EXPECT_EQ(waiting.read_to_end(), "");
  EXPECT_EQ(open.read_to_end(), "");
  EXPECT_EQ(proxy.connections(), 0u);
}

}  // namespace
}  // namespace strait::net
