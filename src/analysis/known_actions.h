// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

// The actions that AWS has, with the classes by which calls need them. Pure; the names are the
// catalog's.
namespace strait::analysis {

// An action as some call needs it.
struct KnownAction {
  std::string_view name;         // "s3:GetObject"
  catalog::Classes classes = 0;  // not 0: only a statement that names it grants it (policy/judge.h)
};

// Every action with its classes; one that calls with and without a class need (apigateway:GET) as
// each of these.
std::vector<KnownAction> known_actions(const catalog::Catalog& catalog);

// What a class is in actions, in the order of the catalog.
struct ClassActions {
  std::vector<std::string> some;  // that a call of the class can need
  std::vector<std::string> only;  // of these, those that no other call needs
};
ClassActions actions_of(catalog::Class which, const std::vector<KnownAction>& known);

}  // namespace strait::analysis
