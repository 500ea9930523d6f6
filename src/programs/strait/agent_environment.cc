// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/agent_environment.h"

#include <cstring>

extern char** environ;  // NOLINT: POSIX

namespace strait::programs {
namespace {

// Whatever could win over what we set: static keys, profiles, other credential sources, per-service
// endpoints.
std::vector<std::string> in_the_way() {
  std::vector<std::string> names = {"AWS_ACCESS_KEY_ID",
                                    "AWS_SECRET_ACCESS_KEY",
                                    "AWS_SESSION_TOKEN",
                                    "AWS_PROFILE",
                                    "AWS_DEFAULT_PROFILE",
                                    "AWS_ROLE_ARN",
                                    "AWS_ROLE_SESSION_NAME",
                                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"};
  constexpr const char* kPerService = "AWS_ENDPOINT_URL_";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::strncmp(*entry, kPerService, std::strlen(kPerService)) == 0) {
      names.emplace_back(*entry, static_cast<std::size_t>(std::strchr(*entry, '=') - *entry));
    }
  }
  return names;
}

// Where no proxy goes: this machine, and the credential and metadata services of AWS's own
// machines. Written out, because most tools take no patterns of addresses. It takes the place of
// what was there before, which might lead AWS's names around the proxy.
constexpr const char* kNoProxy =
    "localhost,127.0.0.1,::1,169.254.169.254,169.254.170.2,169.254.170.23,[fd00:ec2::254]";

// What goes through the proxy is AWS alone, and for AWS its CA is the only root that is needed:
// with no other in the bundle a tool that got around the proxy would trust nobody. Node.js can only
// add to its roots.
void go_through_proxy(AgentEnvironment& environment, const WayIn& way) {
  for (const auto* name : {"HTTPS_PROXY", "https_proxy"})
    environment.set.emplace_back(name, way.proxy);
  for (const auto* name : {"NO_PROXY", "no_proxy"}) environment.set.emplace_back(name, kNoProxy);
  environment.set.emplace_back("AWS_CA_BUNDLE", way.proxy_ca);
  environment.set.emplace_back("NODE_EXTRA_CA_CERTS", way.proxy_ca);
  // An endpoint in a profile would be no name of AWS's.
  environment.set.emplace_back("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
  environment.unset.emplace_back("AWS_ENDPOINT_URL");
}

AgentEnvironment common(const WayIn& way, const std::string& region) {
  AgentEnvironment environment{.set = {{"AWS_REGION", region},
                                       {"AWS_DEFAULT_REGION", region},
                                       {"AWS_EC2_METADATA_DISABLED", "true"},
                                       {"AWS_SDK_LOAD_CONFIG", "1"}},
                               .unset = in_the_way()};
  if (way.proxy.empty()) {
    environment.set.emplace_back("AWS_ENDPOINT_URL", way.endpoint);
  } else {
    go_through_proxy(environment, way);
  }
  return environment;
}

}  // namespace

AgentEnvironment web_identity_environment(const WayIn& way, const std::string& role,
                                          const std::string& token_file,
                                          const std::string& session_name,
                                          const std::string& region) {
  auto environment = common(way, region);
  environment.set.emplace_back("AWS_ROLE_ARN", role);
  environment.set.emplace_back("AWS_WEB_IDENTITY_TOKEN_FILE", token_file);
  environment.set.emplace_back("AWS_ROLE_SESSION_NAME", session_name);
  return environment;
}

AgentEnvironment container_environment(const WayIn& way, const std::string& credentials_url,
                                       const std::string& folder, const std::string& region) {
  auto environment = common(way, region);
  environment.set.emplace_back("AWS_CONTAINER_CREDENTIALS_FULL_URI", credentials_url);
  environment.set.emplace_back("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", folder + "/token");
  environment.set.emplace_back("AWS_CONFIG_FILE", folder + "/config");
  environment.set.emplace_back("AWS_SHARED_CREDENTIALS_FILE", folder + "/credentials");
  return environment;
}

}  // namespace strait::programs
