// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_json.h"
#include "keys/fetchers.h"
#include "net/client.h"

// The EC2 instance metadata service, version 2 only ("Use the Instance Metadata Service" in the EC2
// user guide). Version 1 needs no token, so anything that can be made to send a GET can read it:
// not used.
namespace strait::keys {

namespace {

constexpr std::string_view kDefaultEndpoint = "http://169.254.169.254";
constexpr std::string_view kCredentialsPath = "/latest/meta-data/iam/security-credentials/";
constexpr auto kDeadline = std::chrono::seconds(2);

class ImdsFetcher final : public CredentialFetcher {
 public:
  explicit ImdsFetcher(const Surroundings& around) : around_(around) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    if (around_.environment("AWS_EC2_METADATA_DISABLED").value_or("") == "true") {
      co_return fail(ErrorCode::kUnavailable, "IMDS is switched off by AWS_EC2_METADATA_DISABLED");
    }
    CO_TRY(const auto token, co_await ask("PUT", "/latest/api/token", {}));
    CO_TRY(const auto roles, co_await ask("GET", std::string(kCredentialsPath), token));
    const auto role = roles.substr(0, roles.find('\n'));
    const auto is_name = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             std::string_view("+=,.@-_").contains(c);
    };
    for (const char c : role) {
      if (!is_name(c))
        co_return fail(ErrorCode::kUnavailable,
                       "IMDS names no role; does the instance have an instance profile?");
    }
    if (role.empty())
      co_return fail(ErrorCode::kUnavailable,
                     "IMDS names no role; does the instance have an instance profile?");
    CO_TRY(const auto json, co_await ask("GET", std::string(kCredentialsPath) + role, token));
    co_return parse_credential_json(json, "IMDS");
  }

  std::string describe() const override { return "the instance metadata service"; }

 private:
  async::Task<Result<std::string>> ask(std::string method, std::string path, std::string token) {
    auto endpoint = around_.environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                        .value_or(std::string(kDefaultEndpoint));
    while (endpoint.ends_with('/')) endpoint.pop_back();
    net::ClientRequest request;
    CO_TRY(request.url, net::parse_url(endpoint + path));
    request.method = std::move(method);
    if (token.empty())
      request.headers.add("x-aws-ec2-metadata-token-ttl-seconds", "21600");
    else
      request.headers.add("x-aws-ec2-metadata-token", std::move(token));
    request.tls = around_.tls;
    request.deadline = kDeadline;
    request.reply_bytes_max = 64 * limits::kKiB;
    auto reply = co_await net::fetch(*around_.loop, std::move(request));
    if (!reply)
      co_return fail(
          ErrorCode::kUnavailable,
          "IMDS does not answer; is this an EC2 instance with a hop limit that reaches strait?",
          reply.error().message);
    if (reply->status != 200)
      co_return fail(ErrorCode::kUnavailable,
                     "IMDS answers with status " + std::to_string(reply->status));
    if (reply->body.empty()) co_return fail(ErrorCode::kUnavailable, "IMDS gives an empty answer");
    co_return std::move(reply->body);
  }

  Surroundings around_;
};

}  // namespace

std::unique_ptr<CredentialFetcher> imds_fetcher(const Surroundings& around) {
  return std::make_unique<ImdsFetcher>(around);
}

}  // namespace strait::keys
