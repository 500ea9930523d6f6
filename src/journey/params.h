// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "codec/value.h"

// Request parameters as condition values: `strait:param/Tags/Key` is the path "Tags/Key" of the
// input. Lists are stepped into and give several values; map keys are path steps. Built on demand,
// when a policy asks.
namespace strait::journey {

struct ParamValues {
  std::vector<std::string> values;
  bool absent() const { return values.empty(); }
};

// Every scalar at `path` ('/' between member names, exact case) as text: numbers by their token,
// booleans as true and false, timestamps as RFC 3339, blobs as base64. A structure or map at the
// end of the path gives the single value
// "{}" so that its presence can be asked for; an empty list gives nothing.
ParamValues param_values(const codec::Value& input, std::string_view path);

}  // namespace strait::journey
