// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/sources.h"
#include "catalog/compiler/writer.h"
#include "codec/value.h"

// One botocore model into the pack: the service, its shapes and its operations (without routes,
// actions and endpoints, which later stages add). Services must come sorted by name. Errors name
// the service and what is wrong in its model.
namespace strait::catalog::compiler {

// The model with its extras merged in the way botocore's loader does: objects member by member, all
// else replaced.
Result<codec::Value> parse_model(const ModelSource& source);

Status add_service(Writer& pack, const ModelSource& source, const codec::Value& model);

// Text, flag and list access to parsed JSON that answers "" and false for what is absent.
std::string_view text_of(const codec::Value& object, std::string_view name);
bool flag_of(const codec::Value& object, std::string_view name);

}  // namespace strait::catalog::compiler
