// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "net/http_parser.h"

// The one request that a forward proxy's door takes: `CONNECT host:443` (RFC 9110, 9.3.6), with the
// head's grammar as strict as any other's. HTTP/1.0 is taken as well, and a head without Host:
// Python's standard library sends both. A pure function over bytes.
namespace strait::net {

// The host of `head`, which runs up to and including the empty line. It is spelled as it will be
// looked for: lower-case labels of letters, digits, `-` and `_`, no address, no dot at its end.
// Faults: 400 for what is no CONNECT in good form, 403 for another port.
std::expected<std::string, HeadFault> parse_connect_head(std::string_view head);

}  // namespace strait::net
