// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/value.h"

namespace strait::identity {

using FlatClaims = std::vector<std::pair<std::string, std::vector<std::string>>>;

// A JSON object of claims as text, in name order; the rules are in jwt.h. kInvalidToken when two
// flatten to one name.
Result<FlatClaims> flatten_claims(const codec::Object& claims);

// NumericDate (RFC 7519, section 2): seconds since the epoch, perhaps with decimals. nullopt when
// it is no such number or lies beyond the year 9999.
std::optional<Timestamp> numeric_date(const codec::Value& value);

}  // namespace strait::identity
