// SPDX-License-Identifier: Apache-2.0
#include "keys/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "crypto/random.h"

namespace strait::keys {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kFileBytesMax = 64 * 1024;

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::unexpected<Error> refused(const std::filesystem::path& file, std::string_view why) {
  return fail(ErrorCode::kInvalidConfiguration,
              "key file " + strait::quoted(file.string(), 400) + ": " + std::string(why));
}

std::unexpected<Error> broken(const std::filesystem::path& file, std::string_view doing) {
  return fail(ErrorCode::kIo,
              "key file " + strait::quoted(file.string(), 400) + ": cannot " + std::string(doing),
              std::strerror(errno));
}

Status check_owner(const std::filesystem::path& file, const struct stat& is, mode_t forbidden) {
  if (is.st_uid != ::geteuid() && is.st_uid != 0)
    return refused(file, "it belongs to another user; chown it to the one strait runs as");
  if ((is.st_mode & forbidden) != 0)
    return refused(file, "others may touch it; run chmod go-rwx on it");
  return {};
}

Result<std::string> read_all(int fd, const std::filesystem::path& file) {
  std::string out;
  std::array<char, 4096> piece;
  for (;;) {
    const auto got = ::read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return broken(file, "read it");
    if (got == 0) break;
    out.append(piece.data(), static_cast<std::size_t>(got));
    if (out.size() > kFileBytesMax) return refused(file, "it is too long to be a secret");
  }
  ::explicit_bzero(piece.data(), piece.size());
  return out;
}

Status write_all(int fd, std::string_view bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const auto put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return broken(file, "write it");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(fd) == 0 ? Status{} : broken(file, "sync it");
}

Status sync_folder(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.ok() || ::fsync(fd.get()) != 0) return broken(folder, "sync its folder");
  return {};
}

// Writes a whole new file beside `file`, and gives its name.
Result<std::filesystem::path> write_beside(const std::filesystem::path& file,
                                           std::string_view bytes) {
  const auto random = crypto::random_string(8);
  std::string name = file.string() + ".new-";
  for (const unsigned char c : random) name.push_back("0123456789abcdefghijklmnopqrstuv"[c & 31]);
  const Fd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.ok()) return broken(name, "make it");
  if (auto written = write_all(fd.get(), bytes, name); !written) {
    ::unlink(name.c_str());
    return std::unexpected(written.error());
  }
  return name;
}

// Each line "<epoch> <64 hex digits>", newest first.
std::string write_masters(const std::vector<MasterKey>& masters) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const auto& master : masters) {
    out.append(std::to_string(master.epoch)).push_back(' ');
    for (const unsigned char c : master.bytes.reveal()) out.append({kHex[c >> 4], kHex[c & 15]});
    out.push_back('\n');
  }
  return out;
}

std::optional<MasterKey> read_master(std::string_view line) {
  MasterKey master;
  const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), master.epoch);
  if (problem != std::errc() || master.epoch == 0) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (line.size() != 1 + 2 * kKeyBytes || line[0] != ' ') return std::nullopt;
  std::string bytes;
  for (std::size_t at = 1; at < line.size(); at += 2) {
    unsigned value = 0;
    const auto* digits = line.data() + at;
    const auto parsed = std::from_chars(digits, digits + 2, value, 16);
    if (parsed.ec != std::errc() || parsed.ptr != digits + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(value));
  }
  master.bytes = Secret(std::move(bytes));
  return master;
}

Result<std::vector<MasterKey>> read_masters(std::string_view text,
                                            const std::filesystem::path& file) {
  std::vector<MasterKey> out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto master = end == std::string_view::npos ? std::nullopt : read_master(text.substr(0, end));
    if (!master || (!out.empty() && master->epoch >= out.back().epoch))
      return refused(file, "it holds no credential masters");
    out.push_back(std::move(*master));
    text.remove_prefix(end + 1);
  }
  if (out.empty()) return refused(file, "it is empty");
  return out;
}

}  // namespace

Result<Secret> read_secret_file(const std::filesystem::path& file, bool strict) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | (strict ? O_NOFOLLOW : 0)));
  if (!fd.ok() && errno == ENOENT)
    return fail(ErrorCode::kNotFound, "there is no file " + strait::quoted(file.string(), 400));
  if (!fd.ok() && errno == ELOOP) return refused(file, "it is a symbolic link");
  if (!fd.ok()) return broken(file, "open it");
  struct stat is{};
  if (::fstat(fd.get(), &is) != 0) return broken(file, "look at it");
  if (!S_ISREG(is.st_mode)) return refused(file, "it is no ordinary file");
  if (strict)
    CHECK_OK(check_owner(file, is, 077));
  else if ((is.st_mode & 002) != 0)
    return refused(file, "everybody may write it; run chmod o-w on it");
  TRY(auto bytes, read_all(fd.get(), file));
  return Secret(std::move(bytes));
}

Result<KeyFiles> KeyFiles::open(const std::filesystem::path& state_dir) {
  const auto folder = state_dir / "keys";
  std::error_code problem;
  std::filesystem::create_directories(state_dir, problem);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return broken(folder, "make the folder");
  struct stat is{};
  if (::lstat(folder.c_str(), &is) != 0) return broken(folder, "look at the folder");
  if (!S_ISDIR(is.st_mode)) return refused(folder, "it is no folder");
  CHECK_OK(check_owner(folder, is, 077));
  return KeyFiles(folder);
}

Result<Secret> KeyFiles::load_or_make(std::string_view name,
                                      const std::function<Result<Secret>()>& make) {
  const auto file = folder_ / name;
  if (auto held = read_secret_file(file); held || held.error().code != ErrorCode::kNotFound)
    return held;
  TRY(const auto fresh, make());
  TRY(const auto beside, write_beside(file, fresh.reveal()));
  // link() fails when another process was first; then its file is the one.
  const bool linked = ::link(beside.c_str(), file.c_str()) == 0;
  const bool taken = !linked && errno == EEXIST;
  ::unlink(beside.c_str());
  if (!linked && !taken) return broken(file, "put it in place");
  CHECK_OK(sync_folder(folder_));
  return read_secret_file(file);
}

Result<Secret> KeyFiles::key(std::string_view name) {
  TRY(auto bytes, load_or_make(name, [] { return Secret(crypto::random_string(kKeyBytes)); }));
  if (bytes.reveal().size() != kKeyBytes) return refused(folder_ / name, "it is not 32 bytes long");
  return bytes;
}

Result<std::vector<MasterKey>> KeyFiles::credential_masters() {
  constexpr std::string_view kName = "credential-master";
  TRY(const auto text, load_or_make(kName, [] {
        std::vector<MasterKey> masters(1);
        masters[0] = {1, Secret(crypto::random_string(kKeyBytes))};
        return Secret(write_masters(masters));
      }));
  return read_masters(text.reveal(), folder_ / kName);
}

Status KeyFiles::rotate_credential_master() {
  const auto file = folder_ / "credential-master";
  TRY(auto masters, credential_masters());
  masters.resize(1);
  masters.insert(masters.begin(),
                 MasterKey{masters[0].epoch + 1, Secret(crypto::random_string(kKeyBytes))});
  const Secret text(write_masters(masters));
  TRY(const auto beside, write_beside(file, text.reveal()));
  // A crash before the rename loses the new epoch, which nothing was issued under; after it, it is
  // kept.
  if (::rename(beside.c_str(), file.c_str()) != 0) {
    ::unlink(beside.c_str());
    return broken(file, "put it in place");
  }
  return sync_folder(folder_);
}

Result<crypto::AeadKey> KeyFiles::session_token_key() {
  TRY(const auto bytes, key("session-token"));
  return *crypto::AeadKey::from_bytes(bytes.reveal());
}

Result<crypto::SigningKey> KeyFiles::log_signing_key() {
  TRY(const auto bytes, key("log-signing"));
  return *crypto::SigningKey::from_seed(bytes.reveal());
}

Result<crypto::AeadKey> KeyFiles::blob_key() {
  TRY(const auto bytes, key("blob"));
  return *crypto::AeadKey::from_bytes(bytes.reveal());
}

Result<Secret> KeyFiles::mask_key() { return key("mask"); }
Result<Secret> KeyFiles::commitment_key() { return key("commitment"); }
Result<Secret> KeyFiles::proxy_ca(const std::function<Result<Secret>()>& make) {
  return load_or_make("proxy-ca", make);
}

}  // namespace strait::keys
