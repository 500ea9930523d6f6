// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "crypto/ed25519.h"

// The state directory: everything Strait keeps, and the lock that lets one process alone write
// there. Directories are 0700 and files 0600; others that are found are refused rather than
// repaired, because somebody may have read them.
//
//   strait.db          control state (SQLite)
//   log/               the record: segments, checkpoint, checkpoints
//   log/log.vkey       the log's public key, for auditors
//   blobs/             encrypted masked bodies, one file a session
//   anchor/            the last checkpoint once more; better configured onto another disk
//   keys/              log.key (Ed25519 seed), blob.key, session.key, each 32 random bytes
//   origin             the log's name
//   lock               held by the running process
namespace strait::store {

class StateDir {
 public:
  // Creates what is missing, and takes the lock. kConflict: another process holds it, and which.
  static Result<StateDir> open(const std::string& path);
  // For the CLI beside a running gateway: creates nothing, locks nothing. kNotFound when there is
  // none.
  static Result<StateDir> open_read_only(const std::string& path);

  StateDir(StateDir&& other) noexcept;
  StateDir& operator=(StateDir&& other) noexcept;
  ~StateDir();

  const std::string& path() const { return path_; }
  std::string log_dir() const { return path_ + "/log"; }
  std::string blob_dir() const { return path_ + "/blobs"; }
  std::string anchor_dir() const { return path_ + "/anchor"; }
  std::string database_path() const { return path_ + "/strait.db"; }
  std::string key_path(std::string_view name) const;  // "log" gives <path>/keys/log.key

  const std::string& origin() const { return origin_; }  // "strait/<26 characters>/audit"
  Result<crypto::SigningKey> log_key() const;
  Result<crypto::AeadKey> blob_key() const;
  // A 32-byte key of that name: read, or made on first use when this process holds the lock.
  Result<Secret> key(std::string_view name) const;
  Result<std::string> log_vkey() const;  // for `strait audit verify`

 private:
  StateDir(std::string path, int lock_fd) : path_(std::move(path)), lock_fd_(lock_fd) {}
  std::string path_;
  std::string origin_;
  int lock_fd_ = -1;
};

}  // namespace strait::store
