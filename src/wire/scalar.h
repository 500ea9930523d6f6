// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "codec/value.h"

// Scalars as text, the way the query, XML, label, query-string and header bindings spell them, and
// back. Reading is strict: each value has the spellings listed and no other; nullopt otherwise.
namespace strait::wire {

// Plain decimal without leading zeros or "-0", at most limits::kNumberDigitsMax digits.
bool is_integer_token(std::string_view text);
// An RFC 8259 number, or NaN, Infinity, -Infinity.
bool is_float_token(std::string_view text);
// The same, and within what the modelled type holds: a reader that keeps 32 bits of a larger
// integer reads another one.
bool is_integer_of(catalog::Shape shape, std::string_view text);
bool is_float_of(catalog::Shape shape, std::string_view text);

// Within the years 0001 to 9999, which every format can spell.
bool is_plausible(const codec::Instant& instant);

// `format` says which; kUnset is never passed.
std::optional<codec::Instant> read_instant(std::string_view text, catalog::TimestampFormat format);
void write_instant(std::string& out, const codec::Instant& instant,
                   catalog::TimestampFormat format);

// A scalar of `shape`: boolean ("true", "false"), number, string, blob (base64) or timestamp in
// `format`.
std::optional<codec::Value> read_scalar(std::string_view text, catalog::Shape shape,
                                        catalog::TimestampFormat format);
// The text of a scalar Value; false when it is a list, an object or null.
bool write_scalar(std::string& out, const codec::Value& value, catalog::TimestampFormat format);

inline catalog::TimestampFormat or_default(catalog::TimestampFormat format,
                                           catalog::TimestampFormat fallback) {
  return format == catalog::TimestampFormat::kUnset ? fallback : format;
}

}  // namespace strait::wire
