// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <openssl/ssl.h>

#include "crypto/x509.h"
#include "net/client.h"
#include "net/rig_test.h"

namespace strait::net {
namespace {

using async::Task;
using std::chrono::milliseconds;

crypto::CertificateSpec spec(std::vector<std::string> names, bool ca = false) {
  const auto now = async::SystemClock().now();
  return {.common_name = "strait test",
          .dns_names = std::move(names),
          .not_before = now - std::chrono::hours(1),
          .not_after = now + std::chrono::hours(1),
          .is_ca = ca};
}

// A root, and leaves under it.
struct Authority {
  crypto::Certificate root = *crypto::make_self_signed(spec({}, true));
  crypto::Certificate leaf(std::vector<std::string> names) const {
    return *crypto::make_signed(spec(std::move(names)), root);
  }
  std::shared_ptr<ClientTls> trust() const { return *ClientTls::from_ca_pem(root.certificate_pem); }
};

std::shared_ptr<ServerTls> show(const crypto::Certificate& leaf) {
  return *ServerTls::from_pem(leaf.certificate_pem, leaf.key_pem);
}

Task<void> echo(Exchange& exchange) {
  if (!co_await exchange.read_body(8 << 20)) co_return;
  const auto reply =
      answer(200, exchange.request().arrival().tls ? exchange.request().body() : "plain");
  co_await exchange.reply(reply);
}

class SecureServer : public Served {
 public:
  explicit SecureServer(std::shared_ptr<ServerTls> tls, Handler handler = echo)
      : Served(std::move(handler), options(std::move(tls))) {}
  static ServerOptions options(std::shared_ptr<ServerTls> tls) {
    ServerOptions made;
    made.listen.push_back(
        {.address = "127.0.0.1", .port = 0, .tls = std::move(tls), .shared = false});
    made.patience.head = milliseconds(2000);
    return made;
  }
};

Result<ClientReply> ask(SecureServer& server, std::shared_ptr<ClientTls> tls,
                        const std::string& host = "localhost", std::string body = "hello") {
  return server.rig.on([&]() -> Task<Result<ClientReply>> {
    ClientRequest request;
    request.method = "POST";
    request.url = {.tls = true, .host = host, .port = server.server->ports()[0], .target = "/"};
    request.body = body;
    request.tls = tls;
    request.reply_bytes_max = 8 << 20;
    co_return co_await fetch(server.rig.loop, std::move(request));
  });
}

TEST(Tls, ServerAndClientUnderstandEachOther) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"localhost"})));
  const auto reply = ask(server, authority.trust());
  ASSERT_TRUE(reply) << reply.error().message << " " << reply.error().detail;
  EXPECT_EQ(reply->body, "hello");
}

TEST(Tls, LargeBodiesPassBothWays) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"localhost"})));
  std::string body(5'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 97) body[i] = static_cast<char>(i);
  const auto reply = ask(server, authority.trust(), "localhost", body);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->body == body);
}

TEST(Tls, AnotherNameIsRefused) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"s3.amazonaws.com", "*.local.test"})));
  const auto reply = ask(server, authority.trust());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kUpstreamUnreachable);
  EXPECT_NE(reply.error().detail.find("certificate"), std::string::npos) << reply.error().detail;
  EXPECT_FALSE(ask(server, authority.trust(), "127.0.0.1"))
      << "nor an address that it does not carry";
}

TEST(Tls, AnUntrustedRootIsRefused) {
  const Authority authority, other;
  SecureServer server(show(authority.leaf({"localhost"})));
  EXPECT_FALSE(ask(server, other.trust()));
  EXPECT_FALSE(ask(server, *ClientTls::system()));
}

TEST(Tls, AnExpiredCertificateIsRefused) {
  const Authority authority;
  auto old = spec({"localhost"});
  old.not_before -= std::chrono::hours(48);
  old.not_after -= std::chrono::hours(48);
  const auto leaf = crypto::make_signed(old, authority.root);
  ASSERT_TRUE(leaf);
  SecureServer server(show(*leaf));
  EXPECT_FALSE(ask(server, authority.trust()));
}

TEST(Tls, ACertificateForAnAddressServesThatAddress) {
  const Authority authority;
  auto by_address = spec({});
  by_address.ip_addresses = {"127.0.0.1"};
  const auto leaf = crypto::make_signed(by_address, authority.root);
  ASSERT_TRUE(leaf);
  SecureServer server(show(*leaf));
  EXPECT_TRUE(ask(server, authority.trust(), "127.0.0.1"));
}

TEST(Tls, AReloadedCertificateIsShownToNewConnections) {
  const Authority first, second;
  const auto tls = show(first.leaf({"localhost"}));
  SecureServer server(tls);
  EXPECT_TRUE(ask(server, first.trust()));
  const auto leaf = second.leaf({"localhost"});
  EXPECT_FALSE(tls->reload_pem(leaf.certificate_pem, second.leaf({"localhost"}).key_pem))
      << "another's key";
  EXPECT_TRUE(ask(server, first.trust())) << "a failed reload changes nothing";
  ASSERT_TRUE(tls->reload_pem(leaf.certificate_pem, leaf.key_pem));
  EXPECT_FALSE(ask(server, first.trust()));
  EXPECT_TRUE(ask(server, second.trust()));
}

TEST(Tls, UnusableFilesAreNamed) {
  const auto missing = ServerTls::from_files("/no/such/chain.pem", "/no/such/key.pem");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("/no/such/chain.pem"), std::string::npos);
  EXPECT_FALSE(ServerTls::from_pem("junk", Secret("junk")));
  EXPECT_FALSE(ClientTls::from_ca_pem("junk"));
  EXPECT_FALSE(ClientTls::from_ca_file("/no/such/ca.pem"));
}

// An OpenSSL client with settings of its own. Empty: the handshake succeeded; else what refused it.
std::string handshake(const SecureServer& server, void (*with)(SSL_CTX*, SSL*)) {
  const auto peer = server.connect();
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  with(context, ssl);
  SSL_set_fd(ssl, peer.socket());
  std::string outcome;
  if (SSL_connect(ssl) != 1) outcome = "refused";
  if (outcome.empty() && SSL_version(ssl) < TLS1_2_VERSION) outcome = "old";
  SSL_free(ssl);
  SSL_CTX_free(context);
  return outcome;
}

TEST(Tls, OldVersionsWeakSuitesAndOtherProtocolsAreRefused) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"localhost"})));
  EXPECT_EQ(handshake(server, [](SSL_CTX*, SSL*) {}), "");
  EXPECT_EQ(
      handshake(server, [](SSL_CTX*, SSL* ssl) { SSL_set_max_proto_version(ssl, TLS1_2_VERSION); }),
      "");
  EXPECT_EQ(handshake(server,
                      [](SSL_CTX*, SSL* ssl) {
                        SSL_set_min_proto_version(ssl, TLS1_VERSION);
                        SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
                        SSL_set_security_level(ssl, 0);
                      }),
            "refused");
  EXPECT_EQ(handshake(server,
                      [](SSL_CTX*, SSL* ssl) {
                        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
                        SSL_set_cipher_list(ssl,
                                            "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384");
                      }),
            "refused");
  EXPECT_EQ(handshake(server,
                      [](SSL_CTX*, SSL* ssl) {
                        SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>("\x02h2"),
                                            3);
                      }),
            "refused");
  EXPECT_EQ(handshake(server,
                      [](SSL_CTX*, SSL* ssl) {
                        SSL_set_alpn_protos(
                            ssl, reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
                      }),
            "");
}

TEST(Tls, PlainHttpOnTheTlsPortIsNotAnswered) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"localhost"})));
  auto client = server.connect();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read_to_end().find("HTTP/1.1"), std::string::npos);
}

TEST(Tls, UpstreamKeepsAndResumesConnections) {
  const Authority authority;
  SecureServer server(show(authority.leaf({"localhost"})));
  server.rig.on([&]() -> Task<void> {
    UpstreamOptions options;
    options.tls = authority.trust();
    Upstream upstream(server.rig.loop, std::move(options));
    const Address address{.tls = true, .host = "localhost", .port = server.server->ports()[0]};
    const auto receipt = store::Recorder::intended();
    for (int i = 0; i < 10; ++i) {
      const auto request = outgoing("POST", "/", std::to_string(i));
      auto exchange = co_await upstream.forward(receipt, request, address);
      EXPECT_TRUE(exchange) << (exchange ? "" : exchange.error().error.message);
      if (!exchange) co_return;
      auto reply = co_await exchange->buffered();
      EXPECT_TRUE(reply && reply->body() == std::to_string(i));
    }
    EXPECT_EQ(upstream.idle_connections(), 1u);
    EXPECT_EQ(server.server->connections(), 1u);
  });
}

TEST(Tls, UpstreamWithoutTlsOptionsRefusesTlsAddresses) {
  Rig rig;
  rig.on([&]() -> Task<void> {
    Upstream upstream(rig.loop, {});
    const Address address{.tls = true, .host = "localhost", .port = 443};
    const auto receipt = store::Recorder::intended();
    const auto request = outgoing("GET", "/");
    auto exchange = co_await upstream.forward(receipt, request, address);
    EXPECT_FALSE(exchange);
  });
}

}  // namespace
}  // namespace strait::net
