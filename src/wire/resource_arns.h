// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>

#include "base/result.h"
#include "journey/call.h"

// From one resource row of an action and a call's input to the ARNs, or ARN patterns, that the call
// is on.
namespace strait::wire {

struct NamedResource {
  std::string arn;
  bool pattern = false;
  bool derived = true;
  bool deny_only = false;  // all as in journey::Need
};

// Whether the member that a trigger names is there. The path may end in a transform, which then
// must give a value.
Result<bool> trigger_holds(std::string_view path, const journey::Call& call);

// Hands what the input names through `row` to `add`; false when it names nothing, because it leaves
// a variable of the row open. kLimitExceeded for a call that names more things than
// limits::kNeedsMax.
Result<bool> name_resources(const catalog::ResourceRow& row, const journey::Call& call,
                            const std::function<Status(NamedResource)>& add);

// The row's pattern with what the input does say filled in, and `*` for the rest: for when no row
// names anything.
Result<NamedResource> open_resource(const catalog::ResourceRow& row, const journey::Call& call);

}  // namespace strait::wire
