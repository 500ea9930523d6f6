// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include "programs/strait/config.h"

namespace strait::programs {

// The policy tests of a configuration, in order of their paths: every *.test.toml beside
// strait.toml, and anywhere under policies/ and roles/.
std::vector<std::filesystem::path> test_files_of(const Config& config);

}  // namespace strait::programs
