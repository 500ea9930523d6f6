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

using AddResource = std::function<Status(NamedResource&&)>;

// Hands everything that the input names through the rows of an action to `add`, and for every
// element of a list that does not say its name the pattern of what AWS may take it for; false when
// it names nothing. kInvalidInput: a name contradicts where the call goes (agreement.h).
// kLimitExceeded: more things than limits::kNeedsMax.
Result<bool> name_resources(const catalog::ActionRow& row, const journey::Call& call,
                            const AddResource& add);

// The row's pattern with what the input does say filled in, and `*` for the rest: for when no row
// names anything.
Result<NamedResource> open_resource(const catalog::ResourceRow& row, const journey::Call& call);

}  // namespace strait::wire
