// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "base/result.h"
#include "codec/value.h"
#include "journey/call.h"
#include "wire/recognise.h"
#include "wire/request_view.h"

// A recognised request to the operation's input as one typed value, strictly by the model. Unknown
// members, keys that differ from a member in case alone, wrong types, gaps in query lists, unknown
// elements and unmodelled x-amz-* headers are refused with kInvalidInput and the path of the
// member; nothing is dropped but a fixed list of transport headers. null on an optional member is
// absence. Pure; any thread.
namespace strait::wire {

struct Decoded {
  codec::Value input;  // an Object in model member order of arrival; the streaming member left out
  journey::Payload payload = journey::Payload::kNone;
  std::optional<journey::Stream> stream;  // when payload is kStreamed
  bool as_expected = false;               // `input` is what was expected, and left empty
};

// With `expected`, the input may be read along that value instead of being made once more.
Result<Decoded> decode_input(const Recognition& recognised, const RequestView& request,
                             const codec::Value* expected = nullptr);

}  // namespace strait::wire
