// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/agent_environment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace strait::programs {
namespace {

const WayIn kEndpoint{"http://127.0.0.1:4180", {}, {}};
const WayIn kProxy{"http://127.0.0.1:4180", "http://127.0.0.1:4182", "/etc/strait/ca.pem"};

std::optional<std::string> value(const AgentEnvironment& environment, std::string_view name) {
  const auto found = std::ranges::find(
      environment.set, name, [](const auto& entry) -> std::string_view { return entry.first; });
  return found == environment.set.end() ? std::nullopt : std::optional(found->second);
}

bool unsets(const AgentEnvironment& environment, std::string_view name) {
  return std::ranges::find(environment.unset, name) != environment.unset.end();
}

TEST(AgentEnvironment, AnEndpointIsNamedAndNoProxy) {
  const auto environment =
      web_identity_environment(kEndpoint, "role", "token", "name", "eu-west-1");
  EXPECT_EQ(value(environment, "AWS_ENDPOINT_URL"), "http://127.0.0.1:4180");
  for (const auto* name : {"HTTPS_PROXY", "https_proxy", "AWS_CA_BUNDLE", "NO_PROXY"})
    EXPECT_FALSE(value(environment, name)) << name;
}

TEST(AgentEnvironment, AProxyIsNamedAndNoEndpoint) {
  for (const auto& environment :
       {web_identity_environment(kProxy, "role", "token", "name", "eu-west-1"),
        container_environment(kProxy, "http://127.0.0.1:1/", "/tmp/x", "eu-west-1")}) {
    EXPECT_FALSE(value(environment, "AWS_ENDPOINT_URL"));
    EXPECT_TRUE(unsets(environment, "AWS_ENDPOINT_URL"));
    EXPECT_EQ(value(environment, "HTTPS_PROXY"), "http://127.0.0.1:4182");
    EXPECT_EQ(value(environment, "https_proxy"), "http://127.0.0.1:4182");
    EXPECT_EQ(value(environment, "AWS_CA_BUNDLE"), "/etc/strait/ca.pem");
    EXPECT_EQ(value(environment, "NODE_EXTRA_CA_CERTS"), "/etc/strait/ca.pem");
    EXPECT_EQ(value(environment, "NO_PROXY"), value(environment, "no_proxy"));
    EXPECT_NE(value(environment, "NO_PROXY")->find("169.254.170.2"), std::string::npos);
  }
}

TEST(AgentEnvironment, WhatWouldLeadAroundIsUnset) {
  ::setenv("AWS_ENDPOINT_URL_S3", "https://elsewhere.example", 1);
  for (const auto& way : {kEndpoint, kProxy}) {
    const auto environment = container_environment(way, "http://127.0.0.1:1/", "/tmp/x", "r");
    EXPECT_TRUE(unsets(environment, "AWS_ENDPOINT_URL_S3"));
    EXPECT_TRUE(unsets(environment, "AWS_PROFILE"));
  }
  ::unsetenv("AWS_ENDPOINT_URL_S3");
}

}  // namespace
}  // namespace strait::programs
