// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

// How applied versions come onto the disk: all at once or not at all, durable when a call returns,
// readable for the owner of the state directory alone and belonging to them, whoever runs `apply`.
namespace strait::programs {

// A file that must not be there yet: kConflict when it is.
Status write_once(const std::filesystem::path& file, std::string_view text,
                  const std::filesystem::path& state_dir);

// A folder of files; nothing to do when it is there already, since its name says what it holds.
Status write_folder(const std::filesystem::path& folder,
                    const std::map<std::string, std::string>& files,
                    const std::filesystem::path& state_dir);

// Every file below `folder`, by its path from there.
Result<std::map<std::string, std::string>> read_folder(const std::filesystem::path& folder);

}  // namespace strait::programs
