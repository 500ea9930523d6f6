// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/file_stamps.h"

namespace strait::programs {

namespace fs = std::filesystem;

FileStamps stamps_of(const fs::path& config_file, const fs::path& history) {
  FileStamps stamps;
  const auto add = [&](const fs::path& path) {
    std::error_code gone;
    const auto time = fs::last_write_time(path, gone).time_since_epoch().count();
    const auto size = fs::file_size(path, gone);
    if (!gone) stamps[path.string()] = {static_cast<std::int64_t>(time), size};
  };
  std::error_code unreadable;
  for (const auto& folder : {config_file.parent_path(), history}) {
    for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
      if (entry.is_regular_file(unreadable)) add(entry.path());
    }
  }
  for (const auto* folder : {"roles", "policies"}) {
    std::error_code missing;
    for (fs::recursive_directory_iterator entry(config_file.parent_path() / folder, missing), end;
         entry != end; entry.increment(missing)) {
      if (entry->is_regular_file(missing)) add(entry->path());
    }
  }
  return stamps;
}

}  // namespace strait::programs
