// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "codec/value.h"

namespace strait::codec {

// Whether two members have the same name.
bool has_duplicate_name_among(const Object& object);
inline bool has_duplicate_name(const Object& object) {
  return object.size() > 1 && has_duplicate_name_among(object);
}

}  // namespace strait::codec
