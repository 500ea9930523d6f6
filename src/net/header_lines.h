// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "journey/http.h"
#include "net/http_parser.h"

// The header lines that requests and replies have in common (RFC 9112, 5): grammar, and what they
// say of the framing.
namespace strait::net {

enum class HeaderRules : std::uint8_t {
  kRequest,  // no `_` in names, no method override, no upgrade, singletons once
  kConnect,  // the same, and host may be absent
  kReply,
};

struct HeaderFacts {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool close = false;
  bool keep_alive = false;
  bool expect_continue = false;
  bool host = false;
};

// `lines` begins after the start line and ends with the empty line. Fields are appended to
// `headers`.
std::expected<HeaderFacts, HeadFault> parse_header_lines(std::string_view lines, HeaderRules rules,
                                                         journey::Headers& headers);

// 1*DIGIT, at most 2^63 - 1.
std::optional<std::uint64_t> parse_length(std::string_view digits);

HeadFault malformed(std::string message, int status = 400);

}  // namespace strait::net
