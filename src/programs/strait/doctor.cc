// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "keys/fetchers.h"
#include "keys/jwks_source.h"
#include "net/client.h"
#include "programs/strait/applied.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy_choice.h"
#include "programs/strait/proxy_ca_file.h"
#include "programs/strait/run_task.h"
#include "programs/strait/verbs.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

// One line a check: ok, warn or bad, what was looked at, what was found and what to do.
class Findings {
 public:
  void ok(std::string_view what, const std::string& found) { print("ok", what, found); }
  void warn(std::string_view what, const std::string& found) {
    print("warn", what, found), ++warnings_;
  }
  void bad(std::string_view what, const std::string& found) {
    print("bad", what, found), ++errors_;
  }
  int finish(bool strict) const {
    fmt::print("{} problems, {} warnings\n", errors_, warnings_);
    return errors_ > 0 || (strict && warnings_ > 0) ? kFindings : kOk;
  }

 private:
  static void print(std::string_view word, std::string_view what, const std::string& found) {
    fmt::print("{:<5} {:<12} {}\n", word, what, found);
  }
  int errors_ = 0, warnings_ = 0;
};

void check_state(Findings& findings, const Config& config) {
  std::error_code failed;
  std::filesystem::create_directories(config.server.state_dir, failed);
  const auto space = std::filesystem::space(config.server.state_dir, failed);
  const auto path = config.server.state_dir.string();
  if (failed) return findings.bad("state", path + " cannot be made or read: " + failed.message());
  const auto mib = space.available / limits::kMiB;
  if (mib < 512)
    return findings.bad(
        "state",
        fmt::format("{} has {} MiB free; a recorder that cannot write refuses calls", path, mib));
  findings.ok("state", fmt::format("{}, {} MiB free", path, mib));
  const auto relative =
      std::filesystem::relative(config.anchor_dir, config.server.state_dir, failed);
  if (!failed && !relative.string().starts_with("..")) {
    findings.warn("anchor",
                  "the last checkpoint is kept beside the log; set [record] anchor_dir to another "
                  "disk, so that a "
                  "restored backup is noticed");
  }
}

void check_listen(Findings& findings, const Config& config) {
  if (config.server.listen) {
    findings.ok("listen", fmt::format("http://{}:{}", config.server.listen->host,
                                      config.server.listen->port));
    findings.warn("names",
                  "on a loopback address operations that put a prefix before the host (S3 "
                  "Control, Step Functions "
                  "sync, ...) and virtual-host S3 do not work: use a DNS name with wildcard and "
                  "`listen_tls`");
  }
  if (config.server.listen_tls) {
    const auto pair = net::ServerTls::from_files(config.server.tls_cert, config.server.tls_key);
    const auto where = fmt::format("https://{}:{}", config.server.listen_tls->host,
                                   config.server.listen_tls->port);
    if (pair) {
      findings.ok("listen", where + " with " + config.server.tls_cert);
    } else {
      findings.bad("listen", where + ": " + pair.error().message);
    }
  }
}

// What each way in cannot do is said where somebody looks before it hurts; docs/limits.md has the
// whole of it.
void check_proxy(Findings& findings, const Config& config, const async::Clock& clock) {
  if (!config.server.listen_proxy) return;
  const auto where =
      fmt::format("{}:{}", config.server.listen_proxy->host, config.server.listen_proxy->port);
  const auto catalog = load_catalog({});
  if (!catalog) return;  // said above
  const auto ca = open_proxy_ca(config.server.state_dir, **catalog, clock);
  if (!ca) return findings.bad("proxy", where + ": " + ca.error().message);
  const auto file = proxy_ca_file(config.server.state_dir).string();
  findings.ok("proxy", fmt::format("http://{}, agents trust {} until {}", where, file,
                                   rfc3339((*ca)->expires())));
  if ((*ca)->expires() < clock.now() + std::chrono::days(30)) {
    findings.warn("proxy",
                  "its CA ends within 30 days: remove keys/proxy-ca from the state "
                  "directory, restart, and hand the new one to the agents");
  }
  for (const auto domain : (*catalog)->domains()) {
    if (std::ranges::find((*ca)->domains(), domain) != (*ca)->domains().end()) continue;
    findings.warn("proxy", fmt::format("its CA was made before the catalog knew {}, whose hosts it "
                                       "therefore refuses",
                                       domain));
  }
  findings.warn(
      "proxy",
      "it goes to AWS alone, so other HTTPS of a program under HTTPS_PROXY (git, pip, "
      "npm) fails; the SDK for JavaScript takes a proxy from its code alone, and Java takes "
      "the CA from its own trust store alone");
}

void check_queue_urls(Findings& findings, const Config& config) {
  for (const auto& connection : config.connections) {
    if (connection.rewrite_queue_urls || !(config.server.listen || config.server.listen_tls))
      continue;
    findings.warn("queues",
                  connection.name +
                      ": the SDKs for JavaScript and Ruby call the URL of a queue as it stands, "
                      "past the gateway; set `rewrite_queue_urls = true` to lead them back");
  }
}

// Once something was applied, edits of the files do nothing; who makes them wants to know.
void check_files(Findings& findings, const Config& config) {
  if (config.version.empty()) return;
  const auto differ = [&]() -> Result<bool> {
    TRY(const auto beside, read_config(config.file));
    TRY(const auto files, files_of(beside));
    TRY(const auto all, history(config.server.state_dir));
    return hash_of(files) != all.back().hash;
  }();
  if (!differ) {
    findings.warn("policies",
                  "the files beside strait.toml, which are not in force, cannot be "
                  "applied: " +
                      differ.error().message);
  } else if (*differ) {
    findings.warn("policies",
                  "the files beside strait.toml are not what is in force; `strait "
                  "apply` puts them into force");
  }
}

void check_roles(Findings& findings, const Config& config, const async::Clock& clock) {
  const auto catalog = load_catalog({});
  if (!catalog) return;  // said above
  async::Loop loop(1);
  WorldBuilder builder(loop, clock, **catalog);
  const auto world = builder.build(config);
  if (!world) return findings.bad("policies", world.error().message);
  if ((*world)->roles.empty())
    findings.warn("roles", "no role: nobody may do anything; add roles/NAME.toml");
  if ((*world)->issuers.empty())
    findings.warn("issuers", "no issuer: nobody can log in; add [issuer.NAME]");
  findings.ok("policies", fmt::format("{} roles, {} statements, of {}", (*world)->roles.size(),
                                      (*world)->policies.statement_count(), whose(config)));
}

void check_issuers(Findings& findings, const Config& config, const async::Clock& clock) {
  for (const auto& issuer : config.issuers) {
    if (!issuer.jwks_file.empty()) {
      const auto keys = keys::JwksSource::from_file(issuer.jwks_file);
      keys ? findings.ok("issuer", issuer.url + ", keys from " + issuer.jwks_file)
           : findings.bad("issuer", keys.error().message);
      continue;
    }
    const auto reached = run_task([&](async::Loop& loop) -> async::Task<Status> {
      CO_TRY(auto tls, issuer.ca_file.empty() ? net::ClientTls::system()
                                              : net::ClientTls::from_ca_file(issuer.ca_file));
      CO_TRY(const auto source, keys::JwksSource::remote(loop, clock, issuer.url, std::move(tls)));
      const auto keys = co_await source->keys_for("");
      // A set of several keys has none without a name; that it was read is what counts.
      if (!keys && keys.error().code != ErrorCode::kInvalidToken)
        co_return std::unexpected(keys.error());
      co_return Status{};
    });
    reached ? findings.ok("issuer", issuer.url + " answers")
            : findings.bad("issuer", issuer.url + ": " + reached.error().message);
  }
}

// What a connection's AssumeRole will say of an agent, said of nobody, for a credential that may do
// nothing: the trust policy answers as it will then.
keys::CredentialSpec spec_of(const ConnectionConfig& connection) {
  keys::CredentialSpec spec{.source = connection.credentials,
                            .role_arn = connection.role_arn,
                            .external_id = connection.external_id,
                            .session_name = "strait-doctor",
                            .sts_endpoint = connection.sts_endpoint};
  if (connection.role_arn.empty()) return spec;
  if (connection.source_identity) spec.source_identity = "strait-doctor";
  if (connection.session_tags) spec.tags = {{"strait:role", "doctor"}};
  spec.policies = std::make_shared<std::vector<journey::SessionPolicy>>(
      1,
      journey::SessionPolicy{
          .json =
              R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})",
          .hash = {}});
  return spec;
}

void check_connections(Findings& findings, const Config& config, const async::Clock& clock) {
  for (const auto& connection : config.connections) {
    const auto fetched = run_task([&](async::Loop& loop) -> async::Task<Result<std::string>> {
      CO_TRY(auto tls, connection.ca_file.empty()
                           ? net::ClientTls::system()
                           : net::ClientTls::from_ca_file(connection.ca_file));
      const keys::Surroundings around{.loop = &loop,
                                      .clock = &clock,
                                      .tls = std::move(tls),
                                      .environment = keys::process_environment()};
      const auto spec = spec_of(connection);
      CO_TRY(const auto fetcher, keys::make_fetcher(spec, around));
      CO_TRY(const auto credentials, co_await fetcher->fetch());
      co_return fetcher->describe() + (credentials->expires
                                           ? ", until " + rfc3339(*credentials->expires)
                                           : ", long-lived: prefer a role");
    });
    const auto what = connection.name + " (" + connection.account + "): ";
    fetched ? findings.ok("connection", what + *fetched)
            : findings.bad("connection", what + fetched.error().message);
    if (connection.role_arn.empty()) {
      findings.warn("scope", connection.name +
                                 ": no `role_arn`, so what calls are signed with cannot be cut "
                                 "down to the agent's role; the record says `unscoped`");
    }
  }
}

int doctor(const PolicyChoice& choice, bool strict) {
  Findings findings;
  const async::SystemClock clock;
  const auto config = read_chosen(choice);
  if (!config) {
    findings.bad("config", config.error().message);
    return findings.finish(strict);
  }
  findings.ok("config", config->file.string());
  const auto catalog = load_catalog({});
  catalog ? findings.ok("catalog", std::string((*catalog)->version()))
          : findings.bad("catalog", catalog.error().message);
  check_listen(findings, *config);
  check_proxy(findings, *config, clock);
  check_queue_urls(findings, *config);
  check_state(findings, *config);
  check_roles(findings, *config, clock);
  check_files(findings, *config);
  check_issuers(findings, *config, clock);
  check_connections(findings, *config, clock);
  return findings.finish(strict);
}

}  // namespace

void add_doctor(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "doctor", "look at everything a gateway needs, and say what to do about what is missing");
  auto choice = std::make_shared<PolicyChoice>();
  auto strict = std::make_shared<bool>(false);
  add_policy_options(*verb, *choice);
  verb->add_flag("--strict", *strict, "exit 3 for warnings too");
  verb->callback([choice, strict, &exit_code] { exit_code = doctor(*choice, *strict); });
}

}  // namespace strait::programs
