// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "catalog/catalog.h"
#include "codec/value.h"

namespace strait::wire {

// Does the JSON `text` say `value`, which has the type of `shape`? True only when parse_json() and
// type_value() would surely make exactly that value of it. False is no answer: decode it. Reads
// along the value instead of building another one, a tenth of the work; knows compact text,
// structures, lists, maps, plain ASCII strings, truths and integers, which is what most calls are
// made of. Allocates nothing.
bool reads_as(std::string_view text, const codec::Value& value, catalog::Shape shape);

}  // namespace strait::wire
