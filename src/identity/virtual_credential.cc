// SPDX-License-Identifier: Apache-2.0
#include "identity/virtual_credential.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "codec/base64.h"
#include "identity/session_text.h"

namespace strait::identity {
namespace {

constexpr std::string_view kKeyIdPrefix = "STRT";
constexpr std::size_t kKeyIdBytes = 20;
constexpr std::string_view kTokenPrefix = "STRT1.";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// 80 bits are exactly 16 digits.
std::string base32(const Entropy& entropy) {
  std::string out;
  for (std::size_t bit = 0; bit < entropy.size() * 8; bit += 5) {
    unsigned digit = 0;
    for (std::size_t at = bit; at < bit + 5; ++at)
      digit = digit << 1 | (entropy[at / 8] >> (7 - at % 8) & 1u);
    out += kBase32[digit];
  }
  return out;
}

struct TokenParts {
  std::uint32_t epoch = 0;
  std::string_view sealed;
};

std::optional<TokenParts> split(std::string_view token) {
  if (token.size() > kSessionTokenBytesMax || !token.starts_with(kTokenPrefix)) return std::nullopt;
  token.remove_prefix(kTokenPrefix.size());
  const auto dot = token.find('.');
  if (dot == std::string_view::npos || dot == 0 || (dot > 1 && token.front() == '0'))
    return std::nullopt;
  TokenParts parts{.sealed = token.substr(dot + 1)};
  const auto [end, problem] = std::from_chars(token.data(), token.data() + dot, parts.epoch);
  if (problem != std::errc() || end != token.data() + dot) return std::nullopt;
  return parts;
}

std::string associated_data(std::string_view access_key_id, std::uint32_t epoch) {
  return fmt::format("strait session token|{}|{}", access_key_id, epoch);
}

std::unexpected<Error> unknown_session() {
  return fail(
      ErrorCode::kUnknownSession,
      "the session token was not issued by this Strait for this access key id; log in again");
}

}  // namespace

Result<CredentialMinter> CredentialMinter::make(std::vector<MasterSecret> masters) {
  if (masters.empty() || masters.size() > 2)
    return fail(ErrorCode::kInvalidConfiguration,
                "one or two master secrets are needed: the newest, and the one before");
  std::vector<Epoch> epochs;
  for (const auto& master : masters) {
    if (master.bytes.reveal().size() < 32)
      return fail(ErrorCode::kInvalidConfiguration, "a master secret needs at least 32 bytes");
    if (std::ranges::find(epochs, master.epoch, &Epoch::number) != epochs.end())
      return fail(ErrorCode::kInvalidConfiguration, "two master secrets have the same epoch");
    const Secret secret(
        crypto::hkdf_sha256(master.bytes.reveal(), {}, "strait virtual credential: secret", 32));
    const Secret token(crypto::hkdf_sha256(master.bytes.reveal(), {},
                                           "strait virtual credential: session token",
                                           crypto::kAeadKeyBytes));
    auto token_key = crypto::AeadKey::from_bytes(token.reveal());
    if (!token_key) return fail(ErrorCode::kInternal, "a derived key has the wrong size");
    epochs.push_back({master.epoch, crypto::HmacKey(secret.reveal()), *std::move(token_key)});
  }
  return CredentialMinter(std::move(epochs));
}

const CredentialMinter::Epoch* CredentialMinter::epoch_of(std::string_view token) const {
  const auto parts = split(token);
  if (!parts) return nullptr;
  const auto found = std::ranges::find(epochs_, parts->epoch, &Epoch::number);
  return found == epochs_.end() ? nullptr : &*found;
}

Result<VirtualCredential> CredentialMinter::mint(journey::Session& session,
                                                 const Entropy& entropy) const {
  const auto& epoch = epochs_.front();
  session.access_key_id = std::string(kKeyIdPrefix) + base32(entropy);
  TRY(const auto text, write_session(session));
  const auto sealed =
      crypto::seal(epoch.token_key, text, associated_data(session.access_key_id, epoch.number));
  auto token = fmt::format("{}{}.{}", kTokenPrefix, epoch.number, codec::base64url_encode(sealed));
  if (token.size() > kSessionTokenBytesMax) {
    return fail(ErrorCode::kLimitExceeded,
                fmt::format("the token's claims make a session token of {} bytes, more than {}; "
                            "have the issuer send "
                            "fewer claims",
                            token.size(), kSessionTokenBytesMax));
  }
  TRY(auto secret, secret_for(session, token));
  return VirtualCredential{session.access_key_id, std::move(secret), Secret(std::move(token))};
}

Result<journey::Session> CredentialMinter::open(std::string_view access_key_id,
                                                std::string_view token, Timestamp now) const {
  const auto* epoch = epoch_of(token);
  if (epoch == nullptr || !is_virtual_key_id(access_key_id)) return unknown_session();
  const auto sealed = codec::base64url_decode(split(token)->sealed);
  if (!sealed) return unknown_session();
  const auto text =
      crypto::open(epoch->token_key, *sealed, associated_data(access_key_id, epoch->number));
  if (!text) return unknown_session();
  TRY(auto session, read_session(*text));
  session.access_key_id = access_key_id;
  if (now >= session.expires) {
    return fail(ErrorCode::kExpiredToken,
                "the Strait session ended at " + rfc3339(session.expires) + "; log in again");
  }
  return session;
}

Result<Secret> CredentialMinter::secret_for(const journey::Session& session,
                                            std::string_view token) const {
  const auto* epoch = epoch_of(token);
  if (epoch == nullptr) return unknown_session();
  const auto digest =
      epoch->secret_key.sign(session.access_key_id + "|" + std::string(session.id.str()));
  return Secret(codec::base64url_encode(crypto::view(digest)));
}

bool is_virtual_key_id(std::string_view access_key_id) {
  return access_key_id.size() == kKeyIdBytes && access_key_id.starts_with(kKeyIdPrefix) &&
         access_key_id.find_first_not_of(kBase32, kKeyIdPrefix.size()) == std::string_view::npos;
}

}  // namespace strait::identity
