// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "codec/value.h"

namespace strait::codec {

// Whether two members have the same name. Pairwise for the few members that objects have, sorted
// for many: an attacker may send a hundred thousand.
bool has_duplicate_name(const Object& object);

}  // namespace strait::codec
