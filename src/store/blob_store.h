// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "crypto/aead.h"

// Masked bodies of calls and replies, encrypted (AES-256-GCM), one append-only file a session, so
// that a session's bodies can be erased and its record stays whole and verifiable. A thread writes
// them behind the hot path: a crash may lose the last ones, and a full disk all of them. That loses
// what was said, never that it was said: the leaf and its commitment are the evidence, and they are
// durable first. docs/formats/log.md has the file format.
namespace strait::store {

class BlobStore {
 public:
  // `directory` exists. Any thread may call keep().
  BlobStore(std::string directory, crypto::AeadKey key);
  ~BlobStore();  // writes what is queued

  // Takes a copy of a body of at most ledger::kBodyBytesMax and of its salt of ledger::kSaltBytes.
  // Never waits; drops, and counts, when 64 MiB are queued.
  void keep(std::string_view session, std::string_view salt, std::string_view body);
  void flush();  // waits until what was kept before is in the file system
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  // The bodies that a session brought since the last time: sealing costs more than encrypting them.
  struct Frame {
    std::string session;
    std::string bodies;
    std::uint64_t count = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Queue {
    std::vector<Frame> full;
    std::unordered_map<std::string, Frame, Hash, std::equal_to<>> filling;  // by session
    Frame* last = nullptr;  // that was filled: the next body is often its session's too
    std::size_t bytes = 0;
    bool empty() const { return full.empty() && filling.empty(); }
  };

  Frame& frame_of(std::string_view session);
  void run();
  void write(const Frame& frame);

  const std::string directory_;
  const crypto::AeadKey key_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  Queue queue_;
  bool writing_ = false;
  bool flushing_ = false;
  bool stopping_ = false;
  std::atomic<std::uint64_t> dropped_ = 0;
  std::thread thread_;
};

// The bodies of one session by commitment (32 raw bytes), decrypted and checked against it. A body
// that cannot be opened is left out; none at all is an empty map: erased, or never kept.
using SessionBodies = std::unordered_map<std::string, std::string>;
Result<SessionBodies> read_bodies(const std::string& directory, const crypto::AeadKey& key,
                                  std::string_view session);

// Removes a session's bodies for good. No file is no error.
Status erase_bodies(const std::string& directory, std::string_view session);

}  // namespace strait::store
