// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "codec/value.h"

// Between CBOR's binary numbers and Strait's decimal tokens, exactly. For cbor_parse.cc and
// cbor_write.cc.
namespace strait::codec {

std::string negative_token(std::uint64_t argument);  // -1 - argument, which needs 65 bits
std::string float_token(double number);              // shortest, always with a point or an exponent

// nullopt when it does not fit an Instant: not finite, beyond the years -9999 to 9999, or finer
// than nanoseconds.
std::optional<Instant> instant_from_integer(bool is_negative, std::uint64_t argument);
std::optional<Instant> instant_from_double(double seconds);

// What a token is on the wire; nullopt when it fits neither.
struct CborNumber {
  enum class Kind : std::uint8_t { kUnsigned, kNegative, kDouble } kind;
  std::uint64_t argument = 0;  // of the first two
  double number = 0;           // of the third
};
std::optional<CborNumber> cbor_number(const std::string& token);

// The double whose shortest decimal is exactly this instant; nullopt when no double is.
std::optional<double> double_from_instant(const Instant& instant);

}  // namespace strait::codec
