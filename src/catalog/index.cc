// SPDX-License-Identifier: Apache-2.0
// What a pack is searched by, made once when it is loaded.
#include "base/bytes.h"
#include "catalog/pack.h"

namespace strait::catalog {
namespace {

template <class Pack>
void begin_keys(const Pack& pack, PairTable& table) {
  table.begins = NameIndex(table.pairs.size());
  std::string_view last;
  for (std::uint32_t at = 0; at < table.pairs.size(); ++at) {
    const auto key = pack.text(table.pairs[at].key);
    if (at == 0 || key != last) table.begins.add(name_hash(key), at);
    last = key;
  }
}

}  // namespace

void Catalog::Pack::index() {
  for (auto* table : {&signed_as, &targets, &versions, &regions, &ec2_ids, &header_names})
    begin_keys(*this, *table);

  operation_names = NameIndex(operations.size());
  for (std::uint32_t at = 0; at < operations.size(); ++at)
    operation_names.add(name_hash(text(operations[at].name), operations[at].service), at);

  host_names = NameIndex(hosts.size());
  for (std::uint32_t at = 0; at < hosts.size(); ++at)
    host_names.add(name_hash(text(hosts[at].text)), at);

  // The targets stand by service; each service's begin where those of the one before it end.
  target_begins.assign(services.size() + 1, 0);
  for (const auto& target : service_targets) ++target_begins[target.service + 1];
  for (std::size_t at = 1; at < target_begins.size(); ++at)
    target_begins[at] += target_begins[at - 1];
}

std::span<const format::Pair> Catalog::Pack::find(const PairTable& table,
                                                  std::string_view key) const {
  const auto first = table.begins.find(
      name_hash(key), [&](std::uint32_t at) { return same(text(table.pairs[at].key), key); });
  if (first == NameIndex::kFree) return {};
  auto end = first + 1;
  while (end < table.pairs.size() && same(text(table.pairs[end].key), key)) ++end;
  return table.pairs.subspan(first, end - first);
}

}  // namespace strait::catalog
