// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "codec/json.h"
#include "programs/strait/applied.h"
#include "programs/strait/applied_by.h"
#include "programs/strait/catalog_file.h"
#include "programs/strait/policy/findings_of.h"
#include "programs/strait/policy/print_findings.h"
#include "programs/strait/policy/test_files.h"
#include "programs/strait/verbs.h"
#include "programs/strait/world_builder.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;
using analysis::Severity;

struct Asked {
  std::string folder = ".", state;
  bool strict = false, dry_run = false, json = false;
};

// Everything that a gateway would check before it takes the set up.
Status check_usable(const Config& config) {
  if (config.roles.empty())
    return fail(ErrorCode::kInvalidConfiguration,
                (config.file.parent_path() / "roles").string() +
                    " holds no role; nobody could do anything by this version");
  CHECK_OK(compile_policies(config));
  for (const auto& role : config.roles) {
    const auto connection =
        std::ranges::find(config.connections, role.connection, &ConnectionConfig::name);
    CHECK_OK(trust_of(role, connection->account));
  }
  return {};
}

// How many findings stand against it. They are talk here: the data is the version.
std::size_t refusals_of(const Config& config, const analysis::Vocabulary& words, bool strict) {
  const auto least = strict ? Severity::kWarning : Severity::kError;
  const auto findings = findings_of(config, words);
  for (const auto& one : findings) {
    if (one.severity == Severity::kNote) continue;
    fmt::print(stderr, "{}:{}:{}: {}: {} [{}]\n", one.file, one.line, one.column,
               name(one.severity), one.message, one.rule);
  }
  return count_of(findings, least);
}

Result<std::size_t> failed_tests(const Config& config, const analysis::Vocabulary& words) {
  TRY(const auto run, run_tests(test_files_of(config), config, words));
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    if (run.results[i].passed) continue;
    fmt::print(stderr, "{}:{}: {}: {}\n", run.cases[i].file, run.cases[i].line, run.cases[i].name,
               run.results[i].why);
  }
  fmt::print(stderr, "{}, {} failed\n", counted(run.cases.size(), "policy test"), run.failed());
  return run.failed();
}

void print(const Asked& asked, const Applied& applied) {
  if (!asked.json) {
    fmt::print("applied {}: {}\n", applied.str(), applied.summary);
    return;
  }
  fmt::print("{}\n", json_of(applied, true));
}

Result<int> apply(const Asked& asked) {
  TRY(const auto config, read_config(config_file_of(asked.folder)));
  CHECK_OK(check_usable(config));
  TRY(const auto catalog, load_catalog({}));
  const analysis::Vocabulary words(*catalog);
  if (const auto refusals = refusals_of(config, words, asked.strict); refusals > 0) {
    fmt::print(stderr, "nothing was applied: {}\n", counted(refusals, "finding"));
    return kFindings;
  }
  TRY(const auto failed, failed_tests(config, words));
  if (failed > 0) {
    fmt::print(stderr, "nothing was applied: {} failed\n", counted(failed, "policy test"));
    return kFindings;
  }
  TRY(const auto files, files_of(config));
  if (asked.dry_run) {
    fmt::print(stderr, "it would be applied; --dry-run changes nothing\n");
    return kOk;
  }
  auto about = by_me("apply");
  about.summary = counted(config.roles.size(), "role") + ", " + counted(files.size(), "file");
  const fs::path state = asked.state.empty() ? config.server.state_dir : fs::path(asked.state);
  TRY(const auto applied, publish(state, files, std::move(about)));
  print(asked, applied);
  return kOk;
}

}  // namespace

void add_apply(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand(
      "apply", "check and test roles and policies, then put them into force on the gateway");
  auto asked = std::make_shared<Asked>();
  verb->add_option("folder", asked->folder, "where strait.toml, roles/ and policies/ are")
      ->capture_default_str();
  verb->add_option(
      "--state", asked->state,
      "the gateway's state directory; that of the folder's strait.toml when not given");
  verb->add_flag("--strict", asked->strict, "refuse on warnings of `policy check` too");
  verb->add_flag("--dry-run", asked->dry_run, "check and test, and change nothing");
  verb->add_flag("--json", asked->json, "data as JSON");
  verb->footer(
      "A running gateway takes the version up within a second; calls that are under way end by the "
      "one they began with. Exits 3, and changes nothing, when `policy check` finds an error or a "
      "policy test fails.");
  verb->callback([asked, &exit_code] {
    const auto done = apply(*asked);
    exit_code = done ? *done : report(done.error());
  });
}

}  // namespace strait::programs
