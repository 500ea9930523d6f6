// SPDX-License-Identifier: Apache-2.0
#include "catalog/action_class.h"

#include <algorithm>

#include "base/ascii.h"

namespace strait::catalog {

std::string_view name(Class which) {
  switch (which) {
    case Class::kReturnsCredentials: return "returns-credentials";
    case Class::kPassRole: return "pass-role";
    case Class::kRunCode: return "run-code";
    case Class::kEditPolicy: return "edit-policy";
    case Class::kEditTrust: return "edit-trust";
    case Class::kBesides: return {};
  }
  return {};
}

std::optional<Class> class_named(std::string_view wanted) {
  const auto lower = lowered(wanted);
  const auto found = std::ranges::find(kClasses, lower, [](Class one) { return name(one); });
  return found == kClasses.end() ? std::nullopt : std::optional(*found);
}

}  // namespace strait::catalog
