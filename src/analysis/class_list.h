// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "catalog/catalog.h"

// docs/action-classes.md, which is also what `strait aws classes` prints: the words for classes of
// actions, and what each stands for in this catalog.
namespace strait::analysis {

std::string list_classes(const catalog::Catalog& catalog);

}  // namespace strait::analysis
