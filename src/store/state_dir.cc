// SPDX-License-Identifier: Apache-2.0
#include "store/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/ids.h"
#include "crypto/random.h"
#include "ledger/checkpoint.h"
#include "store/disk.h"

namespace strait::store {
namespace {

constexpr std::size_t kKeyBytes = 32;

std::unexpected<Error> cannot(std::string what, const std::string& path) {
  return fail(ErrorCode::kInvalidConfiguration, std::move(what),
              path + ": " + std::strerror(errno));
}

// Found with wider permissions, a secret may have been read: that is for a person to judge.
Status check_private(const std::string& path, mode_t kind) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return fail(ErrorCode::kNotFound, "there is no state in " + quoted(path),
                path + ": " + std::strerror(errno));
  }
  if ((status.st_mode & S_IFMT) != kind)
    return fail(ErrorCode::kInvalidConfiguration, quoted(path) + " is not what it should be");
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorCode::kInvalidConfiguration, quoted(path) + " belongs to another user");
  }
  if ((status.st_mode & 077) != 0) {
    return fail(ErrorCode::kInvalidConfiguration, quoted(path) +
                                                      " is open to other users; if nobody has read "
                                                      "it, take their rights away with chmod go=");
  }
  return {};
}

Status ensure_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return cannot("a directory cannot be made", path);
  return check_private(path, S_IFDIR);
}

Result<int> take_lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return cannot("the lock file cannot be opened", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = {};
    const auto count = ::pread(fd, owner, sizeof(owner) - 1, 0);
    ::close(fd);
    return fail(ErrorCode::kConflict,
                "another strait process (pid " +
                    std::string(owner, count > 0 ? static_cast<std::size_t>(count) : 0) +
                    ") uses this state directory; stop it, or use another directory",
                path);
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    ::close(fd);
    return cannot("the lock file cannot be written", path);
  }
  return fd;
}

Result<std::string> ensure_origin(const std::string& path) {
  auto origin = read_file(path);
  if (origin) {
    while (!origin->empty() && origin->back() == '\n') origin->pop_back();
    return std::move(*origin);
  }
  if (origin.error().code != ErrorCode::kNotFound) return origin;
  // The random part of an id: a name that no other log has.
  const auto id = uuid7_base32(Timestamp{}, crypto::random_entropy());
  auto made = "strait/" + std::string(id.begin() + 10, id.end()) + "/audit";
  CHECK_OK(make_disk()->replace(path, made + "\n"));
  return made;
}

}  // namespace

StateDir::StateDir(StateDir&& other) noexcept
    : path_(std::move(other.path_)),
      origin_(std::move(other.origin_)),
      lock_fd_(std::exchange(other.lock_fd_, -1)) {}

StateDir& StateDir::operator=(StateDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(origin_, other.origin_);
  std::swap(lock_fd_, other.lock_fd_);
  return *this;
}

StateDir::~StateDir() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

Result<StateDir> StateDir::open(const std::string& path) {
  CHECK_OK(ensure_directory(path));
  TRY(const int lock_fd, take_lock(path + "/lock"));
  StateDir state(path, lock_fd);
  for (const auto& directory :
       {state.log_dir(), state.blob_dir(), state.anchor_dir(), path + "/keys"}) {
    CHECK_OK(ensure_directory(directory));
  }
  TRY(state.origin_, ensure_origin(path + "/origin"));
  TRY(const auto vkey, state.log_vkey());
  CHECK_OK(make_disk()->replace(state.log_dir() + "/log.vkey", vkey + "\n"));
  return state;
}

Result<StateDir> StateDir::open_read_only(const std::string& path) {
  StateDir state(path, -1);
  auto origin = read_file(path + "/origin");
  if (!origin)
    return fail(origin.error().code, "there is no strait state in " + quoted(path),
                origin.error().detail);
  while (!origin->empty() && origin->back() == '\n') origin->pop_back();
  state.origin_ = std::move(*origin);
  return state;
}

std::string StateDir::key_path(std::string_view name) const {
  return path_ + "/keys/" + std::string(name) + ".key";
}

Result<Secret> StateDir::key(std::string_view name) const {
  const auto path = key_path(name);
  auto bytes = read_file(path);
  if (bytes) {
    CHECK_OK(check_private(path, S_IFREG));
    if (bytes->size() != kKeyBytes)
      return fail(ErrorCode::kInvalidConfiguration, quoted(path) + " is not a key of 32 bytes");
    return Secret(std::move(*bytes));
  }
  if (bytes.error().code != ErrorCode::kNotFound || lock_fd_ < 0)
    return std::unexpected(bytes.error());
  Secret made(crypto::random_string(kKeyBytes));
  CHECK_OK(make_disk()->replace(path, made.reveal()));
  return made;
}

Result<crypto::SigningKey> StateDir::log_key() const {
  TRY(const auto seed, key("log"));
  auto signing = crypto::SigningKey::from_seed(seed.reveal());
  if (!signing)
    return fail(ErrorCode::kInvalidConfiguration, "the log key cannot be used", key_path("log"));
  return std::move(*signing);
}

Result<crypto::AeadKey> StateDir::blob_key() const {
  TRY(const auto bytes, key("blob"));
  auto blob = crypto::AeadKey::from_bytes(bytes.reveal());
  if (!blob)
    return fail(ErrorCode::kInvalidConfiguration, "the blob key cannot be used", key_path("blob"));
  return std::move(*blob);
}

Result<std::string> StateDir::log_vkey() const {
  if (lock_fd_ < 0) {
    TRY(auto text, read_file(log_dir() + "/log.vkey"));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  TRY(const auto signing, log_key());
  return ledger::vkey_text(ledger::make_vkey(origin_, signing.public_key()));
}

}  // namespace strait::store
