// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy_choice.h"

#include "programs/strait/applied.h"

namespace strait::programs {

void add_policy_options(CLI::App& verb, PolicyChoice& choice) {
  verb.add_option("--config", choice.config,
                  "the gateway's strait.toml; once something was applied, the version in force")
      ->capture_default_str();
  verb.add_flag("--files", choice.files,
                "the roles and policies beside strait.toml, applied or not");
}

Result<Config> read_chosen(const PolicyChoice& choice) {
  const auto file = config_file_of(choice.config);
  if (choice.files) return read_config(file);
  auto config = read_running_config(file);
  if (!config && config.error().code == ErrorCode::kIo) {
    auto error = std::move(config).error();
    error.message +=
        "; ask as the owner of the state directory, or about the files alone with --files";
    return std::unexpected(std::move(error));
  }
  return config;
}

std::string whose(const Config& config) {
  return config.version.empty() ? "the files beside " + config.file.filename().string()
                                : config.version;
}

}  // namespace strait::programs
