// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "journey/http.h"

// Heads as bytes. Framing and connection fields are never copied from what is being sent: whoever
// writes the head knows the framing and adds it.
namespace strait::net {

void append_status_line(std::string& out, int status);
void append_request_line(std::string& out, std::string_view method, std::string_view target);
// Control bytes in the value become blanks, so that no value can begin a new line.
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_length(std::string& out, std::uint64_t length);
// All fields but those about framing and connection. True when `date` was among them.
bool append_fields(std::string& out, const journey::Headers& headers);

}  // namespace strait::net
