// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "codec/value.h"
#include "ledger/leaf.h"

// The grammar of leaves: which fields a kind has, of what type, and which must be there. Unknown
// fields are refused, so that nothing can ride along in the record unseen.
namespace strait::ledger {

// The leaf's kind, or kMalformedRequest naming the field.
Result<Kind> check_leaf_schema(const codec::Value& leaf);

}  // namespace strait::ledger
