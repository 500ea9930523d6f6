// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ranges>

#include "programs/strait/applied_by.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

struct Asked {
  std::string state, config = "strait.toml";
  bool json = false;
};

Result<std::vector<Applied>> list(const Asked& asked) {
  TRY(const auto state, state_dir_of(asked.state, asked.config));
  return history(state);
}

int show(const Asked& asked) {
  const auto all = list(asked);
  if (!all) return report(all.error());
  for (const auto& one : *all | std::views::reverse) {
    const bool in_force = &one == &all->back();
    if (asked.json) {
      fmt::print("{}\n", json_of(one, in_force));
    } else {
      fmt::print("{:>4}  {}  {}  {:<16} {:<16} {}{}\n", one.number, rfc3339(one.at).substr(0, 19),
                 one.hash.substr(0, 12), one.what, one.who, one.summary,
                 in_force ? "  <- in force" : "");
    }
  }
  if (all->empty())
    fmt::print(stderr, "nothing was applied; the files beside strait.toml are in force\n");
  return kOk;
}

}  // namespace

void add_history(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "history", "which versions of roles and policies were in force, the newest first");
  auto asked = std::make_shared<Asked>();
  verb->add_option("--state", asked->state, "the gateway's state directory [STRAIT_STATE]");
  verb->add_option("--config", asked->config, "strait.toml that names it, instead")
      ->capture_default_str();
  verb->add_flag("--json", asked->json, "JSON, one object a line");
  verb->callback([asked, &exit_code] { exit_code = show(*asked); });
}

}  // namespace strait::programs
