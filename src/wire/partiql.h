// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

// The verb and table of one DynamoDB PartiQL statement ("PartiQL - a SQL-compatible query language
// for Amazon DynamoDB", developer guide). Nothing else of the statement is understood, and nothing
// else is needed: a statement has one verb, first, and one table.
namespace strait::wire {

struct PartiqlTarget {
  std::string action;  // "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"
  std::string table;
  std::string index;  // "" when the statement reads the table itself
};

// kInvalidInput for a statement whose verb or table cannot be told for certain.
Result<PartiqlTarget> read_partiql(std::string_view statement);

}  // namespace strait::wire
