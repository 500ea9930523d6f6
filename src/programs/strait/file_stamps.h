// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace strait::programs {

using FileStamps =
    std::map<std::string, std::pair<std::int64_t, std::uintmax_t>>;  // path: time of change, size

// Of strait.toml, the files beside it, every file under roles/ and policies/, and those in
// `history`, where applied versions are noted. Files that
// policies are read from elsewhere are noticed when a role file changes, or on SIGHUP.
FileStamps stamps_of(const std::filesystem::path& config_file,
                     const std::filesystem::path& history);

}  // namespace strait::programs
