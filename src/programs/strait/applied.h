// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "codec/json.h"
#include "programs/strait/config.h"

// Versions of roles and policies that were applied, under the state directory:
//
//   policy/versions/<hash>/     roles/*.toml and the policies they name, as they were; named by the
//                               SHA-256 of all of it, and never changed
//   policy/history/000003.json  the third change: which version came into force, who did it and why
//
// The newest history entry says what is in force. It is written whole and linked to its name in one
// step, so that a crash leaves the old version in force or the new one, and two who apply at once
// cannot both take a number. docs/decisions/0012-applied-versions.md.
namespace strait::programs {

// The files of a version by their paths, which are relative and stay below it: "roles/dev.toml".
using VersionFiles = std::map<std::string, std::string>;

struct Applied {
  int number = 0;    // from 1
  std::string hash;  // SHA-256, hex, of the files
  std::string what;  // "apply" or "rollback to 3"
  std::string who;
  std::string summary;  // "2 roles, 5 files"
  Timestamp at{};
  std::string str() const;  // "version 3 (9f2c0a1b5d6e)"
};

std::filesystem::path history_folder(const std::filesystem::path& state_dir);
std::filesystem::path version_folder(const std::filesystem::path& state_dir,
                                     const std::string& hash);

// Role files, policies, trust policies and policy tests of a configuration that was read from
// files. kInvalidConfiguration: a role names a file outside the folder.
Result<VersionFiles> files_of(const Config& config);
std::string hash_of(const VersionFiles& files);

// The members of a change, in an object that the caller opens and closes.
void write_members(codec::JsonWriter& json, const Applied& applied);

// Oldest first; empty when nothing was ever applied.
Result<std::vector<Applied>> history(const std::filesystem::path& state_dir);

// Puts `files` into force. kConflict: they are in force already, or somebody else was faster.
// Everything written belongs to the owner of the state directory.
Result<Applied> publish(const std::filesystem::path& state_dir, const VersionFiles& files,
                        Applied about);
// Puts what change `number` had put into force there again.
Result<Applied> roll_back(const std::filesystem::path& state_dir, int number, Applied about);

// What `serve` runs by: strait.toml as it stands, with the roles of the version in force; of the
// files beside it when nothing was ever applied. A version whose files are not those it was named
// for is refused.
Result<Config> read_running_config(const std::filesystem::path& file);

}  // namespace strait::programs
