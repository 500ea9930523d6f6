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

// With web identity the SDK logs in by itself; nothing of ours need run beside it.
AgentEnvironment web_identity_environment(const std::string& endpoint, const std::string& role,
                                          const std::string& token_file,
                                          const std::string& session_name,
                                          const std::string& region);
// With a container-credentials endpoint that `strait exec` serves; `folder` holds config,
// credentials and token files.
AgentEnvironment container_environment(const std::string& endpoint,
                                       const std::string& credentials_url,
                                       const std::string& folder, const std::string& region);

}  // namespace strait::programs
