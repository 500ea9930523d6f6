// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "keys/credential_source.h"
#include "keys/fetchers.h"

// Credentials of one role, cut down: one for every agent's session and session policy, each a
// CredentialSource of its own and so fetched by one task at a time, renewed ahead of its end and
// refused after it. What signs the AssumeRole is shared and kept as well.
namespace strait::keys {

// What one AssumeRole says beside the role's ARN.
struct ScopedSpec {
  std::string session_name;
  std::string source_identity;  // "" for none
  std::vector<std::pair<std::string, std::string>> tags;
  journey::SessionPolicies policies;
  std::chrono::seconds duration{0};
};

class ScopedCredentials {
 public:
  // `spec` has the role. The other three as for CredentialSource.
  static Result<std::unique_ptr<ScopedCredentials>> make(const CredentialSpec& spec,
                                                         const Surroundings& around,
                                                         std::size_t sources_max = 4096);

  // The source for this session under the first of `wanted.policies`; made when it is new, and then
  // the one that was used longest ago is forgotten if there are too many. Asks nobody. Any thread.
  std::shared_ptr<CredentialSource> source(std::string_view session_id, ScopedSpec wanted);

  CredentialSource& base() { return *base_; }
  std::size_t size() const;

 private:
  ScopedCredentials(CredentialSpec spec, Surroundings around, std::size_t sources_max,
                    std::unique_ptr<CredentialFetcher> base);

  struct Kept {
    std::string key;
    std::shared_ptr<CredentialSource> source;
  };
  const CredentialSpec spec_;
  const Surroundings around_;
  const std::size_t sources_max_;
  std::shared_ptr<CredentialSource> base_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  // the latest used first; these two guarded by mutex_
  std::unordered_map<std::string_view, std::list<Kept>::iterator> places_;  // keys point into kept_
};

}  // namespace strait::keys
