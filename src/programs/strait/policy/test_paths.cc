// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/policy/test_paths.h"

#include <algorithm>

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

void add_files(std::vector<fs::path>& files, const auto& entries) {
  std::error_code gone;
  for (const auto& entry : entries) {
    if (entry.path().filename().string().ends_with(".test.toml") && entry.is_regular_file(gone))
      files.push_back(entry.path());
  }
}

}  // namespace

std::vector<fs::path> test_files_of(const Config& config) {
  const auto base = config.file.parent_path();
  std::vector<fs::path> files;
  std::error_code missing;
  add_files(files, fs::directory_iterator(base, missing));
  for (const auto* folder : {"policies", "roles"})
    add_files(files, fs::recursive_directory_iterator(
                         base / folder, fs::directory_options::skip_permission_denied, missing));
  std::ranges::sort(files);
  return files;
}

}  // namespace strait::programs
