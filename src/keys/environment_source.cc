// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "keys/fetchers.h"

namespace strait::keys {

namespace {

class EnvironmentFetcher final : public CredentialFetcher {
 public:
  explicit EnvironmentFetcher(Environment environment) : environment_(std::move(environment)) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    auto id = environment_("AWS_ACCESS_KEY_ID");
    auto key = environment_("AWS_SECRET_ACCESS_KEY");
    if (!id || !key) {
      co_return fail(ErrorCode::kUnavailable,
                     "the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; set both "
                     "for strait, or name another source");
    }
    auto made = std::make_shared<sigv4::AwsCredentials>();
    made->access_key_id = *std::move(id);
    made->secret_key = Secret(*std::move(key));
    if (auto token = environment_("AWS_SESSION_TOKEN"))
      made->session_token = Secret(*std::move(token));
    co_return made;
  }

  std::string describe() const override { return "the environment"; }

 private:
  Environment environment_;
};

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string(value);
  };
}

std::unique_ptr<CredentialFetcher> environment_fetcher(const Surroundings& around) {
  return std::make_unique<EnvironmentFetcher>(around.environment);
}

}  // namespace strait::keys
