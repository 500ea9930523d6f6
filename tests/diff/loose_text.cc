// SPDX-License-Identifier: Apache-2.0
#include "diff/loose_text.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace strait::diff {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

std::int64_t seconds_of(int year, unsigned month, unsigned day, int hour, int minute, int second) {
  const std::chrono::sys_days date =
      std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
  return std::int64_t{date.time_since_epoch().count()} * 86'400 + hour * 3600 + minute * 60 +
         second;
}

std::optional<codec::Instant> http_date_of(const std::string& text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char month[4] = {};
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(text.c_str(), "%*3s, %d %3s %d %d:%d:%d", &day, month, &year, &hour, &minute,
                  &second) != 6)
    return std::nullopt;
  for (unsigned at = 0; at < kMonths.size(); ++at) {
    if (kMonths[at] == month)
      return codec::Instant{
          seconds_of(year, at + 1, static_cast<unsigned>(day), hour, minute, second), 0};
  }
  return std::nullopt;
}

}  // namespace

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 &&
        hex_digit(text[at + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else {
      out += plus_is_space && text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

std::string base64_decoded(std::string_view text) {
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    held = (held << 6 | static_cast<unsigned>(digit)) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(held >> bits & 0xff);
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (true) {
    const auto end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

Pairs pairs_of(std::string_view text, bool semicolons, bool plus_is_space) {
  Pairs out;
  for (const auto piece : split(text, '&')) {
    for (const auto pair : semicolons ? split(piece, ';') : std::vector{piece}) {
      if (pair.empty()) continue;
      const auto equals = pair.find('=');
      const auto value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
      out.emplace_back(percent_decoded(pair.substr(0, equals), plus_is_space),
                       percent_decoded(value, plus_is_space));
    }
  }
  return out;
}

codec::Instant instant_of(double seconds) {
  const double whole = std::floor(seconds);
  return {static_cast<std::int64_t>(whole),
          static_cast<std::int32_t>(std::lround((seconds - whole) * 1e9))};
}

std::optional<codec::Instant> time_of(std::string_view view) {
  const std::string text(view);
  int year = 0, hour = 0, minute = 0;
  unsigned month = 0, day = 0;
  double second = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%lf", &year, &month, &day, &hour, &minute,
                  &second) == 6) {
    auto instant = instant_of(second);
    instant.seconds += seconds_of(year, month, day, hour, minute, 0);
    return instant;
  }
  if (const auto date = http_date_of(text)) return date;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size()) return std::nullopt;
  return instant_of(number);
}

}  // namespace strait::diff
