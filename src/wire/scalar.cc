// SPDX-License-Identifier: Apache-2.0
#include "wire/scalar.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/limits.h"
#include "base/time.h"
#include "codec/base64.h"

namespace strait::wire {
namespace {

using catalog::ShapeKind;
using catalog::TimestampFormat;

bool digit(char c) { return c >= '0' && c <= '9'; }

// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool canonical_digits(std::string_view digits) {
  return !digits.empty() && digits.size() <= limits::kNumberDigitsMax &&
         (digits.size() == 1 || digits[0] != '0');
}

// Digits right of the decimal point to nanoseconds; more than nine digits would lose some.
std::optional<std::int32_t> read_nanos(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) return std::nullopt;
  std::int32_t nanos = 0;
  for (std::size_t at = 0; at < 9; ++at)
    nanos = nanos * 10 + (at < digits.size() ? digits[at] - '0' : 0);
  return nanos;
}

// A decimal number of seconds, perhaps negative, fractional or with an exponent as JSON writers
// print doubles.
std::optional<codec::Instant> read_unix(std::string_view text) {
  if (!is_float_token(text)) return std::nullopt;
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !digit(text[0])) return std::nullopt;
  std::string digits(take_digits(text));
  auto point = static_cast<int>(digits.size());
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += take_digits(text);
  }
  if (!text.empty()) {
    int exponent = 0;
    text.remove_prefix(text.size() > 1 && text[1] == '+' ? 2 : 1);
    const auto read = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (read.ec != std::errc() || exponent < -32 || exponent > 32) return std::nullopt;
    point += exponent;
  }
  while (point < 0) digits.insert(0, 1, '0'), ++point;
  while (static_cast<int>(digits.size()) < point) digits += '0';
  while (static_cast<int>(digits.size()) > point && digits.back() == '0') digits.pop_back();
  codec::Instant instant;
  const std::string whole = point == 0 ? "0" : digits.substr(0, static_cast<std::size_t>(point));
  const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), instant.seconds);
  if (read.ec != std::errc()) return std::nullopt;
  const auto fraction = std::string_view(digits).substr(static_cast<std::size_t>(point));
  if (!fraction.empty()) {
    const auto nanos = read_nanos(fraction);
    if (!nanos) return std::nullopt;
    instant.nanos = *nanos;
  }
  if (negative) {
    instant.seconds = -instant.seconds;
    if (instant.nanos != 0) instant = {instant.seconds - 1, 1'000'000'000 - instant.nanos};
  }
  if (!is_plausible(instant)) return std::nullopt;
  return instant;
}

codec::Instant whole_seconds(Timestamp time) {
  return {std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count(), 0};
}

std::optional<codec::Instant> read_iso8601(std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) return std::nullopt;
  auto instant = whole_seconds(*time);
  if (text.size() > 20 && text[19] == '.') {
    text.remove_prefix(20);
    const auto nanos = read_nanos(take_digits(text));
    if (!nanos) return std::nullopt;
    instant.nanos = *nanos;
  }
  return instant;
}

void write_fraction(std::string& out, std::int32_t nanos) {
  if (nanos == 0) return;
  std::string digits = std::to_string(nanos);
  digits.insert(0, 9 - digits.size(), '0');
  while (digits.back() == '0') digits.pop_back();
  out += '.';
  out += digits;
}

}  // namespace

bool is_plausible(const codec::Instant& instant) {
  return instant.seconds >= -62'135'596'800 && instant.seconds <= 253'402'300'799;
}

bool is_integer_token(std::string_view text) {
  if (text.starts_with('-')) {
    text.remove_prefix(1);
    if (text == "0") return false;
  }
  return std::ranges::all_of(text, digit) && canonical_digits(text);
}

bool is_float_token(std::string_view text) {
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  if (!canonical_digits(take_digits(text))) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto digits = take_digits(text);
    if (digits.empty() || digits.size() > limits::kNumberDigitsMax) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const auto digits = take_digits(text);
    if (digits.empty() || digits.size() > 3) return false;
  }
  return text.empty();
}

bool is_integer_of(catalog::Shape shape, std::string_view text) {
  if (!is_integer_token(text)) return false;
  const auto bits = shape.number_bits();
  if (bits == 0) return true;
  std::int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    return false;
  const auto most = std::numeric_limits<std::int64_t>::max() >> (64 - bits);
  return value <= most && value >= -most - 1;
}

bool is_float_of(catalog::Shape shape, std::string_view text) {
  if (!is_float_token(text)) return false;
  if (shape.number_bits() == 0 || text == "NaN" || text.ends_with("Infinity")) return true;
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    return false;
  constexpr double kMost = std::numeric_limits<float>::max();
  return shape.number_bits() == 64 || (value <= kMost && value >= -kMost);
}

std::optional<codec::Instant> read_instant(std::string_view text, TimestampFormat format) {
  switch (format) {
    case TimestampFormat::kIso8601: return read_iso8601(text);
    case TimestampFormat::kRfc822: {
      const auto time = parse_http_date(text);
      if (!time) return std::nullopt;
      return whole_seconds(*time);
    }
    case TimestampFormat::kUnix:
    case TimestampFormat::kUnset: return read_unix(text);
  }
  return std::nullopt;
}

void write_instant(std::string& out, const codec::Instant& instant, TimestampFormat format) {
  const Timestamp whole{std::chrono::seconds(instant.seconds)};
  switch (format) {
    case TimestampFormat::kIso8601:
      out += std::string_view(rfc3339(whole)).substr(0, 19);
      write_fraction(out, instant.nanos);
      out += 'Z';
      return;
    case TimestampFormat::kRfc822: out += http_date(whole); return;
    case TimestampFormat::kUnix:
    case TimestampFormat::kUnset:
      if (instant.seconds < 0 && instant.nanos != 0) {
        out += '-';
        out += std::to_string(-(instant.seconds + 1));
        return write_fraction(out, 1'000'000'000 - instant.nanos);
      }
      out += std::to_string(instant.seconds);
      return write_fraction(out, instant.nanos);
  }
}

std::optional<codec::Value> read_scalar(std::string_view text, catalog::Shape shape,
                                        TimestampFormat format) {
  switch (shape.kind()) {
    case ShapeKind::kString: return codec::Value(text);
    case ShapeKind::kBoolean:
      if (text == "true") return codec::Value(true);
      if (text == "false") return codec::Value(false);
      return std::nullopt;
    case ShapeKind::kInteger:
      if (!is_integer_of(shape, text)) return std::nullopt;
      return codec::Value(codec::Number{std::string(text)});
    case ShapeKind::kFloat:
      if (!is_float_of(shape, text)) return std::nullopt;
      return codec::Value(codec::Number{std::string(text)});
    case ShapeKind::kBlob: {
      auto bytes = codec::base64_decode(text);
      if (!bytes) return std::nullopt;
      return codec::Value(codec::Blob{std::move(*bytes)});
    }
    case ShapeKind::kTimestamp: {
      const auto instant = read_instant(text, format);
      if (!instant) return std::nullopt;
      return codec::Value(*instant);
    }
    case ShapeKind::kStructure:
    case ShapeKind::kList:
    case ShapeKind::kMap:
    case ShapeKind::kDocument: return std::nullopt;
  }
  return std::nullopt;
}

bool write_scalar(std::string& out, const codec::Value& value, TimestampFormat format) {
  if (const auto* text = value.string()) {
    out += *text;
  } else if (const auto* number = value.number()) {
    out += number->token;
  } else if (const auto* truth = value.boolean()) {
    out += *truth ? "true" : "false";
  } else if (const auto* blob = value.blob()) {
    codec::base64_encode(out, blob->bytes);
  } else if (const auto* instant = value.instant()) {
    write_instant(out, *instant, format);
  } else {
    return false;
  }
  return true;
}

}  // namespace strait::wire
