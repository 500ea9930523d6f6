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

// Takes away what no longer holds when the body's bytes change: digests and checksums, etag-free
// length. With `length` the content-length is set to it, without it is removed (the server then
// sends chunks).
void repair_for_new_body(journey::Headers& headers, const std::string* body);

}  // namespace strait::mask
