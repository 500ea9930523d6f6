// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "base/result.h"
#include "catalog/catalog.h"
#include "codec/value.h"
#include "journey/http.h"

namespace strait::wire {

// AWS's reply to `operation` in `protocol` as the operation's output: an Object of model member
// names, read by the same readers as inputs and as strictly, so that what the model does not know
// is refused (kInvalidInput, kMalformedRequest). A streamed payload is read as if it were at hand.
// For tests: what the gateway passes on is covered by mask, which needs no
// values. Pure; any thread.
Result<codec::Value> read_reply(catalog::Operation operation, catalog::Protocol protocol,
                                const journey::ReplyHead& head, std::string_view body);

}  // namespace strait::wire
