// SPDX-License-Identifier: Apache-2.0
#include "analysis/sample_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/time.h"
#include "codec/base64.h"
#include "policy/scalar.h"

namespace strait::analysis {
namespace {

using policy::Operator;
using Values = std::vector<std::string>;

// What is no value of any of these sorts.
constexpr auto kNoValue = "x";

// Between two different limits, or beyond one, there is a number that differs from a limit in a
// digit behind all digits that any limit has.
Values numbers(std::span<const std::string> limits) {
  Values values{"0", "1", "-1"};
  std::size_t digits = 0;
  for (const auto& limit : limits) {
    values.push_back(limit);
    long long whole = 0;
    const auto end = limit.data() + limit.size();
    if (std::from_chars(limit.data(), end, whole).ptr == end && std::abs(whole) < 1'000'000'000) {
      values.push_back(std::to_string(whole + 1));
      values.push_back(std::to_string(whole - 1));
    }
    const auto dot = limit.find('.');
    if (dot != std::string::npos) digits = std::max(digits, limit.size() - dot - 1);
  }
  const auto nudged = [digits](std::string text) {
    const auto dot = text.find('.');
    const auto has = dot == std::string::npos ? 0 : text.size() - dot - 1;
    if (dot == std::string::npos) text += '.';
    return text + std::string(digits - has, '0') + "1";  // away from zero
  };
  for (const auto& limit : limits) values.push_back(nudged(limit));
  values.push_back(nudged("0"));
  values.push_back(nudged("-0"));
  values.emplace_back(kNoValue);
  return values;
}

Values dates(std::span<const std::string> limits) {
  Values values;
  // At both ends of the calendar only another zone can say the next moment.
  const auto add = [&values](Timestamp time) {
    using std::chrono::hours;
    for (const auto& [offset, zone] : {std::pair(hours(0), "Z"), std::pair(hours(23), "+23:00"),
                                       std::pair(hours(-23), "-23:00")}) {
      auto text = rfc3339(time + offset);
      text.replace(text.size() - 1, 1, zone);
      if (policy::parse_date(text) != time) continue;
      values.push_back(std::move(text));
      return;
    }
  };
  for (const auto& limit : limits) {
    const auto time = policy::parse_date(limit);
    if (!time) continue;
    values.push_back(limit);
    using std::chrono::microseconds;
    for (const auto step : {microseconds(1'000'000), microseconds(1)}) {
      add(*time + step);
      add(*time - step);
    }
  }
  values.emplace_back("2030-01-01T00:00:00Z");
  values.emplace_back(kNoValue);
  return values;
}

using Address = unsigned __int128;
constexpr Address kV4 = static_cast<Address>(0xffff) << 32;  // ::ffff:0:0, as policy maps IPv4

struct Range {
  Address first = 0, last = 0;
};

std::optional<Range> range_of(const std::string& network) {
  const auto slash = network.find('/');
  const auto text = network.substr(0, slash);
  std::array<std::uint8_t, 16> bytes{};
  in_addr v4{};
  Address address = 0;
  int bits = 128;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    address = kV4 | ntohl(v4.s_addr);
  } else if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) {
    for (const auto byte : bytes) address = address << 8 | byte;
  } else {
    return std::nullopt;
  }
  if (slash != std::string::npos) {
    std::from_chars(network.data() + slash + 1, network.data() + network.size(), bits);
    if (text.find(':') == std::string::npos) bits += 96;
  }
  const Address host = bits == 0 ? ~Address{0} : (Address{1} << (128 - bits)) - 1;
  return Range{address & ~host, address | host};
}

std::string text_of(Address address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address >> 32 == kV4 >> 32) {
    const in_addr v4{htonl(static_cast<std::uint32_t>(address))};
    inet_ntop(AF_INET, &v4, text.data(), text.size());
  } else {
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 16; i-- > 0; address >>= 8) bytes[i] = static_cast<std::uint8_t>(address);
    inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
  }
  return text.data();
}

// Networks nest or are apart. So what a network has beside those in it begins where it begins or
// behind the end of one of them.
Values addresses(std::span<const std::string> limits, std::string_view key) {
  Values values{"203.0.113.9", "2001:db8::9"};
  for (const auto& limit : limits) {
    const auto range = range_of(limit);
    if (!range) continue;
    for (const auto one :
         {range->first + 1, range->first, range->last, range->last + 1, range->first - 1}) {
      values.push_back(text_of(one));
    }
  }
  // A network holds addresses of its own family only, so the IPv4 addresses are a range of their
  // own.
  for (const auto one : {Address{0}, kV4 - 1, kV4, kV4 + (Address{1} << 32)})
    values.push_back(text_of(one));
  const auto is = [key](std::string_view name) {
    return std::ranges::equal(
        key, name, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  };
  // A network is contained in what contains the smallest limit around it, as that limit itself is.
  if (!is("aws:sourceip") && !is("aws:vpcsourceip")) {
    values.insert(values.end(), limits.begin(), limits.end());
    values.emplace_back("::/0");
    values.emplace_back("0.0.0.0/0");
  }
  values.emplace_back(kNoValue);
  return values;
}

Values byte_texts(std::span<const std::string> limits) {
  Values values(limits.begin(), limits.end());
  std::string other;
  do {
    other += 'x';
    values.push_back(codec::base64_encode(other));
  } while (std::ranges::find(limits, values.back()) != limits.end());
  values.emplace_back(kNoValue);
  return values;
}

}  // namespace

Sort sort_of(Operator op) {
  switch (op) {
    case Operator::kNumericEquals:
    case Operator::kNumericLess:
    case Operator::kNumericLessEquals:
    case Operator::kNumericGreater:
    case Operator::kNumericGreaterEquals: return Sort::kNumber;
    case Operator::kDateEquals:
    case Operator::kDateLess:
    case Operator::kDateLessEquals:
    case Operator::kDateGreater:
    case Operator::kDateGreaterEquals: return Sort::kDate;
    case Operator::kIpAddress: return Sort::kAddress;
    case Operator::kBinaryEquals: return Sort::kBytes;
    case Operator::kStringEquals:
    case Operator::kStringEqualsIgnoreCase:
    case Operator::kStringLike:
    case Operator::kBool:
    case Operator::kArnLike:
    case Operator::kNull: return Sort::kText;
  }
  return Sort::kText;
}

std::vector<std::string> sample_values(Sort sort, std::span<const std::string> limits,
                                       std::string_view key) {
  switch (sort) {
    case Sort::kNumber: return numbers(limits);
    case Sort::kDate: return dates(limits);
    case Sort::kAddress: return addresses(limits, key);
    case Sort::kBytes: return byte_texts(limits);
    case Sort::kText: break;
  }
  return {};
}

}  // namespace strait::analysis
