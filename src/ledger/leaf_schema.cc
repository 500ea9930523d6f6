// SPDX-License-Identifier: Apache-2.0
#include "ledger/leaf_schema.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/ids.h"

namespace strait::ledger {
namespace {

enum class Type : std::uint8_t {
  kText,
  kCount,  // an integer from 0 to 2^64-1
  kTime,   // base's rfc3339() form
  kHash,   // 64 lower-case hex digits
  kSession,
  kCall,
  kRequest,
  kGrant,
  kEffect,    // allow, ask, deny
  kDecision,  // approve, refuse
  kOutcome,   // replied, withheld, not_sent
  kTrue,      // true; left out when false
  kTexts,
  kObject,
  kObjects,
  kAnyObject,
};

struct Field {
  std::string_view name;
  Type type;
  bool required;
  std::span<const Field> fields = {};
};

constexpr bool kMust = true;
constexpr bool kMay = false;

constexpr Field kPerson[] = {{"iss", Type::kText, kMust}, {"sub", Type::kText, kMust}};
constexpr Field kTarget[] = {
    {"service", Type::kText, kMust},  {"op", Type::kText, kMust},
    {"protocol", Type::kText, kMust}, {"partition", Type::kText, kMust},
    {"account", Type::kText, kMust},  {"region", Type::kText, kMust},
    {"host", Type::kText, kMay},
};
// `may`: AWS can ask for it, and only an explicit deny of it counted.
constexpr Field kNeed[] = {
    {"action", Type::kText, kMust}, {"resource", Type::kText, kMust}, {"may", Type::kTrue, kMay}};
constexpr Field kNeedsCut[] = {{"count", Type::kCount, kMust}, {"sha256", Type::kHash, kMust}};
constexpr Field kVerdict[] = {
    {"effect", Type::kEffect, kMust}, {"policy", Type::kText, kMust},  {"by", Type::kTexts, kMust},
    {"action", Type::kText, kMay},    {"resource", Type::kText, kMay},  // absent: of the only need
};
constexpr Field kApproval[] = {
    {"request", Type::kRequest, kMust},
    {"grant", Type::kGrant, kMust},
    {"digest", Type::kHash, kMust},
    {"approvers", Type::kTexts, kMust},
};
constexpr Field kBody[] = {
    {"commit", Type::kHash, kMust}, {"bytes", Type::kCount, kMust}, {"cut", Type::kTrue, kMay}};
constexpr Field kStreamedBody[] = {{"sha256", Type::kHash, kMust}};
constexpr Field kClient[] = {
    {"peer", Type::kText, kMay}, {"agent", Type::kText, kMay}, {"invocation", Type::kText, kMay}};
constexpr Field kScope[] = {{"mark", Type::kText, kMust}, {"policy", Type::kHash, kMay}};
constexpr Field kMasked[] = {{"path", Type::kText, kMust}, {"kind", Type::kText, kMust}};
constexpr Field kError[] = {{"code", Type::kText, kMust}, {"message", Type::kText, kMay}};

constexpr Field kHead[] = {
    {"v", Type::kCount, kMust},
    {"kind", Type::kText, kMust},
    {"t", Type::kTime, kMust},
};
constexpr Field kLink[] = {
    {"session", Type::kSession, kMust},
    {"seq", Type::kCount, kMust},
    {"prev", Type::kHash, kMust},
};

constexpr Field kGenesis[] = {
    {"origin", Type::kText, kMust}, {"vkey", Type::kText, kMust}, {"version", Type::kText, kMust}};
constexpr Field kSessionOpen[] = {
    {"principal", Type::kObject, kMust, kPerson},
    {"role", Type::kText, kMust},
    {"name", Type::kText, kMust},
    {"key", Type::kText, kMust},
    {"issued", Type::kTime, kMust},
    {"expires", Type::kTime, kMust},
    {"peer", Type::kText, kMay},
    {"joined", Type::kTrue, kMay},
    {"claims", Type::kObject, kMay, kBody},
};
constexpr Field kSessionClose[] = {{"reason", Type::kText, kMust}};
constexpr Field kIntent[] = {
    {"id", Type::kCall, kMust},
    {"arrived", Type::kTime, kMust},
    {"principal", Type::kObject, kMust, kPerson},
    {"role", Type::kText, kMust},
    {"target", Type::kObject, kMust, kTarget},
    {"needs", Type::kObjects, kMust, kNeed},
    {"needs_cut", Type::kObject, kMay, kNeedsCut},
    {"verdict", Type::kObject, kMust, kVerdict},
    {"approval", Type::kObject, kMay, kApproval},
    {"input", Type::kObject, kMust, kBody},
    {"client", Type::kObject, kMust, kClient},
    {"scope", Type::kObject, kMay, kScope},
};
constexpr Field kResult[] = {
    {"id", Type::kCall, kMust},
    {"intent", Type::kCount, kMust},
    {"outcome", Type::kOutcome, kMust},
    {"status", Type::kCount, kMay},
    {"aws_request_id", Type::kText, kMay},
    {"sent", Type::kCount, kMay},
    {"received", Type::kCount, kMay},
    {"us", Type::kCount, kMay},
    {"body", Type::kObject, kMay, kBody},
    {"stream", Type::kObject, kMay, kStreamedBody},
    {"masked", Type::kObjects, kMay, kMasked},
    {"masked_cut", Type::kCount, kMay},
    {"error", Type::kObject, kMay, kError},
};
constexpr Field kRefused[] = {
    {"id", Type::kCall, kMay},
    {"principal", Type::kObject, kMay, kPerson},
    {"role", Type::kText, kMay},
    {"asked_as", Type::kText, kMay},
    {"target", Type::kObject, kMay, kTarget},
    {"needs", Type::kObjects, kMay, kNeed},
    {"needs_cut", Type::kObject, kMay, kNeedsCut},
    {"verdict", Type::kObject, kMay, kVerdict},
    {"input", Type::kObject, kMay, kBody},
    {"client", Type::kObject, kMay, kClient},
    {"error", Type::kObject, kMust, kError},
    {"rule", Type::kText, kMust},
    {"status", Type::kCount, kMust},
    {"request", Type::kRequest, kMay},
};
constexpr Field kOutcomeUnknown[] = {
    {"id", Type::kCall, kMust}, {"intent", Type::kCount, kMust}, {"why", Type::kText, kMust}};
constexpr Field kApprovalRequested[] = {
    {"request", Type::kRequest, kMust}, {"digest", Type::kHash, kMust},
    {"id", Type::kCall, kMust},         {"principal", Type::kObject, kMust, kPerson},
    {"role", Type::kText, kMust},       {"target", Type::kObject, kMust, kTarget},
    {"action", Type::kText, kMust},     {"resource", Type::kText, kMust},
    {"policy", Type::kText, kMust},     {"reason", Type::kText, kMay},
    {"expires", Type::kTime, kMust},
};
constexpr Field kApprovalDecided[] = {
    {"request", Type::kRequest, kMust},
    {"digest", Type::kHash, kMust},
    {"decision", Type::kDecision, kMust},
    {"grant", Type::kGrant, kMay},
    {"approver", Type::kObject, kMust, kPerson},
    {"reason", Type::kText, kMay},
    {"uses", Type::kCount, kMay},
    {"expires", Type::kTime, kMay},
};
constexpr Field kApprovalConsumed[] = {
    {"request", Type::kRequest, kMust},
    {"grant", Type::kGrant, kMust},
    {"digest", Type::kHash, kMust},
    {"id", Type::kCall, kMust},
};
constexpr Field kApprovalExpired[] = {{"request", Type::kRequest, kMust},
                                      {"digest", Type::kHash, kMust}};
constexpr Field kPolicyChange[] = {
    {"policy", Type::kText, kMust},
    {"previous", Type::kText, kMay},
    {"who", Type::kText, kMust},
    {"summary", Type::kText, kMay},
};
constexpr Field kAdmin[] = {
    {"what", Type::kText, kMust}, {"who", Type::kText, kMust}, {"detail", Type::kAnyObject, kMay}};

enum class Chained : std::uint8_t { kAlways, kNever, kEither };
struct Rule {
  std::span<const Field> fields;
  Chained chained;
};

Rule rule_of(Kind kind) {
  switch (kind) {
    case Kind::kGenesis: return {kGenesis, Chained::kNever};
    case Kind::kSessionOpen: return {kSessionOpen, Chained::kAlways};
    case Kind::kSessionClose: return {kSessionClose, Chained::kAlways};
    case Kind::kIntent: return {kIntent, Chained::kAlways};
    case Kind::kResult: return {kResult, Chained::kAlways};
    case Kind::kRefused: return {kRefused, Chained::kEither};
    case Kind::kOutcomeUnknown: return {kOutcomeUnknown, Chained::kAlways};
    case Kind::kApprovalRequested: return {kApprovalRequested, Chained::kAlways};
    case Kind::kApprovalDecided: return {kApprovalDecided, Chained::kNever};
    case Kind::kApprovalConsumed: return {kApprovalConsumed, Chained::kNever};
    case Kind::kApprovalExpired: return {kApprovalExpired, Chained::kNever};
    case Kind::kPolicyChange: return {kPolicyChange, Chained::kNever};
    case Kind::kAdmin: return {kAdmin, Chained::kNever};
  }
  return {};
}

bool is_count(const codec::Value& value) {
  if (value.number() == nullptr) return false;
  const auto& token = value.number()->token;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  return error == std::errc{} && end == token.data() + token.size();
}

bool is_hash(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_time(const std::string& text) {
  const auto time = parse_rfc3339(text);
  return time && rfc3339(*time) == text;
}

bool is_text_of(Type type, const std::string& text) {
  switch (type) {
    case Type::kText: return true;
    case Type::kTime: return is_time(text);
    case Type::kHash: return is_hash(text);
    case Type::kSession: return SessionId::parse(text).has_value();
    case Type::kCall: return CallId::parse(text).has_value();
    case Type::kRequest: return RequestId::parse(text).has_value();
    case Type::kGrant: return GrantId::parse(text).has_value();
    case Type::kEffect: return text == "allow" || text == "ask" || text == "deny";
    case Type::kDecision: return text == "approve" || text == "refuse";
    case Type::kOutcome: return text == "replied" || text == "withheld" || text == "not_sent";
    default: return false;
  }
}

std::unexpected<Error> refuse(std::string_view why, std::string_view field) {
  return fail(ErrorCode::kMalformedRequest,
              "the leaf's field " + quoted(field) + " " + std::string(why));
}

// Objects nest two levels at most, so this recursion is bounded by the tables above.
Status check_object(const codec::Value& value, std::span<const Field> fields);

Status check_field(const codec::Value& value, const Field& field) {
  const auto wrong = [&] { return refuse("is not what it should be", field.name); };
  switch (field.type) {
    case Type::kCount: return is_count(value) ? Status() : wrong();
    case Type::kTrue: return value.boolean() != nullptr && *value.boolean() ? Status() : wrong();
    case Type::kAnyObject: return value.object() != nullptr ? Status() : wrong();
    case Type::kObject: return check_object(value, field.fields);
    case Type::kTexts:
    case Type::kObjects:
      if (value.list() == nullptr) return wrong();
      for (const auto& item : *value.list()) {
        if (field.type == Type::kObjects) CHECK_OK(check_object(item, field.fields));
        if (field.type == Type::kTexts && item.string() == nullptr) return wrong();
      }
      return {};
    default:
      return value.string() != nullptr && is_text_of(field.type, *value.string()) ? Status()
                                                                                  : wrong();
  }
}

Status check_members(const codec::Value& value, std::span<const Field> fields, std::size_t& known) {
  for (const auto& field : fields) {
    const auto* member = value.find(field.name);
    if (member == nullptr) {
      if (field.required) return refuse("is missing", field.name);
      continue;
    }
    CHECK_OK(check_field(*member, field));
    ++known;
  }
  return {};
}

Status refuse_unknown(const codec::Value& value,
                      std::initializer_list<std::span<const Field>> tables) {
  for (const auto& member : *value.object()) {
    const bool listed = std::ranges::any_of(tables, [&](std::span<const Field> table) {
      return std::ranges::any_of(table,
                                 [&](const Field& field) { return field.name == member.name; });
    });
    if (!listed) return refuse("does not belong there", member.name);
  }
  return {};
}

Status check_object(const codec::Value& value, std::span<const Field> fields) {
  if (value.object() == nullptr)
    return fail(ErrorCode::kMalformedRequest, "the leaf has no object where one belongs");
  std::size_t known = 0;
  CHECK_OK(check_members(value, fields, known));
  if (known == value.object()->size()) return {};
  return refuse_unknown(value, {fields});
}

}  // namespace

Result<Kind> check_leaf_schema(const codec::Value& leaf) {
  if (leaf.object() == nullptr)
    return fail(ErrorCode::kMalformedRequest, "the leaf is no JSON object");
  std::size_t known = 0;
  CHECK_OK(check_members(leaf, kHead, known));
  if (leaf.find("v")->number()->token != "1")
    return refuse("is a version that is not known here", "v");
  const auto kind = parse_kind(*leaf.find("kind")->string());
  if (!kind) return refuse("is no kind of leaf", "kind");
  const auto rule = rule_of(*kind);
  const bool chained = leaf.find("session") != nullptr;
  if (rule.chained == Chained::kAlways && !chained) return refuse("is missing", "session");
  if (rule.chained == Chained::kNever && chained) return refuse("does not belong there", "session");
  if (chained) CHECK_OK(check_members(leaf, kLink, known));
  CHECK_OK(check_members(leaf, rule.fields, known));
  if (known == leaf.object()->size()) return *kind;
  if (chained) {
    CHECK_OK(refuse_unknown(leaf, {kHead, kLink, rule.fields}));
  } else {
    CHECK_OK(refuse_unknown(leaf, {kHead, rule.fields}));
  }
  return *kind;
}

}  // namespace strait::ledger
