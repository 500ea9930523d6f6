// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "programs/strait/catalog_file.h"
#include "programs/strait/proxy_ca_file.h"
#include "programs/strait/starter.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string folder = ".";
  Starter starter;
};

// Made now rather than at the first start, so that it can be handed to the agents' machines.
Result<std::filesystem::path> make_proxy_ca(const std::filesystem::path& state_dir) {
  TRY(const auto catalog, load_catalog({}));
  const async::SystemClock clock;
  CHECK_OK(open_proxy_ca(state_dir, *catalog, clock));
  return proxy_ca_file(state_dir);
}

int init(Asked& asked) {
  namespace fs = std::filesystem;
  const fs::path folder = asked.folder;
  if (fs::exists(folder / "strait.toml")) {
    return report(error(ErrorCode::kConflict, (folder / "strait.toml").string() +
                                                  " exists already; nothing was changed"));
  }
  const auto written = write_starter(folder, asked.starter);
  if (!written) return report(written.error());
  for (const auto& file : *written) fmt::print("wrote {}\n", file.string());
  if (!asked.starter.listen_proxy.empty()) {
    const auto made = make_proxy_ca(folder / "state");
    if (!made) return report(made.error());
    fmt::print("wrote {}\n", made->string());
  }
  fmt::print(stderr,
             "\nThe role {} may look, and asks group:approvers for everything else.\n"
             "Next: read roles/developer.toml and policies/, then `strait doctor --config {}` and "
             "`strait serve --config {}`.\n",
             asked.starter.role_arn(), (folder / "strait.toml").string(),
             (folder / "strait.toml").string());
  return kOk;
}

}  // namespace

void add_init(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "init", "write a first configuration: one issuer, one connection, one role");
  auto asked = std::make_shared<Asked>();
  verb->add_option("folder", asked->folder, "where to")->capture_default_str();
  verb->add_option("--issuer", asked->starter.issuer, "URL of your OIDC provider")->required();
  verb->add_option("--subject", asked->starter.subject,
                   "which `sub` may take the role; * and ? match")
      ->required();
  verb->add_option("--account", asked->starter.account, "AWS account, 12 digits")->required();
  verb->add_option("--credentials", asked->starter.credentials,
                   "environment, profile:NAME, imds, container, web-identity")
      ->capture_default_str();
  verb->add_option("--role-arn", asked->starter.upstream_role,
                   "an AWS role that Strait assumes with that credential");
  verb->add_option("--proxy", asked->starter.listen_proxy,
                   "a forward proxy as well: address:port, such as 127.0.0.1:4182");
  verb->callback([asked, &exit_code] { exit_code = init(*asked); });
}

}  // namespace strait::programs
