// SPDX-License-Identifier: Apache-2.0
#include "ledger/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "codec/base64.h"
#include "codec/utf8.h"

namespace strait::ledger {
namespace {

constexpr std::size_t kNoteBytesMax = 64 * 1024;
constexpr std::size_t kSignaturesMax = 100;
constexpr std::string_view kDash = "\u2014 ";  // an em dash opens each signature line
constexpr char kEd25519Type = 0x01;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::kMalformedRequest, std::move(message));
}

std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::uint32_t read_big_endian(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(0, 4)) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

// Up to and past the next newline; nullopt when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::string checkpoint_text(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size,
                     codec::base64_encode(crypto::view(checkpoint.root)));
}

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash))
    return malformed("a signature line does not begin with a dash and a blank");
  line.remove_prefix(kDash.size());
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return malformed("a signature line has no signature");
  NoteSignature signature{std::string(line.substr(0, blank)), 0, {}};
  if (!is_key_name(signature.name)) return malformed("a signature line has no key name");
  const auto bytes = codec::base64_decode(line.substr(blank + 1));
  if (!bytes || bytes->size() < 5)
    return malformed("a signature is not base64 of a key id and a signature");
  signature.key_id = read_big_endian(*bytes);
  signature.signature = bytes->substr(4);
  return signature;
}

}  // namespace

bool is_key_name(std::string_view name) {
  return !name.empty() && codec::valid_utf8(name) && std::ranges::all_of(name, [](unsigned char c) {
    return c > ' ' && c != 0x7f && c != '+';
  });
}

Vkey make_vkey(std::string_view name, std::string_view public_key) {
  const auto hashed = fmt::format("{}\n{}{}", name, kEd25519Type, public_key);
  return {std::string(name), read_big_endian(crypto::view(crypto::sha256(hashed))),
          std::string(public_key)};
}

std::string vkey_text(const Vkey& vkey) {
  return fmt::format("{}+{:08x}+{}", vkey.name, vkey.key_id,
                     codec::base64_encode(std::string(1, kEd25519Type) + vkey.public_key));
}

Result<Vkey> parse_vkey(std::string_view text) {
  const auto first = text.find('+');
  const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos)
    return malformed("a verifier key is <name>+<8 hex digits>+<base64>");
  const auto key = codec::base64_decode(text.substr(second + 1));
  if (!key || key->size() != 1 + crypto::kEd25519PublicKeyBytes || key->front() != kEd25519Type) {
    return malformed("the verifier key is not an Ed25519 key");
  }
  const auto name = text.substr(0, first);
  if (!is_key_name(name)) return malformed("the verifier key has no proper name");
  auto vkey = make_vkey(name, std::string_view(*key).substr(1));
  if (vkey_text(vkey) != text)
    return malformed("the verifier key's id does not belong to its name and key");
  return vkey;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const crypto::SigningKey& key) {
  auto note = checkpoint_text(checkpoint);
  const auto vkey = make_vkey(checkpoint.origin, key.public_key());
  const auto signature = big_endian(vkey.key_id) + key.sign(note);
  note += fmt::format("\n{}{} {}\n", kDash, vkey.name, codec::base64_encode(signature));
  return note;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > kNoteBytesMax) return malformed("the note is too long");
  if (!codec::valid_utf8(note)) return malformed("the note is not UTF-8");
  if (std::ranges::any_of(note, [](unsigned char c) { return c < ' ' && c != '\n'; })) {
    return malformed("the note has control characters");
  }
  // The last blank line parts the text from its signatures.
  const auto blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return malformed("the note has no signatures");
  SignedNote signed_note{std::string(note.substr(0, blank + 1)), {}};
  auto lines = note.substr(blank + 2);
  if (lines.empty()) return malformed("the note has no signatures");
  while (!lines.empty()) {
    const auto line = take_line(lines);
    if (!line) return malformed("the note does not end with a newline");
    if (signed_note.signatures.size() == kSignaturesMax)
      return malformed("the note has too many signatures");
    TRY(auto signature, parse_signature(*line));
    signed_note.signatures.push_back(std::move(signature));
  }
  return signed_note;
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto whole = text;
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!origin || !size || !root)
    return malformed("a checkpoint has three lines: origin, size and root");
  Checkpoint checkpoint{std::string(*origin), 0, {}};
  if (!is_key_name(checkpoint.origin))
    return malformed("the checkpoint's origin is no proper name");
  const auto [end, error] =
      std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  if (error != std::errc{} || end != size->data() + size->size())
    return malformed("the checkpoint's size is no number");
  const auto bytes = codec::base64_decode(*root);
  if (!bytes || bytes->size() != checkpoint.root.size())
    return malformed("the checkpoint's root is no hash");
  std::memcpy(checkpoint.root.data(), bytes->data(), bytes->size());
  // Also refuses extension lines, which nothing here would check, and sizes with leading zeros.
  if (checkpoint_text(checkpoint) != whole)
    return malformed("the checkpoint is not in its canonical form");
  return checkpoint;
}

Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const Vkey> vkeys) {
  TRY(auto signed_note, parse_note(note));
  TRY(auto checkpoint, parse_checkpoint(signed_note.text));
  bool signed_by_log = false;
  for (const auto& signature : signed_note.signatures) {
    const auto vkey = std::ranges::find_if(vkeys, [&](const Vkey& candidate) {
      return candidate.name == signature.name && candidate.key_id == signature.key_id;
    });
    if (vkey == vkeys.end()) continue;  // a witness we do not know
    if (!crypto::ed25519_verify(vkey->public_key, signed_note.text, signature.signature)) {
      return fail(ErrorCode::kInvalidSignature,
                  "the checkpoint's signature by " + quoted(vkey->name) + " is wrong");
    }
    signed_by_log = signed_by_log || vkey->name == checkpoint.origin;
  }
  if (!signed_by_log) {
    return fail(ErrorCode::kInvalidSignature, "the checkpoint of " + quoted(checkpoint.origin) +
                                                  " is not signed by a key that is trusted for it");
  }
  return checkpoint;
}

}  // namespace strait::ledger
