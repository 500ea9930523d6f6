// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/call.h"
#include "journey/session.h"
#include "policy/history.h"
#include "policy/pattern.h"
#include "policy/tri.h"

// What a condition key is worth for one need of one call: known values, absent, or unknown.
//
//   key                                  comes from                     when it is not there
//   aws:PrincipalArn, PrincipalAccount,  the session                    always there
//     PrincipalType ("AssumedRole"),
//     TokenIssueTime, userid
//     ("<role name>:<session name>")
//   aws:username, PrincipalTag/<name>,   nowhere: a web identity role   absent
//     SourceIdentity,                    session has none of them
//     MultiFactorAuthPresent, -Age
//   aws:ViaAWSService,                   always "false": an agent is    always there
//     PrincipalIsAWSService              no AWS service
//   aws:CalledVia, -First, -Last,        nowhere, for the same reason   absent
//     PrincipalServiceName, -NamesList
//   strait:claim/<name>                  the token's claims             absent
//   strait:session/id, role, name,       the session                    always there
//     issuer, subject
//   strait:param/<path>                  the call's input               absent (the streamed
//                                                                       member: unknown)
//   strait:calls/<action pattern>,       the session's history: how     unknown
//     calls/<window>/<action pattern>     often, a number
//   strait:seen/<action pattern>         the same: "true" or "false"    unknown
//   any other                            the need's context, then       unknown
//                                        the call's
//
// The rows above the last cannot be overridden by the contexts: they say who asks, and the parser
// does not know that.
//
// A context may say that it lists a whole family: the entry "aws:RequestTag/*" without values makes
// every other aws:RequestTag/ key absent (or unknown, when marked so).
namespace strait::policy {

// A condition key or variable, classified once when policies are compiled.
struct Key {
  enum Kind : std::uint8_t {
    kContext,
    kAbsent,
    kFalse,
    kPrincipalArn,
    kPrincipalAccount,
    kPrincipalType,
    kUserId,
    kTokenIssueTime,
    kClaim,
    kParam,
    kSessionId,
    kSessionRole,
    kSessionName,
    kSessionIssuer,
    kSessionSubject,
    kCalls,
    kSeen,
  };
  Kind kind = kContext;
  std::string name;                                     // as written
  std::string tail;                                     // kClaim, kParam: what follows the '/'
  std::shared_ptr<const HistoryAsk> history = nullptr;  // kCalls, kSeen
};

// kInvalidConfiguration for a strait: key that does not exist and for a key without a prefix.
Result<Key> classify_key(std::string_view name);

struct KeyValues {
  enum State : std::uint8_t { kKnown, kAbsent, kUnknown };
  State state = kUnknown;
  std::span<const std::string> values;  // kKnown: one or more. Valid while the Environment lives
  bool many = false;                    // several values, or one of a key that can have several
};

// Over how many of a key's values a condition must hold. kOne: the operator says nothing of sets.
enum class Quantifier : std::uint8_t { kOne, kForAllValues, kForAnyValue };

// The role-session form of an AWS user id, as GetCallerIdentity reports it.
std::string user_id(const journey::Session& session);

// Everything that keys are looked up in while one need is judged. Holds references; lives shorter
// than all of them. Computed values are kept until the Environment goes.
class Environment final : public VariableSource {
 public:
  // A real call.
  Environment(const journey::Call& call, const journey::Session& session,
              const History* history = nullptr)
      : call_(&call), session_(&session), history_(history) {}
  // A question (can-i, tests): every key comes from `entries`, and what is missing there is
  // `missing`; `undefined` answers conditions that IAM gives no meaning.
  Environment(std::span<const journey::ContextEntry> entries, KeyValues::State missing,
              Tri undefined = Tri::kUnknown)
      : missing_(missing), undefined_(undefined), entries_(entries) {}

  // A login: each key that is asked for stands in `entries` or is unknown. `several` is what an
  // operator without a set qualifier means over several values.
  Environment(std::span<const journey::ContextEntry> entries, Quantifier several)
      : several_(several), entries_(entries) {}

  void enter(const journey::Need* need) { need_ = need; }
  KeyValues find(const Key& key) const;
  VariableValue value_of(const Variable& variable) const override;
  // What a condition is worth that IAM's guide gives no meaning: several values without a set
  // operator, a value that is not of the operator's type.
  Tri undefined() const { return undefined_; }
  // kOne: several values without a set operator are undefined.
  Quantifier several() const { return several_; }

 private:
  KeyValues from_contexts(std::string_view name) const;
  KeyValues of_family(std::string_view name) const;
  KeyValues of_session(const Key& key) const;
  KeyValues of_history(const Key& key) const;
  KeyValues keep(std::string value) const;

  const journey::Call* call_ = nullptr;
  const journey::Session* session_ = nullptr;
  const History* history_ = nullptr;  // nullptr: not known
  const journey::Need* need_ = nullptr;
  KeyValues::State missing_ = KeyValues::kUnknown;
  Tri undefined_ = Tri::kUnknown;
  Quantifier several_ = Quantifier::kOne;
  std::span<const journey::ContextEntry> entries_;
  mutable std::forward_list<std::vector<std::string>> kept_;
  // What a key of the history came to, and how many needs of this call it has counted since.
  struct Counted {
    const HistoryAsk* ask;
    std::optional<std::uint64_t> before;
    std::size_t needs = 0;
    std::uint64_t within = 0;
  };
  mutable std::vector<Counted> counted_;
  mutable std::vector<journey::ContextEntry> worked_out_;  // by the call's context
};

}  // namespace strait::policy
