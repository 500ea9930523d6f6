// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// SHA-256 (FIPS 180-4). Pure functions and value types: any thread, no failure, no allocation
// except for the hex that comes as a string.
namespace strait::crypto {

using Digest = std::array<std::uint8_t, 32>;

inline std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// 64 lower-case hex digits, as SigV4 wants them.
using HexDigest = std::array<char, 64>;
HexDigest hex_digits(const Digest& digest);
inline std::string_view view(const HexDigest& digits) { return {digits.data(), digits.size()}; }

Digest sha256(std::string_view data);
std::string sha256_hex(std::string_view data);
std::string hex(const Digest& digest);

// The digest of what arrives in pieces. A copy continues from where the original stood. finish()
// leaves the object as new, so one can be kept and used again.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view data);
  Digest finish();
  // Of what arrived, and `last`; the object stays as it is.
  Digest with(std::string_view last) const;

 private:
  alignas(8) std::array<std::byte,
                        112> state_;  // OpenSSL's SHA256_CTX, which must not leak into this header
};

}  // namespace strait::crypto
