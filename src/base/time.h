// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace strait {

// UTC with microseconds. Thinking rooms never ask for the time; they are told it.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Seconds = std::chrono::seconds;

// Years 0 to 9999.
std::string rfc3339(Timestamp time);   // 2026-11-23T01:02:03.000004Z
std::string amz_date(Timestamp time);  // 20261123T010203Z, for SigV4
std::optional<Timestamp> parse_rfc3339(
    std::string_view text);  // 0 to 9 fractional digits, Z or +hh:mm
std::optional<Timestamp> parse_amz_date(std::string_view text);  // exactly 16 characters
std::string http_date(Timestamp time);  // Mon, 23 Nov 2026 01:02:03 GMT (RFC 9110, 5.6.7)
std::optional<Timestamp> parse_http_date(std::string_view text);  // the IMF-fixdate form only

}  // namespace strait
