// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "base/result.h"
#include "journey/journey.h"
#include "mask/detectors.h"
#include "mask/mask_key.h"
#include "mask/plan.h"

namespace strait::mask {

// What of AWS's reply header reaches the agent: an allow-list of the general fields that SDKs read
// (content-type, content-length, etag, request ids, ...) and the members that the model binds to
// headers. Connection fields, cookies and everything unknown are dropped. Covered members and
// detector findings are replaced by markers and told in `masked`. `scan` may be null.
Result<journey::Headers> filter_reply_headers(journey::Headers headers, const MaskPlan& plan,
                                              const MaskKey& key, DetectorScan* scan,
                                              std::vector<journey::MaskedMember>& masked);

// After the body's bytes have changed: takes away digests and checksums of the old ones, and sets
// the content-length to that of `body`, or removes it when the new length is not known yet (`body`
// is nullptr; the server then sends chunks). `opaque`: the body was one covered blob, and even its
// etag says something of it.
void repair_for_new_body(journey::Headers& headers, const std::string* body, bool opaque);

}  // namespace strait::mask
