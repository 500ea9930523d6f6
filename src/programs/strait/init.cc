// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "programs/strait/starter.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string folder = ".";
  Starter starter;
};

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
  verb->callback([asked, &exit_code] { exit_code = init(*asked); });
}

}  // namespace strait::programs
