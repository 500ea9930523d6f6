// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The two loops that make masking of JSON cheap (RFC 8259), on x86 sixteen bytes at a time. They
// look at quotes, backslashes and brackets only.
namespace strait::mask {

// Where a string ends.
struct StringEnd {
  std::size_t quote = std::string_view::npos;  // of the closing quote; npos: not in `text`
  bool escapes = false;                        // a backslash stands before it
  bool malformed = false;                      // an unescaped control character stands before it
};
// `at` is the first byte after the opening quote, or a place in the string that is not inside an
// escape.
// `lenient`: control characters are passed over.
StringEnd find_string_end(std::string_view text, std::size_t at, bool lenient = false);

// Passes over a value of which nothing has to be seen, piece by piece. Brackets are counted, their
// kinds are not compared.
struct JsonSkip {
  std::uint64_t depth = 0;  // open brackets; 0 outside a string: the value has ended
  bool in_string = false;
  bool escaped = false;       // the next byte is escaped
  bool at_long = false;       // stopped at a long string
  std::size_t last_open = 0;  // in the last piece: where its last opening quote stands
};
// The position after the value, or text.size() when it has not ended. Begin with depth 0 at a
// bracket or quote.
// Stops at the opening quote of a string with more than `long_string` bytes between its quotes.
std::size_t skip_json(std::string_view text, std::size_t at, JsonSkip& state,
                      std::size_t long_string = std::string_view::npos);

// Appends what the raw content of a string means, until at least `enough` bytes of `raw` are used;
// gives how many were. nullopt: an escape that does not exist, or half a surrogate pair.
std::optional<std::size_t> unescape_json(std::string_view raw, std::string& out,
                                         std::size_t enough = std::string_view::npos);

// RFC 8259, 6 and the three literals.
bool is_json_scalar(std::string_view token);

}  // namespace strait::mask
