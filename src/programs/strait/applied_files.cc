// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/applied_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "programs/strait/config.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(const std::string& what, const fs::path& path) {
  const auto why = errno;
  std::string message = "cannot " + what + " " + path.string() + ": " + std::strerror(why);
  if (why == EACCES || why == EPERM) message += "; run it as the owner of the state directory";
  return fail(ErrorCode::kIo, std::move(message));
}

// To the owner of the state directory, when somebody else (root) writes there.
Status hand_over(int file, const fs::path& path, const fs::path& state_dir) {
  struct stat owner{};
  if (::stat(state_dir.c_str(), &owner) != 0) return failed("look at", state_dir);
  if (owner.st_uid == ::geteuid()) return {};
  if (::fchown(file, owner.st_uid, owner.st_gid) != 0) return failed("hand over", path);
  return {};
}

Status sync_folder(const fs::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed("open", folder);
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  if (!synced) return failed("sync", folder);
  return {};
}

Status make_folder(const fs::path& folder, const fs::path& state_dir) {
  if (::mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return failed("make", folder);
  }
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return failed("open", folder);
  const auto handed = hand_over(file, folder, state_dir);
  ::close(file);
  CHECK_OK(handed);
  return sync_folder(folder.parent_path());
}

// What cannot be looked at is taken to be missing; making it then says why.
bool is_there(const fs::path& path) {
  std::error_code hidden;
  return fs::exists(path, hidden);
}

// Every folder from the state directory down to `folder`.
Status make_folders(const fs::path& folder, const fs::path& state_dir) {
  if (!is_there(state_dir)) {
    std::error_code none;
    fs::create_directories(state_dir.parent_path(), none);
    if (::mkdir(state_dir.c_str(), 0700) != 0) return failed("make", state_dir);
  }
  auto at = state_dir;
  for (const auto& step : folder.lexically_relative(state_dir)) {
    at /= step;
    CHECK_OK(make_folder(at, state_dir));
  }
  return {};
}

Status write_all(int file, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return failed("sync", path);
  return {};
}

Status write_file(const fs::path& path, std::string_view text, const fs::path& state_dir) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return failed("make", path);
  auto done = hand_over(file, path, state_dir);
  if (done) done = write_all(file, text, path);
  ::close(file);
  return done;
}

// Beside `path`, and nobody else's.
fs::path partial_of(const fs::path& path) {
  return path.parent_path() /
         ("." + path.filename().string() + "." + std::to_string(::getpid()) + ".partial");
}

}  // namespace

Status write_once(const fs::path& file, std::string_view text, const fs::path& state_dir) {
  CHECK_OK(make_folders(file.parent_path(), state_dir));
  const auto partial = partial_of(file);
  std::error_code none;
  fs::remove(partial, none);
  CHECK_OK(write_file(partial, text, state_dir));
  // A link, because it fails where a rename would replace.
  const bool linked = ::link(partial.c_str(), file.c_str()) == 0;
  const auto why = errno;
  fs::remove(partial, none);
  if (!linked && why == EEXIST) {
    return fail(ErrorCode::kConflict,
                "somebody else applied a version at the same time; see `strait history`, then "
                "apply again");
  }
  errno = why;
  if (!linked) return failed("link", file);
  return sync_folder(file.parent_path());
}

Status write_folder(const fs::path& folder, const std::map<std::string, std::string>& files,
                    const fs::path& state_dir) {
  if (is_there(folder)) return {};
  CHECK_OK(make_folders(folder.parent_path(), state_dir));
  const auto partial = partial_of(folder);
  std::error_code none;
  fs::remove_all(partial, none);
  CHECK_OK(make_folder(partial, state_dir));
  for (const auto& [path, text] : files) {
    CHECK_OK(make_folders((partial / path).parent_path(), state_dir));
    CHECK_OK(write_file(partial / path, text, state_dir));
    CHECK_OK(sync_folder((partial / path).parent_path()));
  }
  if (::rename(partial.c_str(), folder.c_str()) != 0 && !is_there(folder))
    return failed("name", folder);
  fs::remove_all(partial, none);
  return sync_folder(folder.parent_path());
}

Result<std::map<std::string, std::string>> read_folder(const fs::path& folder) {
  std::map<std::string, std::string> files;
  std::error_code broken;
  for (fs::recursive_directory_iterator entry(folder, broken), end; !broken && entry != end;
       entry.increment(broken)) {
    if (entry->is_directory(broken)) continue;
    TRY(files[entry->path().lexically_relative(folder).string()], read_text(entry->path()));
  }
  if (broken)
    return fail(ErrorCode::kIo, "cannot read " + folder.string() + ": " + broken.message());
  return files;
}

}  // namespace strait::programs
