// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.h"
#include "codec/value.h"
#include "journey/call.h"
#include "wire/recognise.h"
#include "wire/request_view.h"

// What is true of a request's body besides its shape: compression, framing, checksums, and the
// promises about a stream.
namespace strait::wire {

// The body as the operation's parameters, decompressed where the model allows it, its checksums
// verified. The view points into the request or into `inflated`.
Result<std::string_view> plain_body(const Recognition& recognised, const RequestView& request,
                                    std::string& inflated);

// What the head promises about the bytes of a streaming member.
Result<journey::Stream> read_stream(const Recognition& recognised, const RequestView& request);

}  // namespace strait::wire
