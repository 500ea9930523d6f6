// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

// Base64 and base64url (RFC 4648), canonical only: each byte string has one spelling. Decoding
// refuses white space, the other alphabet, non-zero trailing bits (RFC 4648, 3.5), and padding that
// is missing (base64) or present (base64url).
namespace strait::codec {

std::string base64_encode(std::string_view bytes);
void base64_encode(std::string& out, std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace strait::codec
