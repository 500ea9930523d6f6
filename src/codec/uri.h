// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Percent-encoding and the two query syntaxes (RFC 3986; application/x-www-form-urlencoded).
// Strict: nothing is repaired, decoded text is UTF-8, and what is read is read in one way only. Any
// thread.
namespace strait::codec {

// nullopt when a % is not followed by two hex digits. All other bytes stay; the result may be any
// bytes.
std::optional<std::string> percent_decode(std::string_view text);

// Everything but A-Z a-z 0-9 - . _ ~ as %XX with upper-case digits, as SigV4 wants it; `/` stays
// when it is to.
std::string percent_encode(std::string_view text, bool keep_slash);
void percent_encode(std::string& out, std::string_view text, bool keep_slash);

struct QueryPair {
  std::string name;
  std::string value;
  bool has_equals = true;  // false for a bare name such as S3's ?acl
  bool operator==(const QueryPair&) const = default;
};

// What stands after the ? of a request target. Split on & alone, then on the first =. A plus sign
// is a plus sign. Order and repeated names are kept. An empty text has no pairs; an empty pair
// (a&&b), an empty name, a character that RFC 3986 does not allow in a query, a bad %XX and decoded
// bytes that are not UTF-8 are refused (kMalformedRequest), as are more than limits::kQueryPairsMax
// pairs (kLimitExceeded).
Result<std::vector<QueryPair>> parse_query(std::string_view text);

// The same for a form body, where a plus sign is a space.
Result<std::vector<QueryPair>> parse_form(std::string_view body);

// Back to text, in the given order, percent-encoded in SigV4's way (a space is %20 in both, which
// both readings share).
std::string encode_query(const std::vector<QueryPair>& pairs);
std::string encode_form(const std::vector<QueryPair>& pairs);

}  // namespace strait::codec
