// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "policy/context.h"
#include "policy/document.h"
#include "policy/scalar.h"

// One line of a Condition block, compiled, and its three-valued answer. Source: IAM user guide,
// "Condition operators", "Set operators for multivalued context keys", "Policy variables".
//
//   absent key     positive operators false, negated ones true; ForAnyValue false, with IfExists
//   too; IfExists true; ForAllValues true;
//                  Null says what it is asked. Exactly IAM, also where that surprises.
//   unknown key    unknown, except that IfExists/ForAllValues/Null gain nothing from it either.
//   several values without ForAllValues/ForAnyValue    undefined by IAM's guide: in a call unknown,
//   so that it does not allow and does deny; where IAM's own answer is asked for, no match; at a
//   login all of them in an Allow, any in a Deny.
//   a value that is no number, date, address, ARN or boolean where the operator wants one:
//   undefined, likewise.
namespace strait::policy {

enum class Operator : std::uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessEquals,
  kNumericGreater,
  kNumericGreaterEquals,
  kDateEquals,
  kDateLess,
  kDateLessEquals,
  kDateGreater,
  kDateGreaterEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnLike,
  kNull,
};

struct OperatorName {
  Operator op = Operator::kStringEquals;
  bool negated = false;
  bool if_exists = false;
  Quantifier quantifier = Quantifier::kOne;
};

// "ForAnyValue:StringNotLikeIfExists"; case-insensitive as in IAM. nullopt: no such operator.
std::optional<OperatorName> parse_operator(std::string_view text);

using ConditionValue = std::variant<Pattern, Decimal, Timestamp, bool, Network, std::string>;

struct Condition {
  OperatorName op;
  Key key;
  std::vector<ConditionValue> values;
  ConditionText text;  // for explanations
};

Result<Condition> compile_condition(const ConditionText& text, Dialect dialect);

Tri evaluate(const Condition& condition, const Environment& environment);

// "condition StringEquals s3:prefix: `logs/` is not `public/`", for a condition that did not hold.
std::string explain(const Condition& condition, const Environment& environment);

}  // namespace strait::policy
