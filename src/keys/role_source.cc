// SPDX-License-Identifier: Apache-2.0
#include "keys/fetchers.h"
#include "keys/key_files.h"
#include "keys/sts.h"

// What goes through STS: a role on top of another source, and a web identity; and the choice among
// all sources.
namespace strait::keys {

namespace {

class AssumeRoleFetcher final : public CredentialFetcher {
 public:
  AssumeRoleFetcher(std::unique_ptr<CredentialFetcher> base, const CredentialSpec& spec,
                    const Surroundings& around)
      : base_(std::move(base)), spec_(spec), around_(around) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    CO_TRY(const auto base, co_await base_->fetch());
    const auto rungs = spec_.policies ? spec_.policies->size() : 1;
    for (std::size_t rung = 0; rung + 1 < rungs; ++rung) {
      auto got = co_await assume_role(around_, spec_, base, rung);
      if (got || !is_packed_too_large(got.error())) co_return got;
    }
    co_return co_await assume_role(around_, spec_, base, rungs - 1);
  }

  std::string describe() const override {
    return "role " + strait::quoted(spec_.role_arn) + " through " + base_->describe();
  }

 private:
  std::unique_ptr<CredentialFetcher> base_;
  CredentialSpec spec_;
  Surroundings around_;
};

class WebIdentityFetcher final : public CredentialFetcher {
 public:
  WebIdentityFetcher(const CredentialSpec& spec, const Surroundings& around)
      : spec_(spec), around_(around) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    const auto file = around_.environment("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = around_.environment("AWS_ROLE_ARN");
    if (!file || !role) {
      co_return fail(ErrorCode::kUnavailable,
                     "web identity needs AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN in strait's "
                     "environment");
    }
    if (!is_role_arn(*role))
      co_return fail(ErrorCode::kUnavailable, "AWS_ROLE_ARN is no role's ARN");
    auto spec = spec_;
    spec.role_arn = *role;
    spec.external_id.clear();
    spec.policies.reset();
    if (auto name = around_.environment("AWS_ROLE_SESSION_NAME"))
      spec.session_name = *std::move(name);
    CO_TRY(const auto token, read_secret_file(*file, false));
    auto text = token.reveal();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    co_return co_await assume_role_with_web_identity(around_, spec, Secret(std::string(text)));
  }

  std::string describe() const override { return "the web identity token file"; }

 private:
  CredentialSpec spec_;
  Surroundings around_;
};

}  // namespace

std::unique_ptr<CredentialFetcher> assume_role_fetcher(std::unique_ptr<CredentialFetcher> base,
                                                       const CredentialSpec& spec,
                                                       const Surroundings& around) {
  return std::make_unique<AssumeRoleFetcher>(std::move(base), spec, around);
}

std::unique_ptr<CredentialFetcher> web_identity_fetcher(const CredentialSpec& spec,
                                                        const Surroundings& around) {
  return std::make_unique<WebIdentityFetcher>(spec, around);
}

Result<std::unique_ptr<CredentialFetcher>> make_fetcher(const CredentialSpec& spec,
                                                        const Surroundings& around) {
  std::unique_ptr<CredentialFetcher> made;
  constexpr std::string_view kProfile = "profile:";
  if (spec.source == "environment") made = environment_fetcher(around);
  if (spec.source == "imds") made = imds_fetcher(around);
  if (spec.source == "container") made = container_fetcher(around);
  if (spec.source == "web-identity") made = web_identity_fetcher(spec, around);
  if (spec.source.starts_with(kProfile) && spec.source.size() > kProfile.size()) {
    made = profile_fetcher(spec.source.substr(kProfile.size()), spec, around);
  }
  if (made == nullptr) {
    return fail(ErrorCode::kInvalidConfiguration,
                "unknown credential source " + strait::quoted(spec.source) +
                    "; use environment, profile:NAME, imds, container or web-identity");
  }
  if (spec.role_arn.empty()) {
    if (!spec.external_id.empty() || spec.policies) {
      return fail(ErrorCode::kInvalidConfiguration,
                  "an external_id or session policy needs a role_arn");
    }
    return made;
  }
  if (!is_role_arn(spec.role_arn)) {
    return fail(ErrorCode::kInvalidConfiguration,
                strait::quoted(spec.role_arn) + " is no role's ARN");
  }
  return assume_role_fetcher(std::move(made), spec, around);
}

}  // namespace strait::keys
