// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "base/secret.h"

// A server certificate and its key, from the PEM files that the configuration names, read again
// when they change: an ACME client or a Kubernetes secret replaces them under our feet.
namespace strait::keys {

struct TlsPair {
  std::string certificate_pem;  // the whole chain, leaf first
  Secret key_pem;
  std::uint64_t version = 0;  // counts loads, from 1
};

class TlsFiles {
 public:
  // Blocking; for start-up. kInvalidConfiguration with the file's name when one cannot be read,
  // holds no PEM of the expected kind, or when the key may be read by others.
  static Result<std::unique_ptr<TlsFiles>> load(std::filesystem::path certificate,
                                                std::filesystem::path key);

  // Any thread.
  std::shared_ptr<const TlsPair> current() const;
  // Looks whether either file has changed (inode, size or time) and reads both again if so: true
  // when current() is new. A pair that cannot be read leaves the old one in place and is an error
  // to be logged; half-written replacements are tried again at the next call. Blocking, a few
  // microseconds when nothing changed: call it from a pool or a timer, every few seconds.
  Result<bool> reload();

 private:
  struct Stamp {
    std::uint64_t inode = 0, size = 0;
    std::int64_t mtime_ns = 0;
    bool operator==(const Stamp&) const = default;
  };
  TlsFiles(std::filesystem::path certificate, std::filesystem::path key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}
  Status read();
  static Stamp stamp(const std::filesystem::path& file);

  std::filesystem::path certificate_, key_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsPair> current_;  // guarded by mutex_
  Stamp certificate_stamp_, key_stamp_;  // of what current_ was read from; reload()'s caller only
};

}  // namespace strait::keys
