// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "base/result.h"
#include "catalog/compiler/actions.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// docs/coverage.md: service by service what is recognised, what has actions and what these are on,
// and everything that is refused, with the reason.
namespace strait::catalog::compiler {

// What the actions that an operation always needs are on.
enum class On {
  kThing,    // the input says it, each of them
  kPattern,  // of at least one the input does not say which
  kNothing,  // none takes a resource
};
On what_it_is_on(const Writer& pack, const format::Operation& operation);

// Needs the finished rows and classes, and overlay/refused.txt.
Result<std::string> coverage(const Writer& pack, const Sources& sources, const ActionNotes& notes);

}  // namespace strait::catalog::compiler
