// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace strait::programs {

// Runs the gateway until a signal ends it; gives the exit code.
int serve(const std::string& config_file);

// One JSON object a line: {"t","level","message"}. Messages are escaped, so foreign text cannot
// forge a line or field.
std::unique_ptr<spdlog::formatter> json_formatter();

}  // namespace strait::programs
