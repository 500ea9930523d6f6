// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/value.h"

// Text as forgiving readers read it. Nothing here shares code with wire or codec: an error common
// to both would be seen by neither.
namespace strait::diff {

std::string folded(std::string_view text);  // ASCII, lower case

// Escapes that are none stay as they are.
std::string percent_decoded(std::string_view text, bool plus_is_space);

// Either alphabet; what is no base64 is skipped, and the padding is not looked at.
std::string base64_decoded(std::string_view text);

// Name and value in order of arrival; a pair without = has an empty value.
using Pairs = std::vector<std::pair<std::string, std::string>>;
Pairs pairs_of(std::string_view text, bool semicolons, bool plus_is_space);

// Seconds since the epoch, ISO 8601 or an HTTP date, whatever the model says.
std::optional<codec::Instant> time_of(std::string_view text);
codec::Instant instant_of(double seconds);

std::vector<std::string_view> split(std::string_view text, char at);

}  // namespace strait::diff
