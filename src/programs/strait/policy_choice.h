// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "programs/strait/config.h"

// Whose policies a verb asks about: those that the gateway of a strait.toml goes by, which is the
// version in force once something was applied; or the files beside it.
namespace strait::programs {

struct PolicyChoice {
  std::string config = "strait.toml";  // or its folder
  bool files = false;
};

// --config, --files.
void add_policy_options(CLI::App& verb, PolicyChoice& choice);

Result<Config> read_chosen(const PolicyChoice& choice);

// "version 3 (9f2c0a1b5d6e), apply by kim", or "the files beside strait.toml". Whoever asks is
// told.
std::string whose(const Config& config);

}  // namespace strait::programs
