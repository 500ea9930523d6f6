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

struct Blob {
  std::string session;
  std::string salt;  // ledger::kSaltBytes
  std::string body;  // at most ledger::kBodyBytesMax
};

class BlobStore {
 public:
  // `directory` exists. Any thread may call keep().
  BlobStore(std::string directory, crypto::AeadKey key);
  ~BlobStore();  // writes what is queued

  void keep(Blob blob);  // never waits; drops, and counts, when 64 MiB are queued
  void flush();          // waits until what was kept before is in the file system
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void run();
  void write(std::vector<Blob> blobs);

  const std::string directory_;
  const crypto::AeadKey key_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::vector<Blob> queue_;
  std::size_t queued_bytes_ = 0;
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
