// SPDX-License-Identifier: Apache-2.0
#include "mask/mask_key.h"

#include "crypto/sha256.h"

namespace strait::mask {

std::string MaskKey::marker(std::string_view kind, std::string_view value) const {
  return marker(kind, crypto::sha256(value));
}

std::string MaskKey::marker(std::string_view kind, const crypto::Digest& value) const {
  constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyz234567";  // RFC 4648, 6, in lower case
  const auto mac = key_.sign(crypto::view(value));
  std::uint64_t bits = 0;
  for (std::size_t at = 0; at < 8; ++at) bits = bits << 8 | mac[at];
  std::string out(kMarkerPrefix);
  out.append(kind).push_back(':');
  for (int digit = 0; digit < 10; ++digit) out.push_back(kAlphabet[bits >> (59 - 5 * digit) & 31]);
  return out;
}

}  // namespace strait::mask
