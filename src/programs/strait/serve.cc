// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/serve.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>

#include "programs/strait/applied.h"
#include "programs/strait/system.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

// A core file would hold the real credential, and so would a debugger's view.
void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::umask(077);
}

void log_as_json(const std::string& level) {
  auto logger = spdlog::stderr_logger_mt("strait");
  spdlog::set_default_logger(logger);
  spdlog::set_level(spdlog::level::from_str(level));

  spdlog::set_formatter(json_formatter());
}

}  // namespace

int serve(const std::string& config_file) {
  keep_memory_private();
  auto config = read_running_config(config_file);
  if (!config) return report(config.error());
  log_as_json(config->server.log_level);
  auto system = System::build(*std::move(config));
  if (!system) return report(system.error());
  const auto ended = (*system)->run();
  return ended ? kOk : report(ended.error());
}

void add_serve(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("serve", "run the gateway");
  auto config = std::make_shared<std::string>("strait.toml");
  auto check = std::make_shared<bool>(false);
  verb->add_option("--config", *config, "strait.toml")->capture_default_str();
  verb->add_flag("--check", *check, "read the configuration, say what is wrong with it, and stop");
  verb->callback([config, check, &exit_code] {
    if (!*check) {
      exit_code = serve(*config);
      return;
    }
    const auto read = read_running_config(*config);
    const auto compiled = read ? compile_policies(*read) : std::unexpected(read.error());
    exit_code = compiled ? kOk : report(compiled.error());
  });
}

}  // namespace strait::programs
