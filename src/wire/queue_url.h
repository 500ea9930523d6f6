// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "codec/value.h"
#include "journey/call.h"
#include "wire/request_view.h"

namespace strait::wire {

// SQS names a queue by its URL, and SDKs use that URL as the address to call, so replies may be
// rewritten to lead the agent back here (mask/rules.h). On the way in such a URL, with the host
// that the request itself was sent to, becomes AWS's again: everything after this sees the queue
// that AWS has. Other URLs stay as they are.
//
// Older clients send to the queue's own path. kAmbiguousRequest when it names another queue than
// QueueUrl does.
Status settle_queue_url(codec::Value& input, const journey::Call& call, const RequestView& request);

}  // namespace strait::wire
