// SPDX-License-Identifier: Apache-2.0
#include "store/blob_store.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "base/ids.h"
#include "base/limits.h"
#include "ledger/leaf_body.h"
#include "store/disk.h"

namespace strait::store {
namespace {

constexpr std::size_t kQueueBytesMax = 64 * limits::kMiB;
constexpr std::chrono::milliseconds kPause{20};
constexpr std::size_t kHeadBytes = 4 + 32;  // length of the sealed part, commitment
constexpr std::size_t kSealedBytesMax = 128 * limits::kKiB;

// Session ids are base32 and an underscore, so they are safe as names; anything else gets no file.
std::optional<std::string> path_of(const std::string& directory, std::string_view session) {
  if (!SessionId::parse(session)) return std::nullopt;
  return directory + "/" + std::string(session) + ".blobs";
}

std::string frame_of(const crypto::AeadKey& key, const Blob& blob) {
  const auto commitment = crypto::view(blob.commitment);
  const auto sealed =
      crypto::seal(key, blob.salt + blob.body, blob.session + std::string(commitment));
  std::string frame;
  for (int shift = 0; shift < 32; shift += 8) frame += static_cast<char>(sealed.size() >> shift);
  frame += commitment;
  frame += sealed;
  return frame;
}

bool append_to(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const auto start = ::lseek(fd, 0, SEEK_END);
  const bool whole = ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  // Half a frame would hide all that follow it.
  if (!whole && ::ftruncate(fd, start) != 0)
    spdlog::error("blob store: {}: {}", path, std::strerror(errno));
  ::close(fd);
  return whole;
}

}  // namespace

BlobStore::BlobStore(std::string directory, crypto::AeadKey key)
    : directory_(std::move(directory)), key_(std::move(key)), thread_([this] { run(); }) {}

BlobStore::~BlobStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void BlobStore::keep(Blob blob) {
  const std::lock_guard lock(mutex_);
  if (queued_bytes_ + blob.body.size() > kQueueBytesMax) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queued_bytes_ += blob.body.size();
  queue_.push_back(std::move(blob));
}

void BlobStore::flush() {
  std::unique_lock lock(mutex_);
  flushing_ = true;
  wake_.notify_one();
  written_.wait(lock, [this] { return queue_.empty() && !writing_; });
}

void BlobStore::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    // Nobody is woken for a body: looking now and then costs less than a system call each.
    wake_.wait_for(lock, kPause, [this] { return stopping_ || flushing_; });
    flushing_ = false;
    if (queue_.empty() && stopping_) return;
    auto blobs = std::exchange(queue_, {});
    queued_bytes_ = 0;
    writing_ = true;
    lock.unlock();
    write(std::move(blobs));
    lock.lock();
    writing_ = false;
    written_.notify_all();
  }
}

void BlobStore::write(std::vector<Blob> blobs) {
  std::map<std::string, std::pair<std::string, std::uint64_t>>
      files;  // path to frames and their number
  for (const auto& blob : blobs) {
    const auto path = path_of(directory_, blob.session);
    if (!path) continue;
    auto& [frames, count] = files[*path];
    frames += frame_of(key_, blob);
    ++count;
  }
  for (const auto& [path, frames] : files) {
    if (append_to(path, frames.first)) continue;
    dropped_.fetch_add(frames.second, std::memory_order_relaxed);
    spdlog::warn("blob store: {} bodies are not kept in {}: {}", frames.second, path,
                 std::strerror(errno));
  }
}

Result<SessionBodies> read_bodies(const std::string& directory, const crypto::AeadKey& key,
                                  std::string_view session) {
  const auto path = path_of(directory, session);
  if (!path) return fail(ErrorCode::kNotFound, quoted(session) + " is no session id");
  SessionBodies bodies;
  const auto file = read_file(*path);
  if (!file && file.error().code == ErrorCode::kNotFound) return bodies;
  if (!file) return std::unexpected(file.error());
  for (std::string_view rest = *file; rest.size() >= kHeadBytes;) {
    std::size_t sealed_bytes = 0;
    for (int at = 3; at >= 0; --at)
      sealed_bytes =
          sealed_bytes << 8 | static_cast<unsigned char>(rest[static_cast<std::size_t>(at)]);
    if (sealed_bytes > kSealedBytesMax || rest.size() - kHeadBytes < sealed_bytes)
      break;  // a crash cut it
    const auto commitment = rest.substr(4, 32);
    const auto opened = crypto::open(key, rest.substr(kHeadBytes, sealed_bytes),
                                     std::string(session) + std::string(commitment));
    if (opened && opened->size() >= ledger::kSaltBytes &&
        crypto::view(crypto::sha256(*opened)) == commitment) {
      bodies.insert_or_assign(std::string(commitment), opened->substr(ledger::kSaltBytes));
    }
    rest.remove_prefix(kHeadBytes + sealed_bytes);
  }
  return bodies;
}

Status erase_bodies(const std::string& directory, std::string_view session) {
  const auto path = path_of(directory, session);
  if (!path) return fail(ErrorCode::kNotFound, quoted(session) + " is no session id");
  if (::unlink(path->c_str()) != 0 && errno != ENOENT) {
    return fail(ErrorCode::kIo, "the session's bodies cannot be erased",
                *path + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace strait::store
