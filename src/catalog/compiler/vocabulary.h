// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"

// The words that policies are written in: every action and every condition key, those of
// overlay/keys.txt too, and which keys the reference lists for an action. After the rows, because
// AWS uses actions that it does not list.
namespace strait::catalog::compiler {

Status add_vocabulary(Writer& pack, const Sources& sources, const Iam& iam);

}  // namespace strait::catalog::compiler
