// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace strait::programs {

// The environment variables that put any AWS tool behind a gateway, and those that would lead it
// around (a profile, a static key or an SDK's own endpoint comes before what we set).
struct AgentEnvironment {
  std::vector<std::pair<std::string, std::string>> set;
  std::vector<std::string> unset;
};

// How AWS calls reach the gateway: as the endpoint that they are sent to, or through it as a
// forward proxy, when `proxy` is set.
struct WayIn {
  std::string endpoint;  // "http://127.0.0.1:4180"
  std::string proxy;     // "http://127.0.0.1:4182"
  std::string proxy_ca;  // absolute path of the PEM file with the CA that the proxy signs under
};

// With web identity the SDK logs in by itself; nothing of ours need run beside it.
AgentEnvironment web_identity_environment(const WayIn& way, const std::string& role,
                                          const std::string& token_file,
                                          const std::string& session_name,
                                          const std::string& region);
// With a container-credentials endpoint that `strait exec` serves; `folder` holds config,
// credentials and token files.
AgentEnvironment container_environment(const WayIn& way, const std::string& credentials_url,
                                       const std::string& folder, const std::string& region);

}  // namespace strait::programs
