// SPDX-License-Identifier: Apache-2.0
// What an operation needs, read in place.
#include "catalog/pack.h"

namespace strait::catalog {

Records<ActionRow> Operation::actions() const {
  const auto rows = catalog_->pack_->operations[index_].rows;
  return {catalog_, rows.first, rows.count};
}

ActionRow ActionRow::read(const Catalog& catalog, std::uint32_t at) {
  const auto& pack = *catalog.pack_;
  const auto& row = pack.rows[at];
  return {pack.text(row.action),
          static_cast<Trigger>(row.trigger),
          pack.text(row.member),
          pack.text(row.access_level),
          {&catalog, row.resources.first, row.resources.count}};
}

ResourceRow ResourceRow::read(const Catalog& catalog, std::uint32_t at) {
  const auto& pack = *catalog.pack_;
  const auto& row = pack.resources[at];
  return {pack.text(row.type),
          pack.text(row.pattern),
          {&catalog, row.bindings.first, row.bindings.count},
          (row.flags & format::kDerivable) != 0,
          (row.flags & format::kOtherAccount) != 0,
          (row.flags & format::kOtherRegion) != 0};
}

Binding Binding::read(const Catalog& catalog, std::uint32_t at) {
  const auto& pack = *catalog.pack_;
  const auto& binding = pack.bindings[at];
  return {pack.text(binding.variable), pack.text(binding.member)};
}

}  // namespace strait::catalog
