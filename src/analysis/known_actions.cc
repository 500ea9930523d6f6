// SPDX-License-Identifier: Apache-2.0
#include "analysis/known_actions.h"

#include <set>

#include "wire/needs.h"

namespace strait::analysis {

std::vector<KnownAction> known_actions(const catalog::Catalog& catalog) {
  std::vector<KnownAction> known;
  std::set<std::pair<std::string_view, catalog::Classes>> seen;
  const auto add = [&](std::string_view name, catalog::Classes classes) {
    if (seen.emplace(name, classes).second) known.push_back({name, classes});
  };
  for (std::uint32_t i = 0; i < catalog.action_count(); ++i)
    add(catalog.action(i), catalog.classes_of_action(catalog.action(i)));
  constexpr auto kBesides = static_cast<catalog::Classes>(catalog::Class::kBesides);
  for (std::uint32_t s = 0; s < catalog.service_count(); ++s) {
    const auto service = catalog.service(s);
    for (std::uint32_t o = 0; o < service.operation_count(); ++o) {
      const auto operation = service.operation(o);
      for (const auto& row : operation.actions()) {
        const auto classes = wire::classes_of_need(catalog, operation, row.action);
        if (classes != kBesides) add(row.action, classes);
      }
    }
  }
  return known;
}

ClassActions actions_of(catalog::Class which, const std::vector<KnownAction>& known) {
  std::set<std::string_view> others;
  for (const auto& [name, classes] : known) {
    if ((classes & static_cast<catalog::Classes>(which)) == 0) others.insert(name);
  }
  ClassActions out;
  std::set<std::string_view> seen;
  for (const auto& [name, classes] : known) {
    if ((classes & static_cast<catalog::Classes>(which)) == 0 || !seen.insert(name).second)
      continue;
    out.some.emplace_back(name);
    if (!others.contains(name)) out.only.emplace_back(name);
  }
  return out;
}

}  // namespace strait::analysis
