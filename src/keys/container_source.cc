// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_json.h"
#include "keys/fetchers.h"
#include "keys/jwks_source.h"
#include "keys/key_files.h"
#include "net/client.h"

// The container credential provider of ECS and EKS Pod Identity ("Container credential provider" in
// the AWS SDKs and Tools Reference Guide).
namespace strait::keys {

namespace {

constexpr std::string_view kEcsEndpoint = "http://169.254.170.2";

// Plain http only to this machine and the two addresses that ECS and EKS answer on.
bool may_be_plain(std::string_view host) {
  return is_loopback_host(host) || host == "169.254.170.2" || host == "169.254.170.23" ||
         host == "fd00:ec2::23";
}

std::unexpected<Error> unavailable(std::string why, std::string detail = {}) {
  return fail(ErrorCode::kUnavailable, std::move(why), std::move(detail));
}

class ContainerFetcher final : public CredentialFetcher {
 public:
  explicit ContainerFetcher(const Surroundings& around) : around_(around) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    net::ClientRequest request;
    CO_TRY(request.url, endpoint());
    CO_TRY(const auto token, authorization());
    if (!token.empty()) request.headers.add("authorization", std::string(token.reveal()));
    request.tls = around_.tls;
    request.deadline = std::chrono::seconds(5);
    request.reply_bytes_max = 64 * limits::kKiB;
    auto reply = co_await net::fetch(*around_.loop, std::move(request));
    if (!reply)
      co_return unavailable("the container credential endpoint does not answer",
                            reply.error().message);
    if (reply->status != 200) {
      co_return unavailable("the container credential endpoint answers with status " +
                            std::to_string(reply->status));
    }
    co_return parse_credential_json(reply->body, "the container credential endpoint");
  }

  std::string describe() const override { return "the container credential endpoint"; }

 private:
  Result<net::Url> endpoint() const {
    if (const auto relative = around_.environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      if (!relative->starts_with('/'))
        return unavailable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with /");
      return net::parse_url(std::string(kEcsEndpoint) + *relative);
    }
    const auto full = around_.environment("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!full) {
      return unavailable(
          "there is no container credential endpoint: neither "
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
          "AWS_CONTAINER_CREDENTIALS_FULL_URI is set");
    }
    TRY(auto url, net::parse_url(*full));
    if (!url.tls && !may_be_plain(url.host)) {
      return unavailable("AWS_CONTAINER_CREDENTIALS_FULL_URI is plain http to " +
                         strait::quoted(url.host) + "; use https, or loopback");
    }
    return url;
  }

  Result<Secret> authorization() const {
    Secret token;
    if (const auto file = around_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
      TRY(token, read_secret_file(*file, false));
    } else if (auto text = around_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
      token = Secret(*std::move(text));
    }
    // A line end would let the file write headers of its own.
    if (token.reveal().find_first_of("\r\n") != std::string_view::npos)
      return unavailable("the container authorization token holds a line end");
    return token;
  }

  Surroundings around_;
};

}  // namespace

std::unique_ptr<CredentialFetcher> container_fetcher(const Surroundings& around) {
  return std::make_unique<ContainerFetcher>(around);
}

}  // namespace strait::keys
