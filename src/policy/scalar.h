// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

// The typed values of condition operators, parsed strictly and compared exactly. Pure.
namespace strait::policy {

// A decimal number of any length without exponent: 9007199254740993 is not ...992, and 1.50 is 1.5.
class Decimal {
 public:
  static std::optional<Decimal> parse(std::string_view text);  // [+-]digits[.digits]
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const = default;

 private:
  bool negative_ = false;  // never for zero
  std::string whole_;      // without leading zeros; "" for 0
  std::string fraction_;   // without trailing zeros
};

// An ISO 8601 date, or date and time with zone (W3C profile: 2026, 2026-11, 2026-11-23,
// 2026-11-23T01:02Z, ...), or seconds since the epoch.
std::optional<Timestamp> parse_date(std::string_view text);

std::optional<bool> parse_bool(std::string_view text);  // true, false in any case

// An IPv4 or IPv6 address, or such a network ("203.0.113.0/24"). IPv4 is held as its mapped form
// (RFC 4291, 2.5.5.2), so that ::ffff:203.0.113.9 is 203.0.113.9 however it is written.
class Network {
 public:
  static std::optional<Network> parse(std::string_view text);
  // A network of one family holds no address of the other: ::/0 is every IPv6 address.
  bool contains(const Network& address) const;

 private:
  bool is_v4() const;

  std::array<std::uint8_t, 16> bytes_{};
  int bits_ = 128;
};

}  // namespace strait::policy
