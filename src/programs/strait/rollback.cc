// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "programs/strait/applied_by.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  int number = 0;
  std::string state, config = "strait.toml";
  bool json = false;
};

Result<Applied> run(const Asked& asked) {
  TRY(const auto state, state_dir_of(asked.state, asked.config));
  return roll_back(state, asked.number, by_me(""));
}

}  // namespace

void add_rollback(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("rollback", "put an earlier version into force again");
  auto asked = std::make_shared<Asked>();
  verb->add_option("version", asked->number, "its number, as `strait history` says it")->required();
  verb->add_option("--state", asked->state, "the gateway's state directory [STRAIT_STATE]");
  verb->add_option("--config", asked->config, "strait.toml that names it, instead")
      ->capture_default_str();
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->footer("It is a change of its own, with a number of its own; nothing is forgotten.");
  verb->callback([asked, &exit_code] {
    const auto applied = run(*asked);
    if (!applied) {
      exit_code = report(applied.error());
      return;
    }
    if (asked->json) {
      fmt::print("{}\n", json_of(*applied, true));
    } else {
      fmt::print("{} is in force: {}\n", applied->str(), applied->what);
    }
    exit_code = kOk;
  });
}

}  // namespace strait::programs
