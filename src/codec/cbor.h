// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"

// CBOR (RFC 8949) as Smithy's rpc-v2-cbor protocol uses it. Any thread. For every text that
// parse_cbor accepts, parse_cbor(write_cbor(parse_cbor(text))) is parse_cbor(text).
namespace strait::codec {

// Integers become plain decimal tokens (to the full 64 bits and their negatives); floats of any
// width become the shortest decimal token of the double, always with a point or an exponent ("1.0")
// so that they stay floats, or NaN, Infinity, -Infinity. Byte strings become Blob, tag 1 becomes
// Instant, null and undefined become null. Indefinite lengths are accepted. Refused
// (kMalformedRequest): keys that are not text or occur twice, text that is not UTF-8, other tags,
// other simple values, reserved lengths, truncation, trailing bytes; kLimitExceeded beyond
// limits::kDepthMax or kValueNodesMax.
Result<Value> parse_cbor(std::string_view bytes);

// Appends with definite lengths and the shortest integers. A Number token with a point, an
// exponent, NaN or an infinity becomes a 64-bit float. kInvalidInput when a number fits neither 64
// bits of integer nor a double; `out` is then as it was.
[[nodiscard]] Status write_cbor(std::string& out, const Value& value);

}  // namespace strait::codec
