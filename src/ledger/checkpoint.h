// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/sha256.h"

// Checkpoints: "the log named `origin` has `size` leaves and this root", signed. Formats: C2SP
// tlog-checkpoint, signed-note with Ed25519 (signature type 0x01), and its verifier-key text.
// Sources: https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note. Parsing is strict: what
// would not be written the same way is refused (kMalformedRequest). Pure functions.
namespace strait::ledger {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  crypto::Digest root{};
  bool operator==(const Checkpoint&) const = default;
};

// A public key by the name it signs under: "<name>+<8 hex>+<base64(0x01 || key)>".
struct Vkey {
  std::string name;
  std::uint32_t key_id = 0;
  std::string public_key;  // 32 raw bytes
  bool operator==(const Vkey&) const = default;
};

// A name has at least one character, no blanks or controls, and no '+'.
bool is_key_name(std::string_view name);
Vkey make_vkey(std::string_view name, std::string_view public_key);
std::string vkey_text(const Vkey& vkey);
Result<Vkey> parse_vkey(std::string_view text);

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  std::string signature;  // without the key id
};

struct SignedNote {
  std::string text;  // what is signed, with its final newline
  std::vector<NoteSignature> signatures;
};

std::string sign_checkpoint(const Checkpoint& checkpoint, const crypto::SigningKey& key);
Result<SignedNote> parse_note(std::string_view note);
Result<Checkpoint> parse_checkpoint(std::string_view text);

// The checkpoint of a note that at least one of `vkeys` signed, under the log's own name.
// kInvalidSignature: none of them did, or one that should have signed did so wrongly.
Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const Vkey> vkeys);

}  // namespace strait::ledger
