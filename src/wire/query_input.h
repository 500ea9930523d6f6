// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/uri.h"
#include "codec/value.h"

// The parameters of the query and ec2 protocols ("Tags.member.1.Key=a") to typed values and back.
// Lists and maps must be numbered 1, 2, 3, ... without gaps or leading zeros; a name that the model
// does not explain is refused, and so is a name that occurs twice. Structure members come out in
// order of name, list elements in order of number.
namespace strait::wire {

enum class QueryDialect : std::uint8_t { kQuery, kEc2 };

Result<codec::Value> read_query_input(std::vector<codec::QueryPair> pairs, catalog::Shape shape,
                                      QueryDialect dialect);

Status write_query_input(std::vector<codec::QueryPair>& out, const codec::Value& value,
                         catalog::Shape shape, QueryDialect dialect);

}  // namespace strait::wire
