// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace strait {
namespace {

using namespace std::chrono;

// Reads exactly `digits` decimal digits and moves `text` past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Timestamp> assemble(std::optional<int> y, std::optional<int> mo, std::optional<int> d,
                                  std::optional<int> h, std::optional<int> mi,
                                  std::optional<int> s) {
  if (!y || !mo || !d || !h || !mi || !s) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 59) return std::nullopt;
  return Timestamp{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s};
}

constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Fields {
  year_month_day date;
  hh_mm_ss<microseconds> clock;
  unsigned weekday;
};

Fields fields(Timestamp time) {
  const auto day = floor<days>(time);
  return {year_month_day{day}, hh_mm_ss{time - day}, weekday{day}.c_encoding()};
}

// Digits into a text of known length. A format library costs some thirty times as much, and every
// call has several times in it.
class Digits {
 public:
  explicit Digits(std::string text) : text_(std::move(text)) {}

  template <class T>
  Digits& put(std::size_t at, std::size_t width, T number) {
    auto left = static_cast<unsigned long>(number);
    for (auto digit = at + width; digit-- > at; left /= 10)
      text_[digit] = static_cast<char>('0' + left % 10);
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string rfc3339(Timestamp time) {
  const auto f = fields(time);
  return Digits("0000-00-00T00:00:00.000000Z")
      .put(0, 4, static_cast<int>(f.date.year()))
      .put(5, 2, static_cast<unsigned>(f.date.month()))
      .put(8, 2, static_cast<unsigned>(f.date.day()))
      .put(11, 2, f.clock.hours().count())
      .put(14, 2, f.clock.minutes().count())
      .put(17, 2, f.clock.seconds().count())
      .put(20, 6, f.clock.subseconds().count())
      .take();
}

std::string amz_date(Timestamp time) {
  const auto f = fields(time);
  return Digits("00000000T000000Z")
      .put(0, 4, static_cast<int>(f.date.year()))
      .put(4, 2, static_cast<unsigned>(f.date.month()))
      .put(6, 2, static_cast<unsigned>(f.date.day()))
      .put(9, 2, f.clock.hours().count())
      .put(11, 2, f.clock.minutes().count())
      .put(13, 2, f.clock.seconds().count())
      .take();
}

std::string http_date(Timestamp time) {
  const auto f = fields(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[f.weekday],
                     static_cast<unsigned>(f.date.day()),
                     kMonths[static_cast<unsigned>(f.date.month()) - 1],
                     static_cast<int>(f.date.year()), f.clock.hours().count(),
                     f.clock.minutes().count(), f.clock.seconds().count());
}

// Every signed request has one: all its digits are looked at before any is read.
std::optional<Timestamp> parse_amz_date(std::string_view text) {
  constexpr std::string_view kForm = "00000000T000000Z";
  if (text.size() != kForm.size()) return std::nullopt;
  bool fits = true;
  for (std::size_t at = 0; at < kForm.size(); ++at) {
    const auto digit = static_cast<unsigned char>(text[at] - '0');
    fits &= kForm[at] == '0' ? digit < 10 : text[at] == kForm[at];
  }
  if (!fits) return std::nullopt;
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  return assemble(two(0) * 100 + two(2), two(4), two(6), two(9), two(11), two(13));
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  const auto y = take_number(text, 4);
  if (!take(text, '-')) return std::nullopt;
  const auto mo = take_number(text, 2);
  if (!take(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!take(text, 'T') && !take(text, 't')) return std::nullopt;
  const auto h = take_number(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const auto mi = take_number(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const auto s = take_number(text, 2);
  auto time = assemble(y, mo, d, h, mi, s);
  if (!time) return std::nullopt;
  if (take(text, '.')) {
    int micros = 0, scale = 100'000, digits = 0;
    for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++digits) {
      micros += (text[0] - '0') * scale;
      scale /= 10;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
    *time += microseconds{micros};
  }
  if (text == "Z" || text == "z") return time;
  const bool plus = take(text, '+');
  if (!plus && !take(text, '-')) return std::nullopt;
  const auto offset_h = take_number(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const auto offset_m = take_number(text, 2);
  if (!offset_h || !offset_m || !text.empty() || *offset_h > 23 || *offset_m > 59)
    return std::nullopt;
  const auto offset = hours{*offset_h} + minutes{*offset_m};
  return plus ? *time - offset : *time + offset;
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT")
    return std::nullopt;
  const auto weekday_name = text.substr(0, 3);
  const auto month_name = text.substr(8, 3);
  const auto* found = std::find(kMonths.begin(), kMonths.end(), month_name);
  if (found == kMonths.end() || text[7] != ' ' || text[11] != ' ' || text[16] != ' ')
    return std::nullopt;
  auto d = text.substr(5, 2), y = text.substr(12, 4), clock = text.substr(17, 8);
  const auto day_number = take_number(d, 2), year_number = take_number(y, 4);
  const auto h = take_number(clock, 2);
  if (!take(clock, ':')) return std::nullopt;
  const auto mi = take_number(clock, 2);
  if (!take(clock, ':')) return std::nullopt;
  const auto s = take_number(clock, 2);
  const auto time =
      assemble(year_number, static_cast<int>(found - kMonths.begin()) + 1, day_number, h, mi, s);
  if (!time || kDays[fields(*time).weekday] != weekday_name) return std::nullopt;
  return time;
}

}  // namespace strait
