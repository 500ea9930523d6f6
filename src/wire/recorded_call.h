// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "journey/call.h"

// A call as it stands in the record, back to the value that policy judges: for replays against
// another policy, backtests and suggestions. The needs and the context are worked out anew from the
// input, so the answer is what the walk of the same call would be today.
namespace strait::wire {

// Views must live for the call of recall() only.
struct RecordedCall {
  std::string_view service, operation;
  std::string_view protocol;  // as catalog::name() spells it
  std::string_view partition, account, region, host;
  std::string_view peer, agent;
  Timestamp at{};  // of the walk
  // Members by model name; what is sensitive covered by markers. nullopt when it was not kept: then
  // the call has neither input nor needs nor context.
  std::optional<std::string_view> input_json;
};

struct Recalled {
  journey::Call call;
  // Sensitive members were covered when this was recorded, and are left out of the input. A
  // condition on one of them is then judged as if it had not been sent.
  bool covered = false;
};

// kUnknownService, kUnknownOperation: this catalog has it no more. kMalformedRequest: the input is
// not what the recorder writes, or its needs cannot be worked out. Pure; any thread.
Result<Recalled> recall(const RecordedCall& recorded,
                        std::shared_ptr<const catalog::Catalog> catalog);

}  // namespace strait::wire
