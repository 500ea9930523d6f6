// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/aead.h"
#include "crypto/hmac.h"
#include "journey/session.h"

// The credential that an agent holds: worth nothing outside Strait, and nothing about it is stored.
//
//   access key id   "STRT" and 16 random base32 characters
//   secret          base64url(HMAC-SHA256(secret key of the epoch, access key id | session id)), 43
//   characters session token   "STRT1." + epoch + "." + base64url(AES-256-GCM(token key of the
//   epoch, the session as CBOR)),
//                   bound to the access key id and the epoch
//
// Both keys come from the epoch's master by HKDF. Any node that has the master opens any token
// without a database. Pure: randomness for ids is handed in. Immutable; safe to share between
// threads.
namespace strait::identity {

struct MasterSecret {
  std::uint32_t epoch = 0;
  Secret bytes;  // at least 32
};

struct VirtualCredential {
  std::string access_key_id;
  Secret secret;
  Secret session_token;
};

class CredentialMinter {
 public:
  // The newest first: it mints, the others still open what they minted. One or two epochs, all
  // different.
  static Result<CredentialMinter> make(std::vector<MasterSecret> masters);

  // Sets session.access_key_id. kLimitExceeded when the claims do not fit kSessionTokenBytesMax.
  Result<VirtualCredential> mint(journey::Session& session, const Entropy& entropy) const;

  // What the session says, if the token is ours and was minted for this access key id: else
  // kUnknownSession; after its end kExpiredToken.
  Result<journey::Session> open(std::string_view access_key_id, std::string_view token,
                                Timestamp now) const;

  // The secret of an opened session. `token` says which epoch minted it; kUnknownSession when that
  // has gone.
  Result<Secret> secret_for(const journey::Session& session, std::string_view token) const;

 private:
  struct Epoch {
    std::uint32_t number;
    crypto::HmacKey secret_key;
    crypto::AeadKey token_key;
  };
  explicit CredentialMinter(std::vector<Epoch> epochs) : epochs_(std::move(epochs)) {}
  const Epoch* epoch_of(std::string_view token) const;
  std::vector<Epoch> epochs_;
};

// Session tokens travel in a header of every call: 8 KiB leaves room within limits::kHeadBytesMax.
inline constexpr std::size_t kSessionTokenBytesMax = 8 * 1024;

// "STRT" and 16 characters of A-Z and 2-7.
bool is_virtual_key_id(std::string_view access_key_id);

}  // namespace strait::identity
