// SPDX-License-Identifier: Apache-2.0
#include "store/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "store/block_writer.h"
#include "store/segment.h"

namespace strait::store {
namespace {

std::unexpected<Error> io_error(std::string_view doing, const std::string& path, int code = errno) {
  return fail(code == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "a file cannot be used",
              fmt::format("{} {}: {}", doing, path, std::strerror(code)));
}

// An fd that is closed when it goes out of sight.
struct File {
  int fd;
  explicit File(int opened) : fd(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return io_error("write", path, written == 0 ? EIO : errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status sync_directory_of(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path().string();
  File file(
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.fd < 0 || ::fsync(file.fd) != 0) return io_error("sync directory", directory);
  return {};
}

// Zeros are written, not only allocated: the first write into an unwritten extent costs a journal
// commit.
Status fill_with_zeros(int fd, std::uint64_t bytes, const std::string& path) {
  constexpr std::size_t kChunk = 1024 * 1024;
  void* zeros = nullptr;
  if (::posix_memalign(&zeros, kBlockBytes, kChunk) != 0) return io_error("allocate", path, ENOMEM);
  std::memset(zeros, 0, kChunk);
  Status outcome;
  for (std::uint64_t at = 0; at < bytes && outcome; at += kChunk) {
    outcome = write_all(
        fd, {static_cast<const char*>(zeros), std::min<std::uint64_t>(kChunk, bytes - at)}, path);
  }
  std::free(zeros);
  return outcome;
}

Status make_segment(const std::string& path, std::uint64_t bytes) {
  File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.fd < 0) return io_error("create", path);
  // Past the page cache, where the file system can: pages left there would have to be thrown out
  // again by every write of a batch.
  static_cast<void>(::fcntl(file.fd, F_SETFL, O_DIRECT));
  CHECK_OK(fill_with_zeros(file.fd, bytes, path));
  if (::fsync(file.fd) != 0) return io_error("sync", path);
  return sync_directory_of(path);
}

class PosixDisk final : public Disk {
 public:
  Result<int> create_segment(const std::string& path, std::uint64_t bytes) override {
    if (auto made = make_segment(path, bytes); !made) {
      ::unlink(path.c_str());  // gives back what a full disk had left
      return std::unexpected(std::move(made).error());
    }
    int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT | O_DSYNC);
    if (fd < 0 && errno == EINVAL)
      fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);  // tmpfs, some FUSE
    if (fd < 0) return io_error("open", path);
    return fd;
  }

  Status write_now(int fd, std::uint64_t offset, std::span<const iovec> parts) override {
    return write_blocks(fd, offset, parts);
  }

  std::unique_ptr<BlockWriter> block_writer(async::Loop& loop, bool use_io_uring) override {
    if (use_io_uring) {
      if (auto writer = make_uring_writer(loop)) return writer;
    }
    return make_thread_writer(loop);
  }

  Status replace(const std::string& path, std::string_view contents) override {
    const auto temporary = path + ".new";
    {
      File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
      if (file.fd < 0) return io_error("create", temporary);
      CHECK_OK(write_all(file.fd, contents, temporary));
      if (::fsync(file.fd) != 0) return io_error("sync", temporary);
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return io_error("rename", temporary);
    return sync_directory_of(path);
  }

  Status append(const std::string& path, std::string_view contents) override {
    File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (file.fd < 0) return io_error("open", path);
    CHECK_OK(write_all(file.fd, contents, path));
    if (::fsync(file.fd) != 0) return io_error("sync", path);
    return {};
  }

  Status truncate(const std::string& path, std::uint64_t bytes) override {
    File file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.fd < 0 || ::ftruncate(file.fd, static_cast<off_t>(bytes)) != 0)
      return io_error("truncate", path);
    if (::fsync(file.fd) != 0) return io_error("sync", path);
    return {};
  }

  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return io_error("remove", path);
    return sync_directory_of(path);
  }
};

}  // namespace

std::unique_ptr<Disk> make_disk() { return std::make_unique<PosixDisk>(); }

Result<std::string> read_file(const std::string& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file.fd < 0 || ::fstat(file.fd, &status) != 0) return io_error("open", path);
  std::string contents;
  contents.resize(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < contents.size()) {
    const auto count = ::read(file.fd, contents.data() + done, contents.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  contents.resize(done);
  return contents;
}

Result<std::vector<std::string>> list_files(const std::string& directory) {
  std::error_code code;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(directory, code), end; !code && at != end;
       at.increment(code)) {
    names.push_back(at->path().filename().string());
  }
  if (code) return io_error("list", directory, code.value());
  std::ranges::sort(names);
  return names;
}

}  // namespace strait::store
