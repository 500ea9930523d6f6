// SPDX-License-Identifier: Apache-2.0
#include "keys/jwks_source.h"

#include "codec/base64.h"
#include "crypto/jws.h"
#include "keys/keys_testing.h"

namespace strait::keys::testing {
namespace {

using namespace std::chrono_literals;

std::string jwks(const std::vector<std::string>& kids) {
  std::string out;
  for (const auto& kid : kids) {
    const auto key = crypto::EcSigningKey::generate();
    out += (out.empty() ? "" : ",") +
           (R"({"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":")" + kid + R"(","x":")" +
            codec::base64url_encode(key.x()) + R"(","y":")" + codec::base64url_encode(key.y()) +
            "\"}");
  }
  return R"({"keys":[)" + out + "]}";
}

class JwksSourceTest : public KeysTest {
 protected:
  JwksSourceTest() {
    discover(url(), url("/keys"));
    answer("/keys", 200, jwks({"k1"}));
    source_ = *JwksSource::remote(loop_, clock_, url(), nullptr);
  }
  void discover(const std::string& issuer, const std::string& keys) {
    answer("/.well-known/openid-configuration", 200,
           R"({"issuer":")" + issuer + R"(","jwks_uri":")" + keys + "\"}");
  }
  // "ok", or the error's code.
  std::string ask(const std::string& kid) {
    const auto got = run(source_->keys_for(kid));
    if (!got) return std::string(name(got.error().code));
    return (*got)->find(kid) != nullptr ? "ok" : "a set without the key";
  }
  std::shared_ptr<JwksSource> source_;
};

TEST_F(JwksSourceTest, FindsKeysThroughDiscoveryAndKeepsThem) {
  for (int call = 0; call < 10; ++call) EXPECT_EQ(ask("k1"), "ok");
  EXPECT_EQ(source_->fetches(), 1u);
  EXPECT_EQ(seen_.size(), 2u);
}

TEST_F(JwksSourceTest, AFloodOfUnknownKeysCostsOneFetchInThirtySeconds) {
  EXPECT_EQ(ask("k1"), "ok");
  for (int call = 0; call < 10'000; ++call) {
    ASSERT_EQ(ask("made-up-" + std::to_string(call)), "invalid_token");
  }
  EXPECT_EQ(source_->fetches(), 1u);
  clock_.advance(30s);
  for (int call = 0; call < 100; ++call) ASSERT_EQ(ask("made-up"), "invalid_token");
  EXPECT_EQ(source_->fetches(), 2u);
}

TEST_F(JwksSourceTest, WaitersShareOneFetch) {
  int done = 0;
  for (int waiter = 0; waiter < 50; ++waiter) {
    boost::asio::co_spawn(
        loop_,
        [](JwksSource& source, int& count) -> async::Task<void> {
          if (co_await source.keys_for("k1")) ++count;
        }(*source_, done),
        boost::asio::detached);
  }
  loop_.restart();
  while (done < 50 && loop_.run_one() > 0) {
  }
  EXPECT_EQ(done, 50);
  EXPECT_EQ(source_->fetches(), 1u);
}

TEST_F(JwksSourceTest, ARotatedKeyIsFoundAfterOneFetchAndARemovedOneIsGone) {
  EXPECT_EQ(ask("k1"), "ok");
  answer("/keys", 200, jwks({"k2"}));
  clock_.advance(31s);
  EXPECT_EQ(ask("k2"), "ok");
  EXPECT_EQ(ask("k1"), "invalid_token");
}

TEST_F(JwksSourceTest, KnownKeysOutliveTheIssuerForADayAndUnknownOnesDoNot) {
  EXPECT_EQ(ask("k1"), "ok");
  answers_.clear();
  clock_.advance(23h);
  EXPECT_EQ(ask("k1"), "ok");
  EXPECT_EQ(ask("k2"), "unavailable");
  EXPECT_NE(source_->last_failure(), "");
  clock_.advance(2h);
  EXPECT_EQ(ask("k1"), "unavailable");
}

TEST_F(JwksSourceTest, AnotherIssuersDocumentIsRefused) {
  discover("https://evil.example", url("/keys"));
  EXPECT_EQ(ask("k1"), "unavailable");
}

TEST_F(JwksSourceTest, DiscoveryMayNotLeadInside) {
  for (const auto* target :
       {"http://127.0.0.1:1/keys", "https://169.254.169.254/keys", "https://10.1.2.3/keys",
        "https://[::1]/keys", "http://example.com/keys"}) {
    source_ = *JwksSource::remote(loop_, clock_, url(), nullptr);
    discover(url(), target);
    EXPECT_EQ(ask("k1"), "unavailable") << target;
  }
}

TEST_F(JwksSourceTest, RedirectsAreNotFollowed) {
  answers_["/keys"] = [this](const net::PlainRequest&) {
    net::PlainReply reply{.status = 302, .headers = {}, .body = {}};
    reply.headers.add("location", url("/real"));
    return reply;
  };
  answer("/real", 200, jwks({"k1"}));
  EXPECT_EQ(ask("k1"), "unavailable");
  EXPECT_EQ(seen_.size(), 2u);
}

TEST_F(JwksSourceTest, IssuersThatCannotBeTrustedAreRefused) {
  for (const auto* issuer : {"http://example.com", "https://issuer.example", "ftp://x", "",
                             "http://127.0.0.1:1/?x", "http://10.0.0.1"}) {
    EXPECT_FALSE(JwksSource::remote(loop_, clock_, issuer, nullptr)) << issuer;
  }
}

TEST_F(JwksSourceTest, StaticKeysNeedNoNetwork) {
  const Folder folder;
  auto made = JwksSource::from_file(folder.write("jwks.json", jwks({"k1"})));
  ASSERT_TRUE(made);
  source_ = *made;
  EXPECT_EQ(ask("k1"), "ok");
  EXPECT_EQ(ask("k2"), "invalid_token");
  EXPECT_TRUE(seen_.empty());
  EXPECT_FALSE(JwksSource::from_file(folder.write("bad.json", "{}")));
}

TEST(Hosts, InsideAddressesAreKnownInEverySpelling) {
  for (const auto* host :
       {"127.0.0.1", "localhost", "a.localhost", "::1", "10.0.0.1", "172.31.255.1", "192.168.0.1",
        "169.254.1.1", "100.64.0.1", "0.0.0.0", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::"}) {
    EXPECT_TRUE(is_inside_address(host)) << host;
  }
  for (const auto* host :
       {"8.8.8.8", "172.32.0.1", "example.com", "2600::1", "127.0.0.1.example.com"})
    EXPECT_FALSE(is_inside_address(host)) << host;
  EXPECT_FALSE(is_loopback_host("10.0.0.1"));
}

}  // namespace
}  // namespace strait::keys::testing
