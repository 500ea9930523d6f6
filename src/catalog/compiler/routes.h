// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "base/result.h"
#include "catalog/compiler/writer.h"

// The tries that Catalog::routes walks, one per REST service and method, and the look-up tables of
// the RPC protocols.
namespace strait::catalog::compiler {

// Needs all services and operations in the pack. Fails when two operations of a service cannot be
// told apart by path, query keys or headers, by signing name, or by one of them being deprecated.
Status add_routes(Writer& pack);

void add_rpc_tables(Writer& pack);

}  // namespace strait::catalog::compiler
