// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "journey/call.h"

// Names that say more than a name: in which partition, region and account the thing is. The call
// goes to one region, with the credentials of one account; what a name says must agree
// (docs/decisions/0008). All give kInvalidInput where it does not.
namespace strait::wire {

// A name of a thing of `row`, if it is an ARN. Parts that the type's own ARNs do not have, and ARNs
// of other services, are not looked at.
Status check_arn_agrees(std::string_view name, const catalog::ResourceRow& row,
                        const journey::Call& call);

// The member at `path` (single names, "A.B"), which says whose the thing is. Absent: the caller's.
Status check_account_agrees(std::string_view path, const journey::Call& call);

// The parts of one name, for those that spell it otherwise. "" agrees with everything.
Status check_region_agrees(std::string_view region, std::string_view name,
                           const journey::Call& call);
Status check_owner_agrees(std::string_view account, std::string_view name,
                          const journey::Call& call);

bool is_account_id(std::string_view text);  // twelve digits

}  // namespace strait::wire
