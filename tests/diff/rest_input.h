// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "diff/reader.h"

namespace strait::diff {

// The input of a REST request whose route is known: labels, query string, headers and body.
codec::Value rest_input(const Route& route, const Sent& sent, const Pairs& query,
                        const Personality& who);

}  // namespace strait::diff
