// SPDX-License-Identifier: Apache-2.0
#include "codec/cbor_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace strait::codec {
namespace {

constexpr std::int64_t kSecondsMax = 253'402'300'799;   // 9999-12-31T23:59:59Z
constexpr std::int64_t kSecondsMin = -377'705'116'800;  // -9999-01-01T00:00:00Z
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;
constexpr std::string_view kTwoTo64 = "18446744073709551616";

template <class T>
bool parse_all(std::string_view text, T& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool is_integer(std::string_view token) {
  if (token.starts_with('-')) token.remove_prefix(1);
  return !token.empty() && token.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string negative_token(std::uint64_t argument) {
  if (argument == UINT64_MAX) return "-" + std::string(kTwoTo64);
  return "-" + std::to_string(argument + 1);
}

std::string float_token(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> buffer;
  const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  std::string token(buffer.data(), end);
  if (is_integer(token)) token.append(".0");
  return token;
}

std::optional<Instant> instant_from_integer(bool is_negative, std::uint64_t argument) {
  if (argument > static_cast<std::uint64_t>(is_negative ? -(kSecondsMin + 1) : kSecondsMax))
    return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(argument);
  return Instant{is_negative ? -1 - seconds : seconds, 0};
}

std::optional<Instant> instant_from_double(double number) {
  if (!(number >= static_cast<double>(kSecondsMin) && number <= static_cast<double>(kSecondsMax)))
    return std::nullopt;
  std::array<char, 512> buffer;  // the smallest doubles have hundreds of zeros
  const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                           std::fabs(number), std::chars_format::fixed);
  if (failed != std::errc()) return std::nullopt;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const auto point = text.find('.');
  Instant instant;
  if (!parse_all(text.substr(0, point), instant.seconds)) return std::nullopt;
  if (point != std::string_view::npos) {
    std::string fraction(text.substr(point + 1));
    if (fraction.size() > 9) return std::nullopt;
    fraction.append(9 - fraction.size(), '0');
    if (!parse_all(fraction, instant.nanos)) return std::nullopt;
  }
  if (number < 0) {
    instant.seconds = -instant.seconds;
    if (instant.nanos != 0) {
      --instant.seconds;
      instant.nanos = kNanosPerSecond - instant.nanos;
    }
  }
  return instant;
}

std::optional<double> double_from_instant(const Instant& instant) {
  auto seconds = instant.seconds;
  auto nanos = instant.nanos;
  const bool is_negative = seconds < 0;
  if (is_negative && nanos != 0) {
    ++seconds;
    nanos = kNanosPerSecond - nanos;
  }
  auto fraction = std::to_string(nanos);
  fraction.insert(0, 9 - std::min<std::size_t>(9, fraction.size()), '0');
  const auto text = std::to_string(is_negative ? -seconds : seconds) + "." + fraction;
  double number = 0;
  if (!parse_all(text, number)) return std::nullopt;
  if (is_negative) number = -number;
  if (instant_from_double(number) != instant) return std::nullopt;
  return number;
}

std::optional<CborNumber> cbor_number(const std::string& token) {
  using Kind = CborNumber::Kind;
  if (token == "NaN") return CborNumber{Kind::kDouble, 0, NAN};
  if (token == "Infinity") return CborNumber{Kind::kDouble, 0, INFINITY};
  if (token == "-Infinity") return CborNumber{Kind::kDouble, 0, -INFINITY};
  std::uint64_t magnitude = 0;
  if (is_integer(token)) {
    if (!token.starts_with('-')) {
      if (!parse_all(token, magnitude)) return std::nullopt;
      return CborNumber{Kind::kUnsigned, magnitude, 0};
    }
    const auto digits = std::string_view(token).substr(1);
    if (digits == kTwoTo64) return CborNumber{Kind::kNegative, UINT64_MAX, 0};
    if (!parse_all(digits, magnitude) || magnitude == 0) return std::nullopt;
    return CborNumber{Kind::kNegative, magnitude - 1, 0};
  }
  double number = 0;
  if (token.find_first_not_of("0123456789+-.eE") != std::string::npos || !parse_all(token, number))
    return std::nullopt;
  return CborNumber{Kind::kDouble, 0, number};
}

}  // namespace strait::codec
