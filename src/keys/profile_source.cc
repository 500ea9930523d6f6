// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "keys/credential_json.h"
#include "keys/credential_process.h"
#include "keys/fetchers.h"
#include "keys/key_files.h"
#include "keys/profile_file.h"
#include "keys/sts.h"

namespace strait::keys {

namespace {

constexpr std::size_t kChainMax = 5;  // profiles that name one another

std::unexpected<Error> unavailable(std::string why) {
  return fail(ErrorCode::kUnavailable, std::move(why));
}

class ProfileFetcher final : public CredentialFetcher {
 public:
  ProfileFetcher(std::string profile, const CredentialSpec& spec, const Surroundings& around)
      : profile_(std::move(profile)), spec_(spec), around_(around) {}

  async::Task<Result<AwsCredentialsPtr>> fetch() override {
    CO_TRY(const auto files, read_files());
    std::vector<std::string> chain;
    co_return co_await follow(files, profile_, chain);
  }

  std::string describe() const override { return "profile " + strait::quoted(profile_); }

 private:
  Result<ProfileFiles> read_files() const {
    const auto home = around_.environment("HOME").value_or("");
    const auto config = around_.environment("AWS_CONFIG_FILE").value_or(home + "/.aws/config");
    const auto credentials =
        around_.environment("AWS_SHARED_CREDENTIALS_FILE").value_or(home + "/.aws/credentials");
    TRY(const auto config_text, read_if_there(config));
    TRY(const auto credentials_text, read_if_there(credentials));
    return ProfileFiles::parse(config_text.reveal(), credentials_text.reveal());
  }

  static Result<Secret> read_if_there(const std::string& file) {
    auto text = read_secret_file(file, false);
    if (!text && text.error().code == ErrorCode::kNotFound) return Secret();
    return text;
  }

  async::Task<Result<AwsCredentialsPtr>> follow(const ProfileFiles& files, std::string name,
                                                std::vector<std::string>& chain) {
    const auto* profile = files.find(name);
    if (profile == nullptr) {
      co_return unavailable(
          "there is no profile " + strait::quoted(name) +
          " in the AWS config and credentials files of the user that runs strait");
    }
    if (chain.size() >= kChainMax)
      co_return unavailable("profile " + strait::quoted(profile_) +
                            " leads through too many profiles");
    const bool again = std::ranges::find(chain, name) != chain.end();
    chain.push_back(name);
    for (const auto& [key, value] : *profile) {
      if (key.starts_with("sso_") || key == "login_session" || key == "mfa_serial") {
        co_return unavailable(
            "profile " + strait::quoted(name) + " needs a person to log in (" + key +
            "); give strait a source of its own: a role, keys, or credential_process");
      }
    }
    const auto role = get(*profile, "role_arn");
    // A profile may name itself as its source: its own keys then assume its role.
    if (!role.empty() && !again) co_return co_await assume(files, *profile, name, chain);
    co_return co_await own(*profile, name);
  }

  async::Task<Result<AwsCredentialsPtr>> assume(const ProfileFiles& files, const Profile& profile,
                                                std::string name, std::vector<std::string>& chain) {
    auto spec = spec_;
    spec.role_arn = get(profile, "role_arn");
    spec.external_id = get(profile, "external_id");
    spec.policies.reset();
    if (const auto session = get(profile, "role_session_name"); !session.empty())
      spec.session_name = session;
    if (const auto region = get(profile, "region"); !region.empty()) spec.region = region;
    if (!is_role_arn(spec.role_arn))
      co_return unavailable("profile " + strait::quoted(name) +
                            " has a role_arn that is no role's ARN");
    if (const auto file = get(profile, "web_identity_token_file"); !file.empty()) {
      CO_TRY(auto token, read_secret_file(file, false));
      co_return co_await assume_role_with_web_identity(around_, spec, trimmed(token));
    }
    const auto source = get(profile, "source_profile");
    const auto place = get(profile, "credential_source");
    if (source.empty() == place.empty()) {
      co_return unavailable(
          "profile " + strait::quoted(name) +
          " has a role_arn; it needs either a source_profile or a credential_source");
    }
    AwsCredentialsPtr base;
    if (!source.empty()) {
      CO_TRY(base, co_await follow(files, source, chain));
    } else {
      auto fetcher = place == "Environment"           ? environment_fetcher(around_)
                     : place == "Ec2InstanceMetadata" ? imds_fetcher(around_)
                     : place == "EcsContainer"        ? container_fetcher(around_)
                                                      : nullptr;
      if (fetcher == nullptr)
        co_return unavailable("profile " + strait::quoted(name) +
                              " has an unknown credential_source");
      CO_TRY(base, co_await fetcher->fetch());
    }
    co_return co_await assume_role(around_, spec, base);
  }

  // The profile's own keys.
  async::Task<Result<AwsCredentialsPtr>> own(const Profile& profile, std::string name) {
    auto id = get(profile, "aws_access_key_id");
    auto key = get(profile, "aws_secret_access_key");
    if (is_credential_text(id) && is_credential_text(key)) {
      auto made = std::make_shared<sigv4::AwsCredentials>();
      made->access_key_id = std::move(id);
      made->secret_key = Secret(std::move(key));
      made->session_token = Secret(get(profile, "aws_session_token"));
      co_return made;
    }
    if (const auto command = get(profile, "credential_process"); !command.empty()) {
      CO_TRY(const auto output, co_await run_credential_process(*around_.loop, command));
      co_return parse_credential_json(output.reveal(),
                                      "the credential_process of profile " + strait::quoted(name));
    }
    co_return unavailable("profile " + strait::quoted(name) +
                          " has neither keys nor role_arn nor credential_process");
  }

  static Secret trimmed(const Secret& token) {
    auto text = token.reveal();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
      text.remove_suffix(1);
    return Secret(std::string(text));
  }

  static std::string get(const Profile& profile, const std::string& key) {
    const auto at = profile.find(key);
    return at == profile.end() ? std::string() : at->second;
  }

  std::string profile_;
  CredentialSpec spec_;
  Surroundings around_;
};

}  // namespace

std::unique_ptr<CredentialFetcher> profile_fetcher(std::string profile, const CredentialSpec& spec,
                                                   const Surroundings& around) {
  return std::make_unique<ProfileFetcher>(std::move(profile), spec, around);
}

}  // namespace strait::keys
