// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>
#include <vector>

#include "mask/detectors.h"

namespace strait::mask {

// Appends what of `set` stands in `text`, a decoded string: ascending and not overlapping; where
// two findings overlap, the one that begins first stays, of two that begin together the longer.
// `near`: see DetectorScan::find().
void confirm(std::string_view text, DetectorSet set, bool near, std::vector<Finding>& out);

}  // namespace strait::mask
