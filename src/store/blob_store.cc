// SPDX-License-Identifier: Apache-2.0
#include "store/blob_store.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/ids.h"
#include "base/limits.h"
#include "ledger/leaf_body.h"
#include "store/disk.h"

namespace strait::store {
namespace {

constexpr std::size_t kQueueBytesMax = 64 * limits::kMiB;
constexpr std::chrono::milliseconds kPause{200};
constexpr std::size_t kFrameBytes = 256 * limits::kKiB;  // from here on it is full
constexpr std::size_t kBodyHeadBytes = 4 + ledger::kSaltBytes;

// Session ids are base32 and an underscore, so they are safe as names; anything else gets no file.
std::optional<std::string> path_of(const std::string& directory, std::string_view session) {
  if (!SessionId::parse(session)) return std::nullopt;
  return directory + "/" + std::string(session) + ".blobs";
}

std::array<char, 4> little_endian(std::size_t number) {
  return {static_cast<char>(number), static_cast<char>(number >> 8),
          static_cast<char>(number >> 16), static_cast<char>(number >> 24)};
}

std::size_t read_little_endian(std::string_view bytes) {
  std::size_t number = 0;
  for (int at = 3; at >= 0; --at)
    number = number << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(at)]);
  return number;
}

bool append_frame(const std::string& path, std::string& sealed) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  const auto start = ::lseek(fd, 0, SEEK_END);
  auto length = little_endian(sealed.size());
  const iovec parts[] = {{length.data(), length.size()}, {sealed.data(), sealed.size()}};
  const bool whole = ::writev(fd, parts, 2) == static_cast<ssize_t>(length.size() + sealed.size());
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

BlobStore::Frame& BlobStore::frame_of(std::string_view session) {
  if (queue_.last != nullptr && queue_.last->session == session) return *queue_.last;
  auto found = queue_.filling.find(session);
  if (found == queue_.filling.end()) {
    found = queue_.filling.try_emplace(std::string(session)).first;
    found->second.session = session;
  }
  queue_.last = &found->second;
  return found->second;
}

void BlobStore::keep(std::string_view session, std::string_view salt, std::string_view body) {
  const auto length = little_endian(body.size());
  const std::lock_guard lock(mutex_);
  if (queue_.bytes + body.size() > kQueueBytesMax) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_.bytes += body.size();
  auto& frame = frame_of(session);
  frame.bodies.append(length.data(), length.size()).append(salt).append(body);
  ++frame.count;
  if (frame.bodies.size() < kFrameBytes) return;
  queue_.full.push_back(
      {frame.session, std::exchange(frame.bodies, {}), std::exchange(frame.count, 0)});
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
    const auto queue = std::exchange(queue_, {});
    writing_ = true;
    lock.unlock();
    for (const auto& frame : queue.full) write(frame);
    for (const auto& [session, frame] : queue.filling) write(frame);
    lock.lock();
    writing_ = false;
    written_.notify_all();
  }
}

void BlobStore::write(const Frame& frame) {
  const auto path = path_of(directory_, frame.session);
  if (frame.count == 0 || !path) return;
  auto sealed = crypto::seal(key_, frame.bodies, frame.session);
  if (append_frame(*path, sealed)) return;
  dropped_.fetch_add(frame.count, std::memory_order_relaxed);
  spdlog::warn("blob store: {} bodies are not kept in {}: {}", frame.count, *path,
               std::strerror(errno));
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
