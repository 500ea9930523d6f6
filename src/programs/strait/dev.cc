// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "async/clock.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "crypto/jws.h"
#include "keys/fetchers.h"
#include "net/client.h"
#include "programs/strait/admin_client.h"
#include "programs/strait/run_task.h"
#include "programs/strait/serve.h"
#include "programs/strait/starter.h"
#include "programs/strait/verbs.h"
#include "sigv4/own_request.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kIssuer =
    "https://dev.strait.invalid";  // reserved (RFC 2606): nobody can be it

struct Asked {
  std::string folder;
  std::string profile = "default";
  Starter starter;
};

void write_private(const fs::path& path, std::string_view text) {
  const auto before = ::umask(077);
  std::ofstream(path, std::ios::binary) << text;
  ::umask(before);
}

// The issuer of a throw-away gateway: one P-256 key in a file, made at the first start.
Result<crypto::EcSigningKey> issuer_key(const fs::path& folder) {
  const auto path = folder / "issuer.key";
  if (std::ifstream file(path, std::ios::binary); file) {
    const std::string pem{std::istreambuf_iterator<char>(file), {}};
    return crypto::EcSigningKey::from_pem(pem);
  }
  auto key = crypto::EcSigningKey::generate();
  write_private(path, key.pem().reveal());
  return key;
}

std::string jwks(const crypto::EcSigningKey& key) {
  return fmt::format(
      R"({{"keys":[{{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"dev","x":"{}","y":"{}"}}]}})",
      codec::base64url_encode(key.x()), codec::base64url_encode(key.y()));
}

std::string token(const crypto::EcSigningKey& key, std::string_view subject, std::string_view more,
                  Timestamp now) {
  const auto seconds = std::chrono::duration_cast<Seconds>(now.time_since_epoch()).count();
  std::string sub;
  codec::write_json_string(sub, subject);
  const auto claims = fmt::format(R"({{"iss":"{}","aud":"strait","sub":{},"iat":{},"exp":{}{}}})",
                                  kIssuer, sub, seconds, seconds + 12 * 3600, more);
  const auto input = codec::base64url_encode(R"({"alg":"ES256","kid":"dev","typ":"JWT"})") + "." +
                     codec::base64url_encode(claims);
  return input + "." + codec::base64url_encode(key.sign_es256(input));
}

// Which account the credential belongs to: AWS says so.
async::Task<Result<std::string>> find_account(async::Loop& loop, const async::Clock& clock,
                                              const Starter& starter) {
  CO_TRY(auto tls, net::ClientTls::system());
  const keys::Surroundings around{
      .loop = &loop, .clock = &clock, .tls = tls, .environment = keys::process_environment()};
  CO_TRY(const auto fetcher, keys::make_fetcher({.source = starter.credentials}, around));
  CO_TRY(const auto fetched, co_await fetcher->fetch());
  const std::string url =
      starter.endpoint.empty() ? "https://sts.us-east-1.amazonaws.com" : starter.endpoint;
  net::ClientRequest request{.method = "POST",
                             .body = "Action=GetCallerIdentity&Version=2011-06-15"};
  CO_TRY(request.url, net::parse_url(url));
  request.tls = std::move(tls);
  journey::RequestHead head{.method = "POST", .target = "/", .headers = {}};
  head.headers.add("content-type", "application/x-www-form-urlencoded");
  CO_TRY(auto signed_head,
         sigv4::sign_own(std::move(head), request.body,
                         {request.url.authority(), "us-east-1", "sts"}, *fetched, clock.now()));
  for (const auto& [name, value] : signed_head.headers.fields()) {
    if (name != "host" && name != "content-length") request.headers.add(name, value);
  }
  CO_TRY(const auto reply, co_await net::fetch(loop, std::move(request)));
  CO_TRY(const auto root, codec::parse_xml(reply.body));
  const auto* result = root.child("GetCallerIdentityResult");
  const auto* account = result == nullptr ? nullptr : result->child("Account");
  if (account == nullptr)
    co_return fail(ErrorCode::kUnavailable,
                   "AWS does not accept the credential of " + fetcher->describe());
  co_return account->text;
}

Status prepare(Asked& asked, const fs::path& folder) {
  const async::SystemClock clock;
  auto& starter = asked.starter;
  if (starter.credentials.empty()) starter.credentials = "profile:" + asked.profile;
  if (starter.account.empty()) {
    TRY(starter.account,
        run_task([&](async::Loop& loop) { return find_account(loop, clock, starter); }));
  }
  TRY(const auto key, issuer_key(folder));
  starter.issuer = kIssuer;
  starter.subject = "agent";
  starter.jwks_file = "jwks.json";
  write_private(folder / "jwks.json", jwks(key));
  write_private(folder / "agent.token", token(key, "agent", "", clock.now()));
  write_private(folder / "you.token", token(key, "you", R"(,"groups":["approvers"])", clock.now()));
  if (fs::exists(folder / "strait.toml"))
    return {};  // yours to edit; kept from one start to the next
  TRY(const auto written, write_starter(folder, starter));
  fmt::print(stderr, "wrote {} files under {}\n", written.size(), folder.string());
  return {};
}

int dev(Asked& asked) {
  const fs::path data = environment("XDG_DATA_HOME").empty()
                            ? fs::path(environment("HOME")) / ".local/share"
                            : fs::path(environment("XDG_DATA_HOME"));
  const fs::path folder = asked.folder.empty() ? data / "strait/dev" : fs::absolute(asked.folder);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return report(error(ErrorCode::kIo, "cannot make " + folder.string()));
  if (const auto prepared = prepare(asked, folder); !prepared) return report(prepared.error());
  fmt::print(stderr,
             "strait dev: throw-away keys, loopback only, not for production\n"
             "  configuration  {0}   (edit policies/ there; changes take effect at once)\n"
             "  an agent       strait exec --endpoint http://{1} --role {2} --token-file "
             "{0}/agent.token -- aws s3 ls\n"
             "  you            STRAIT_ADMIN=http://{3} STRAIT_TOKEN_FILE={0}/you.token strait "
             "approvals list\n"
             "  the record     strait sessions list --state {0}/state\n",
             folder.string(), asked.starter.listen, asked.starter.role_arn(),
             asked.starter.admin_listen);
  return serve((folder / "strait.toml").string());
}

}  // namespace

void add_dev(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "dev", "a throw-away gateway on loopback, with your own credential behind it");
  auto asked = std::make_shared<Asked>();
  asked->starter.credentials.clear();
  verb->add_option("--folder", asked->folder,
                   "where it keeps its files [~/.local/share/strait/dev]");
  verb->add_option("--profile", asked->profile, "AWS profile whose credential Strait holds")
      ->capture_default_str();
  verb->add_option("--credentials", asked->starter.credentials,
                   "another source: environment, imds, container, web-identity");
  verb->add_option("--account", asked->starter.account,
                   "AWS account; asked from AWS when not given");
  verb->add_option("--endpoint", asked->starter.endpoint, "a stand-in AWS instead of the real one");
  verb->add_option("--listen", asked->starter.listen, "where AWS calls go")->capture_default_str();
  verb->add_option("--admin-listen", asked->starter.admin_listen, "health, metrics, approvals")
      ->capture_default_str();
  verb->callback([asked, &exit_code] { exit_code = dev(*asked); });
}

}  // namespace strait::programs
