// SPDX-License-Identifier: Apache-2.0
// What an operation needs, read in place.
#include <algorithm>

#include "catalog/pack.h"

namespace strait::catalog {

Records<ActionRow> Operation::actions() const {
  const auto rows = catalog_->pack_->operations[index_].rows;
  return {catalog_, rows.first, rows.count};
}

Records<ContextKey> Operation::context_keys() const {
  const auto& all = catalog_->pack_->context_keys;
  const auto own = std::ranges::equal_range(all, index_, {}, &format::ContextKey::operation);
  return {catalog_, static_cast<std::uint32_t>(own.begin() - all.begin()),
          static_cast<std::uint32_t>(own.size())};
}

ContextKey ContextKey::read(const Catalog& catalog, std::uint32_t at) {
  const auto& pack = *catalog.pack_;
  const auto& record = pack.context_keys[at];
  return {pack.text(record.key), pack.text(record.path), record.absent != 0};
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
