// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "base/result.h"
#include "journey/scope.h"
#include "keys/credential_source.h"
#include "net/tls.h"

// The places AWS credentials come from, as the AWS SDKs know them ("Standardized credential
// providers" in the AWS SDKs and Tools Reference Guide). Each is asked once by fetch(); keeping is
// CredentialSource's.
namespace strait::keys {

// Reads one environment variable; nullopt when it is unset or empty. A function, so that tests and
// `doctor` can hand in another environment than the process's.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// What fetchers work with. Everything outlives them.
struct Surroundings {
  async::Loop* loop = nullptr;  // where they run
  const async::Clock* clock = nullptr;
  std::shared_ptr<net::ClientTls>
      tls;  // for STS and https container endpoints; null: https is refused
  Environment environment;
};

// What a connection's configuration says.
struct CredentialSpec {
  std::string source =
      "environment";     // "environment", "profile:NAME", "imds", "container", "web-identity"
  std::string role_arn;  // AssumeRole with what the source gave, when set
  std::string external_id;
  std::string session_name = "strait";
  std::string source_identity;                            // "" for none
  std::vector<std::pair<std::string, std::string>> tags;  // of the session
  journey::SessionPolicies
      policies;  // the first that STS takes cuts the credential down; null: none
  std::chrono::seconds duration{0};  // 0: what STS takes by itself, an hour
  std::string region = "us-east-1";  // of STS
  std::string sts_endpoint;          // "http://127.0.0.1:5000" instead of AWS's, for a stand-in
};

// kInvalidConfiguration for a source that does not exist or a role without the form of one. Asks
// nobody yet.
Result<std::unique_ptr<CredentialFetcher>> make_fetcher(const CredentialSpec& spec,
                                                        const Surroundings& around);

// The single ones. `profile` reads ~/.aws/config and ~/.aws/credentials (or what AWS_CONFIG_FILE
// and AWS_SHARED_CREDENTIALS_FILE name) at every fetch, and follows source_profile,
// credential_source, credential_process and web_identity_token_file. Profiles of IAM Identity
// Center (sso_...), login sessions and MFA need a person: refused.
std::unique_ptr<CredentialFetcher> environment_fetcher(const Surroundings& around);
std::unique_ptr<CredentialFetcher> profile_fetcher(std::string profile, const CredentialSpec& spec,
                                                   const Surroundings& around);
std::unique_ptr<CredentialFetcher> imds_fetcher(const Surroundings& around);
std::unique_ptr<CredentialFetcher> container_fetcher(const Surroundings& around);
std::unique_ptr<CredentialFetcher> web_identity_fetcher(const CredentialSpec& spec,
                                                        const Surroundings& around);
std::unique_ptr<CredentialFetcher> assume_role_fetcher(std::unique_ptr<CredentialFetcher> base,
                                                       const CredentialSpec& spec,
                                                       const Surroundings& around);

}  // namespace strait::keys
