// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"

// Headers that an operation does not have. Nothing of them is forwarded, so one that AWS could have
// read must not be passed over in silence: a write that was to happen `If-Match` only would happen
// always.
namespace strait::wire {

// Whether AWS may read the header of that lower-case name on `operation` or on some other: it is
// Amazon's own, a condition of HTTP's, or one that some input is bound to. Not so for the
// transport's and the checksums of the body, which are read here, nor for what nobody at AWS reads
// (x-forwarded-for): that is left out. Whether the operation has it as a member is the caller's to
// ask.
bool may_change_meaning(catalog::Operation operation, std::string_view name);

// The error that says so.
Status refuse_foreign_header(catalog::Operation operation, std::string_view name);

}  // namespace strait::wire
