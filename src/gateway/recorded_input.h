// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "journey/call.h"
#include "mask/mask_key.h"

namespace strait::gateway {

// The call's input as JSON for the record: members by model name; what the model calls sensitive is
// covered by a marker that shows equality and nothing else. Blobs are base64.
std::string recorded_input(const journey::Call& call, const mask::MaskKey& key);

}  // namespace strait::gateway
