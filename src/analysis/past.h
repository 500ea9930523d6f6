// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "journey/call.h"
#include "journey/session.h"
#include "journey/verdict.h"
#include "ledger/past_calls.h"
#include "policy/policy_set.h"

// A recorded call made whole again, to be judged by any policy set.
namespace strait::analysis {

// What was kept beside the leaf. Either may be gone: bodies are capped, and can be erased.
struct Kept {
  std::optional<std::string_view> input_json;
  std::optional<std::string_view> claims_json;
};

struct Past {
  journey::Call call;
  journey::Session session;
  // Why the judgement could be another than that of the call itself, in words; "" when it cannot:
  // then everything that conditions may ask of the request and its token is at hand.
  std::string doubt;
};

// kUnknownService, kUnknownOperation, kMalformedRequest, as wire::recall(); kNotFound when the call
// belongs to no session of the record. Without its input a call still has the actions and resources
// that its leaf names; every condition key is then unknown.
Result<Past> remember(const ledger::PastCall& recorded, const Kept& kept,
                      const std::shared_ptr<const catalog::Catalog>& catalog);

}  // namespace strait::analysis
