// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "catalog/compiler/writer.h"

namespace strait::catalog::compiler {

struct Leaf {
  const std::string& path;  // as in catalog::Binding, "Credentials.SessionToken", "Keys[].Value"
  std::string_view name;    // of the last member on the way that has one
  format::Index shape;      // a string, blob, number, ...
};

// Visits every scalar below a structure, depth first in model order. A shape inside itself is not
// entered again. Refuses a structure that goes deeper than the pack follows: what lies there would
// be left out unseen.
Status for_each_leaf(const Writer& pack, format::Index shape,
                     const std::function<void(const Leaf&)>& visit);

}  // namespace strait::catalog::compiler
