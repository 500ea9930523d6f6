// SPDX-License-Identifier: Apache-2.0
#include "policy/scalar.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

namespace strait::policy {
namespace {

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::strong_ordering magnitude(const std::string& whole_a, const std::string& fraction_a,
                               const std::string& whole_b, const std::string& fraction_b) {
  if (const auto order = whole_a.size() <=> whole_b.size(); order != 0) return order;
  if (const auto order = whole_a <=> whole_b; order != 0) return order;
  return fraction_a <=> fraction_b;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
  Decimal decimal;
  if (text.starts_with('-') || text.starts_with('+')) {
    decimal.negative_ = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto dot = text.find('.');
  auto whole = text.substr(0, dot);
  if (!digits(whole)) return std::nullopt;
  if (dot != std::string_view::npos) {
    auto fraction = text.substr(dot + 1);
    if (!digits(fraction)) return std::nullopt;
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    decimal.fraction_ = fraction;
  }
  while (whole.starts_with('0')) whole.remove_prefix(1);
  decimal.whole_ = whole;
  if (decimal.whole_.empty() && decimal.fraction_.empty()) decimal.negative_ = false;
  return decimal;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative_ != other.negative_)
    return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  const auto order = magnitude(whole_, fraction_, other.whole_, other.fraction_);
  return negative_ ? 0 <=> order : order;
}

std::optional<Timestamp> parse_date(std::string_view text) {
  if (digits(text) && text.size() != 4) {
    std::int64_t seconds = 0;
    if (text.size() > 11) return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return Timestamp(Seconds(seconds));
  }
  std::string full(text);
  switch (full.size()) {
    case 4: full += "-01-01T00:00:00Z"; break;
    case 7: full += "-01T00:00:00Z"; break;
    case 10: full += "T00:00:00Z"; break;
    default:
      // Minutes without seconds: 2026-11-23T01:02Z, 2026-11-23T01:02+01:00.
      if (full.size() > 16 && full[16] != ':') full.insert(16, ":00");
  }
  return parse_rfc3339(full);
}

std::optional<bool> parse_bool(std::string_view text) {
  const auto is = [text](std::string_view word) {
    return std::ranges::equal(text, word, {}, [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
  };
  if (is("true")) return true;
  if (is("false")) return false;
  return std::nullopt;
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  if (address.find('\0') != std::string::npos) return std::nullopt;
  Network network;
  int base = 0;
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    network.bytes_[10] = network.bytes_[11] = 0xff;
    std::memcpy(&network.bytes_[12], &v4, 4);
    base = 96;
  } else if (inet_pton(AF_INET6, address.c_str(), network.bytes_.data()) != 1) {
    return std::nullopt;
  }
  if (slash == std::string_view::npos) return network;
  const auto bits = text.substr(slash + 1);
  int value = 0;
  if (!digits(bits) || bits.size() > 3 || (bits.size() > 1 && bits[0] == '0')) return std::nullopt;
  std::from_chars(bits.data(), bits.data() + bits.size(), value);
  if (value + base > 128) return std::nullopt;
  network.bits_ = value + base;
  return network;
}

bool Network::is_v4() const {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return bits_ >= 96 && std::ranges::equal(kMapped, std::span(bytes_).first(kMapped.size()));
}

bool Network::contains(const Network& address) const {
  if (address.bits_ < bits_ || address.is_v4() != is_v4()) return false;
  for (int bit = 0; bit < bits_; bit += 8) {
    const int left = std::min(8, bits_ - bit);
    const int mask = 0xff << (8 - left) & 0xff;
    const auto at = static_cast<std::size_t>(bit / 8);
    if ((bytes_[at] & mask) != (address.bytes_[at] & mask)) return false;
  }
  return true;
}

}  // namespace strait::policy
