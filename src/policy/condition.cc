// SPDX-License-Identifier: Apache-2.0
#include "policy/condition.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "codec/base64.h"

namespace strait::policy {
namespace {

struct Row {
  std::string_view name;  // lower case
  Operator op;
  bool negated;
};

constexpr std::array kRows{
    Row{"stringequals", Operator::kStringEquals, false},
    Row{"stringnotequals", Operator::kStringEquals, true},
    Row{"stringequalsignorecase", Operator::kStringEqualsIgnoreCase, false},
    Row{"stringnotequalsignorecase", Operator::kStringEqualsIgnoreCase, true},
    Row{"stringlike", Operator::kStringLike, false},
    Row{"stringnotlike", Operator::kStringLike, true},
    Row{"numericequals", Operator::kNumericEquals, false},
    Row{"numericnotequals", Operator::kNumericEquals, true},
    Row{"numericlessthan", Operator::kNumericLess, false},
    Row{"numericlessthanequals", Operator::kNumericLessEquals, false},
    Row{"numericgreaterthan", Operator::kNumericGreater, false},
    Row{"numericgreaterthanequals", Operator::kNumericGreaterEquals, false},
    Row{"dateequals", Operator::kDateEquals, false},
    Row{"datenotequals", Operator::kDateEquals, true},
    Row{"datelessthan", Operator::kDateLess, false},
    Row{"datelessthanequals", Operator::kDateLessEquals, false},
    Row{"dategreaterthan", Operator::kDateGreater, false},
    Row{"dategreaterthanequals", Operator::kDateGreaterEquals, false},
    Row{"bool", Operator::kBool, false},
    Row{"binaryequals", Operator::kBinaryEquals, false},
    Row{"ipaddress", Operator::kIpAddress, false},
    Row{"notipaddress", Operator::kIpAddress, true},
    Row{"arnequals", Operator::kArnLike, false},
    Row{"arnnotequals", Operator::kArnLike, true},
    Row{"arnlike", Operator::kArnLike, false},
    Row{"arnnotlike", Operator::kArnLike, true},
    Row{"null", Operator::kNull, false},
};

// Whether order `a <=> b` satisfies a numeric or date operator; both families have the same five.
bool satisfies(Operator op, std::strong_ordering order) {
  switch (op) {
    case Operator::kNumericEquals:
    case Operator::kDateEquals: return order == 0;
    case Operator::kNumericLess:
    case Operator::kDateLess: return order < 0;
    case Operator::kNumericLessEquals:
    case Operator::kDateLessEquals: return order <= 0;
    case Operator::kNumericGreater:
    case Operator::kDateGreater: return order > 0;
    case Operator::kNumericGreaterEquals:
    case Operator::kDateGreaterEquals: return order >= 0;
    default: return false;
  }
}

template <class T>
Result<ConditionValue> typed(std::optional<T> parsed, std::string_view what,
                             std::string_view text) {
  if (parsed) return ConditionValue(*std::move(parsed));
  return fail(ErrorCode::kInvalidConfiguration,
              quoted(text) + " is not " + std::string(what) +
                  " (policy variables work in String and Arn operators only)");
}

Result<ConditionValue> patterned(std::string_view text, Grammar grammar, Dialect dialect,
                                 bool fold_case = false) {
  TRY(auto pattern, Pattern::compile(text, grammar, dialect, fold_case));
  for (const auto& variable : pattern.variables()) CHECK_OK(classify_key(variable.key));
  return ConditionValue(std::move(pattern));
}

Result<ConditionValue> arn(std::string_view text, Dialect dialect) {
  if (text != "*" && !text.starts_with("arn:") && !text.starts_with("${")) {
    return fail(ErrorCode::kInvalidConfiguration,
                quoted(text) + " is not an ARN; it would match nothing");
  }
  return patterned(text, Grammar::kArnCondition, dialect);
}

Result<ConditionValue> compile_value(Operator op, std::string_view text, Dialect dialect) {
  switch (op) {
    case Operator::kStringEquals: return patterned(text, Grammar::kLiteral, dialect);
    case Operator::kStringEqualsIgnoreCase:
      return patterned(text, Grammar::kLiteral, dialect, true);
    case Operator::kStringLike: return patterned(text, Grammar::kPlain, dialect);
    case Operator::kArnLike: return arn(text, dialect);
    case Operator::kNumericEquals:
    case Operator::kNumericLess:
    case Operator::kNumericLessEquals:
    case Operator::kNumericGreater:
    case Operator::kNumericGreaterEquals:
      return typed(Decimal::parse(text), "a decimal number", text);
    case Operator::kDateEquals:
    case Operator::kDateLess:
    case Operator::kDateLessEquals:
    case Operator::kDateGreater:
    case Operator::kDateGreaterEquals: return typed(parse_date(text), "an ISO 8601 date", text);
    case Operator::kBool:
    case Operator::kNull: return typed(parse_bool(text), "true or false", text);
    case Operator::kIpAddress: return typed(Network::parse(text), "an IP address or network", text);
    case Operator::kBinaryEquals: return typed(codec::base64_decode(text), "base64", text);
  }
  return fail(ErrorCode::kInternal, "an operator without a case");
}

// One value of the request, read once for the operator's type.
struct Subject {
  Subject(Operator op, std::string_view value) : op_(op), text_(value) {
    switch (op) {
      case Operator::kStringEqualsIgnoreCase: folded_ = lowered(value), text_ = folded_; break;
      case Operator::kNumericEquals:
      case Operator::kNumericLess:
      case Operator::kNumericLessEquals:
      case Operator::kNumericGreater:
      case Operator::kNumericGreaterEquals: number_ = Decimal::parse(value); break;
      case Operator::kDateEquals:
      case Operator::kDateLess:
      case Operator::kDateLessEquals:
      case Operator::kDateGreater:
      case Operator::kDateGreaterEquals: date_ = parse_date(value); break;
      case Operator::kBool: truth_ = parse_bool(value); break;
      case Operator::kIpAddress: address_ = Network::parse(value); break;
      case Operator::kBinaryEquals: bytes_ = codec::base64_decode(value); break;
      case Operator::kStringEquals:
      case Operator::kStringLike:
      case Operator::kArnLike:
      case Operator::kNull: break;
    }
  }

  Tri equals(const Pattern& pattern, const VariableSource& variables) const {
    return pattern.matches(text_, variables);
  }
  Tri equals(const Decimal& number, const VariableSource&) const {
    return number_ ? known(satisfies(op_, *number_ <=> number)) : Tri::kUnknown;
  }
  Tri equals(const Timestamp& date, const VariableSource&) const {
    return date_ ? known(satisfies(op_, *date_ <=> date)) : Tri::kUnknown;
  }
  Tri equals(bool truth, const VariableSource&) const {
    return truth_ ? known(*truth_ == truth) : Tri::kUnknown;
  }
  Tri equals(const Network& network, const VariableSource&) const {
    return address_ ? known(network.contains(*address_)) : Tri::kUnknown;
  }
  Tri equals(const std::string& bytes, const VariableSource&) const {
    return bytes_ ? known(*bytes_ == bytes) : Tri::kUnknown;
  }

 private:
  Operator op_;
  std::string_view text_;
  std::string folded_;
  std::optional<Decimal> number_;
  std::optional<Timestamp> date_;
  std::optional<bool> truth_;
  std::optional<Network> address_;
  std::optional<std::string> bytes_;
};

// Strings need no Subject, and they are most of what policies ask for.
Tri any_string(const Condition& condition, std::string_view value,
               const VariableSource& variables) {
  auto any = Tri::kFalse;
  for (const auto& wanted : condition.values) {
    any = either(any, std::get_if<Pattern>(&wanted)->matches(value, variables));
    if (any == Tri::kTrue) break;
  }
  return any;
}

// Whether every part of an ARN is there to be compared.
bool is_arn(std::string_view value) {
  return value.starts_with("arn:") && std::ranges::count(value, ':') >= 5;
}

Tri holds_for(const Condition& condition, const std::string& value,
              const Environment& environment) {
  auto any = Tri::kFalse;
  const auto op = condition.op.op;
  if (op == Operator::kArnLike && !is_arn(value)) return environment.undefined();
  if (op == Operator::kStringEquals || op == Operator::kStringLike || op == Operator::kArnLike) {
    any = any_string(condition, value, environment);
  } else {
    const Subject subject(op, value);
    for (const auto& wanted : condition.values) {
      any = either(
          any, std::visit([&](const auto& w) { return subject.equals(w, environment); }, wanted));
    }
  }
  if (any == Tri::kUnknown) return both(any, environment.undefined());
  return condition.op.negated ? negation(any) : any;
}

Tri evaluate_null(const Condition& condition, KeyValues::State state) {
  if (state == KeyValues::kUnknown) return Tri::kUnknown;
  const bool absent = state == KeyValues::kAbsent;
  return known(std::ranges::any_of(
      condition.values, [absent](const auto& v) { return std::get<bool>(v) == absent; }));
}

Tri when_absent(const OperatorName& op) {
  if (op.quantifier == Quantifier::kForAnyValue) return Tri::kFalse;
  if (op.if_exists || op.quantifier == Quantifier::kForAllValues) return Tri::kTrue;
  return known(op.negated);
}

}  // namespace

std::optional<OperatorName> parse_operator(std::string_view text) {
  const auto folded = lowered(text);
  std::string_view rest = folded;
  OperatorName name;
  const auto strip_prefix = [&rest](std::string_view prefix) {
    const bool has = rest.starts_with(prefix);
    if (has) rest.remove_prefix(prefix.size());
    return has;
  };
  if (strip_prefix("forallvalues:")) {
    name.quantifier = Quantifier::kForAllValues;
  } else if (strip_prefix("foranyvalue:")) {
    name.quantifier = Quantifier::kForAnyValue;
  }
  if (rest.ends_with("ifexists")) {
    name.if_exists = true;
    rest.remove_suffix(std::string_view("ifexists").size());
  }
  const auto* row = std::ranges::find(kRows, rest, &Row::name);
  if (row == kRows.end()) return std::nullopt;
  name.op = row->op;
  name.negated = row->negated;
  if (name.op == Operator::kNull && (name.if_exists || name.quantifier != Quantifier::kOne))
    return std::nullopt;
  return name;
}

Result<Condition> compile_condition(const ConditionText& text, Dialect dialect) {
  const auto op = parse_operator(text.op);
  if (!op)
    return fail(ErrorCode::kInvalidConfiguration,
                "there is no condition operator " + quoted(text.op));
  TRY(auto key, classify_key(text.key));
  Condition condition{*op, std::move(key), {}, text};
  for (const auto& value : text.values) {
    TRY(auto compiled, compile_value(op->op, value, dialect));
    condition.values.push_back(std::move(compiled));
  }
  return condition;
}

Tri evaluate(const Condition& condition, const Environment& environment) {
  const auto found = environment.find(condition.key);
  if (condition.op.op == Operator::kNull) return evaluate_null(condition, found.state);
  if (found.state == KeyValues::kUnknown) return Tri::kUnknown;
  if (found.state == KeyValues::kAbsent) return when_absent(condition.op);
  auto quantifier = condition.op.quantifier;
  if (quantifier == Quantifier::kOne) {
    if (!found.many) return holds_for(condition, found.values[0], environment);
    quantifier = environment.several();
  }
  switch (quantifier) {
    case Quantifier::kOne: return environment.undefined();
    case Quantifier::kForAllValues: {
      auto all = Tri::kTrue;
      for (const auto& value : found.values)
        all = both(all, holds_for(condition, value, environment));
      return all;
    }
    case Quantifier::kForAnyValue: {
      auto any = Tri::kFalse;
      for (const auto& value : found.values)
        any = either(any, holds_for(condition, value, environment));
      return any;
    }
  }
  return Tri::kUnknown;
}

std::string explain(const Condition& condition, const Environment& environment) {
  const auto list = [](const auto& values) {
    std::string out;
    for (std::size_t i = 0; i < values.size() && i < 3; ++i)
      out += (i == 0 ? "" : ", ") + quoted(values[i], 60);
    return values.size() > 3 ? out + ", ..." : out;
  };
  const auto found = environment.find(condition.key);
  const auto head = "condition " + condition.text.op + " " + condition.text.key + ": ";
  if (found.state == KeyValues::kAbsent) return head + "the request has no such value";
  if (found.state == KeyValues::kUnknown) return head + "strait cannot know the value";
  const auto values = list(found.values) + " against " + list(condition.text.values);
  if (evaluate(condition, environment) == Tri::kUnknown)
    return head + values + " has no certain answer";
  return head + values;
}

}  // namespace strait::policy
