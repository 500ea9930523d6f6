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
constexpr std::chrono::milliseconds kPause{200};
constexpr std::size_t kFrameBytes = 4 * limits::kMiB;
constexpr std::size_t kBodyHeadBytes = 4 + ledger::kSaltBytes;

// Session ids are base32 and an underscore, so they are safe as names; anything else gets no file.
std::optional<std::string> path_of(const std::string& directory, std::string_view session) {
  if (!SessionId::parse(session)) return std::nullopt;
  return directory + "/" + std::string(session) + ".blobs";
}

std::string little_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::size_t read_little_endian(std::string_view bytes) {
  std::size_t number = 0;
  for (int at = 3; at >= 0; --at)
    number = number << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(at)]);
  return number;
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

// The bodies that a session brought since the last time make one frame: sealing costs more than
// encrypting them.
void BlobStore::write(std::vector<Blob> blobs) {
  struct Frame {
    std::string bodies;
    std::uint64_t count = 0;
  };
  std::map<std::string, Frame> frames;
  const auto flush_frame = [&](const std::string& session, Frame& frame) {
    const auto sealed = crypto::seal(key_, frame.bodies, session);
    const auto path = *path_of(directory_, session);
    if (!append_to(path, little_endian(sealed.size()) + sealed)) {
      dropped_.fetch_add(frame.count, std::memory_order_relaxed);
      spdlog::warn("blob store: {} bodies are not kept in {}: {}", frame.count, path,
                   std::strerror(errno));
    }
    frame = {};
  };
  for (const auto& blob : blobs) {
    if (!path_of(directory_, blob.session)) continue;
    auto& frame = frames[blob.session];
    frame.bodies += little_endian(blob.body.size()) + blob.salt + blob.body;
    ++frame.count;
    if (frame.bodies.size() > kFrameBytes) flush_frame(blob.session, frame);
  }
  for (auto& [session, frame] : frames) {
    if (frame.count != 0) flush_frame(session, frame);
  }
}

namespace {

// Salt and body stand together, so their hash is the commitment: a body is found by it or not at
// all.
void take_bodies(std::string_view bodies, SessionBodies& taken) {
  while (bodies.size() >= kBodyHeadBytes) {
    const auto size = read_little_endian(bodies);
    if (bodies.size() - kBodyHeadBytes < size) return;
    const auto salted = bodies.substr(4, ledger::kSaltBytes + size);
    taken.insert_or_assign(std::string(crypto::view(crypto::sha256(salted))),
                           salted.substr(ledger::kSaltBytes));
    bodies.remove_prefix(kBodyHeadBytes + size);
  }
}

}  // namespace

Result<SessionBodies> read_bodies(const std::string& directory, const crypto::AeadKey& key,
                                  std::string_view session) {
  const auto path = path_of(directory, session);
  if (!path) return fail(ErrorCode::kNotFound, quoted(session) + " is no session id");
  SessionBodies bodies;
  const auto file = read_file(*path);
  if (!file && file.error().code == ErrorCode::kNotFound) return bodies;
  if (!file) return std::unexpected(file.error());
  for (std::string_view rest = *file; rest.size() >= 4;) {
    const auto sealed_bytes = read_little_endian(rest);
    if (rest.size() - 4 < sealed_bytes) break;  // a crash cut it
    if (const auto opened = crypto::open(key, rest.substr(4, sealed_bytes), session))
      take_bodies(*opened, bodies);
    rest.remove_prefix(4 + sealed_bytes);
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
