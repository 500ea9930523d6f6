// SPDX-License-Identifier: Apache-2.0
#include "wire/proxy_host.h"

#include <gtest/gtest.h>

#include "wire/ask_test.h"

namespace strait::net {
class Server {
 public:
  static journey::ReceivedRequest received(std::string tunnel, std::string_view host) {
    journey::RequestHead head{"GET", "/", {}};
    if (!host.empty()) head.headers.add("host", host);
    journey::Arrival arrival;
    arrival.tunnel = std::move(tunnel);
    return {Badge<Server>(), std::move(arrival), std::move(head)};
  }
};
}  // namespace strait::net

namespace strait::wire {
namespace {

class ProxyHost : public testing::Test {
 protected:
  void SetUp() override { STRAIT_NEEDS_PACK(); }
  static bool takes(std::string_view host) {
    return check_proxy_host(host, *real_catalog()).has_value();
  }
};

TEST_F(ProxyHost, IsAnEndpointOfAWS) {
  for (const auto* host :
       {"sts.amazonaws.com", "sts.eu-west-1.amazonaws.com", "dynamodb.us-east-1.amazonaws.com",
        "s3.eu-west-1.amazonaws.com", "s3.amazonaws.com", "eu-west-1.queue.amazonaws.com",
        "iam.amazonaws.com", "dynamodb.cn-north-1.amazonaws.com.cn",
        "sts.us-gov-west-1.amazonaws.com", "s3.dualstack.eu-west-1.amazonaws.com",
        "lambda.eu-west-1.api.aws"}) {
    EXPECT_TRUE(takes(host)) << host;
  }
}

TEST_F(ProxyHost, MayHaveABucketOrAModelledPrefixInFront) {
  EXPECT_TRUE(takes("bucket.s3.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(takes("my.dotted.bucket.s3.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(takes("123456789012.s3-control.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(takes("sync-states.eu-west-1.amazonaws.com"));
  EXPECT_TRUE(takes("123456789012.kinesis.eu-west-1.amazonaws.com") ||
              !real_catalog()->endpoint("123456789012.kinesis.eu-west-1.amazonaws.com"));
}

TEST_F(ProxyHost, MayHaveNothingElseInFront) {
  for (const auto* host :
       {"evil.dynamodb.us-east-1.amazonaws.com", "a.b.sts.amazonaws.com", "www.iam.amazonaws.com",
        "a.b.s3-control.eu-west-1.amazonaws.com", "async-states.eu-west-1.amazonaws.com",
        "bucket.s3-website.eu-west-1.amazonaws.com", "ec2-1-2-3-4.compute-1.amazonaws.com"}) {
    EXPECT_FALSE(takes(host)) << host;
  }
}

TEST_F(ProxyHost, IsNoNameThatOnlyLooksLikeOne) {
  for (const auto* host :
       {"", "amazonaws.com", "com", "evil.example", "evilamazonaws.com", "s3.evilamazonaws.com",
        "s3.amazonaws.com.evil.example", "s3.amazonaws.com.com", "s3.amazonaws.org",
        "s3-eu-west-1.amazonaws.evil.com", "dynamodb.us-east-1.amazonaws.com.cn",
        "dynamodb.mars-north-1.amazonaws.com", "nosuchservice.eu-west-1.amazonaws.com",
        "console.aws.amazon.com", "aws.amazon.com", "d111111abcdef8.cloudfront.net",
        "xn--mazonaws-g4a.com", "s3.amazonaws.com.s3.evil.example"}) {
    EXPECT_FALSE(takes(host)) << host;
  }
}

TEST(CheckTunnel, TheHostHeaderNamesTheTunnelsHost) {
  const auto check = [](std::string tunnel, std::string_view host) {
    return check_tunnel(net::Server::received(std::move(tunnel), host)).has_value();
  };
  EXPECT_TRUE(check("sts.amazonaws.com", "sts.amazonaws.com"));
  EXPECT_TRUE(check("sts.amazonaws.com", "sts.amazonaws.com:443"));
  for (const auto* other : {"s3.amazonaws.com", "sts.amazonaws.com:80", "sts.amazonaws.com.",
                            "STS.amazonaws.com", "127.0.0.1", "localhost:4180",
                            "xsts.amazonaws.com", "sts.amazonaws.com:443:443", ":443", ""}) {
    EXPECT_FALSE(check("sts.amazonaws.com", other)) << other;
  }
  EXPECT_TRUE(check("", "anything")) << "endpoint mode";
}

}  // namespace
}  // namespace strait::wire
