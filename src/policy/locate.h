// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "codec/json_place.h"

// Places in policy texts, for their errors.
namespace strait::policy {

using codec::first_trouble;
using codec::JsonPath;
using codec::JsonStep;
using codec::lines_of_elements;
using codec::locate;
using codec::Place;
using codec::place_at;
using codec::text_at;

}  // namespace strait::policy
