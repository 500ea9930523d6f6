// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/aead.h"
#include "crypto/ed25519.h"

// The installation's own secrets, one file each under <state_dir>/keys (0700, files 0600). A
// missing file is made, from fresh random bytes; it is written beside its place, synced, and linked
// into place, so that a crash leaves either no file or a whole one (kept: the whole file is used;
// lost: a new one is made at the next start, before anything was issued under it). Two processes
// that start together agree on the one that was linked first.
//
// Refused with kInvalidConfiguration: a file or folder that group or others may touch, that belongs
// to somebody else, a symbolic link, or a file whose content is not a key of that kind. Nothing is
// repaired silently. Messages name the file and never quote what is in it.
namespace strait::keys {

// A virtual-credential master key. Epochs count up from 1; the newest issues, the one before it
// still verifies.
struct MasterKey {
  std::uint32_t epoch = 0;
  Secret bytes;  // 32
};

class KeyFiles {
 public:
  // Opens or makes <state_dir>/keys. Blocking; for start-up.
  static Result<KeyFiles> open(const std::filesystem::path& state_dir);

  // "credential-master": the current one first, then the one before, if any.
  Result<std::vector<MasterKey>> credential_masters();
  // Makes a new epoch and forgets all but the one before. Sessions older than the one before no
  // longer verify.
  Status rotate_credential_master();
  Result<crypto::AeadKey> session_token_key();   // "session-token"
  Result<crypto::SigningKey> log_signing_key();  // "log-signing"
  Result<crypto::AeadKey> blob_key();            // "blob"
  Result<Secret> mask_key();                     // "mask", 32 bytes
  Result<Secret> commitment_key();               // "commitment", 32 bytes: salts of the record
  // "proxy-ca", PEM text; what `make` gives when there is none yet. See proxy_ca.h.
  Result<Secret> proxy_ca(const std::function<Result<Secret>()>& make);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit KeyFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Result<Secret> load_or_make(std::string_view name, const std::function<Result<Secret>()>& make);
  Result<Secret> key(std::string_view name);  // 32 bytes
  std::filesystem::path folder_;
};

// Reads a secret file whole (at most 64 KiB), with the checks above. For token files, keys and
// profiles `strict` is what decides: without it only a file that others may write is refused.
Result<Secret> read_secret_file(const std::filesystem::path& file, bool strict = true);

}  // namespace strait::keys
