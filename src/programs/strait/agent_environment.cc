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

AgentEnvironment common(const std::string& endpoint, const std::string& region) {
  return {.set = {{"AWS_ENDPOINT_URL", endpoint},
                  {"AWS_REGION", region},
                  {"AWS_DEFAULT_REGION", region},
                  {"AWS_EC2_METADATA_DISABLED", "true"},
                  {"AWS_SDK_LOAD_CONFIG", "1"}},
          .unset = in_the_way()};
}

}  // namespace

AgentEnvironment web_identity_environment(const std::string& endpoint, const std::string& role,
                                          const std::string& token_file,
                                          const std::string& session_name,
                                          const std::string& region) {
  auto environment = common(endpoint, region);
  environment.set.emplace_back("AWS_ROLE_ARN", role);
  environment.set.emplace_back("AWS_WEB_IDENTITY_TOKEN_FILE", token_file);
  environment.set.emplace_back("AWS_ROLE_SESSION_NAME", session_name);
  return environment;
}

AgentEnvironment container_environment(const std::string& endpoint,
                                       const std::string& credentials_url,
                                       const std::string& folder, const std::string& region) {
  auto environment = common(endpoint, region);
  environment.set.emplace_back("AWS_CONTAINER_CREDENTIALS_FULL_URI", credentials_url);
  environment.set.emplace_back("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", folder + "/token");
  environment.set.emplace_back("AWS_CONFIG_FILE", folder + "/config");
  environment.set.emplace_back("AWS_SHARED_CREDENTIALS_FILE", folder + "/credentials");
  return environment;
}

}  // namespace strait::programs
